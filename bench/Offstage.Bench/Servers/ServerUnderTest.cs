using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Offstage.Bench.Servers;

/// <summary>A server in a process of its own, with a client of it. Ends with this one.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    private readonly Process process;
    private readonly string home;

    private ServerUnderTest(Process process, string home, Uri url, double readyMs)
    {
        this.process = process;
        this.home = home;
        Url = url;
        ReadyMs = readyMs;
        string tokenFile = Path.Combine(home, "token");
        Token = File.Exists(tokenFile) ? File.ReadAllText(tokenFile).Trim() : "";
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 4 }) { BaseAddress = url };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public Uri Url { get; }

    public string Token { get; }

    public HttpClient Http { get; }

    /// <summary>From the start of the process to its first answer.</summary>
    public double ReadyMs { get; }

    public int Pid => process.Id;

    public static Task<ServerUnderTest> StartOffstageAsync() => StartAsync(home => ["serve", home]);

    public static Task<ServerUnderTest> StartHelloAsync() => StartAsync(_ => ["hello"]);

    public static Process StartSelf(params string[] arguments)
        => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(path, content);
        byte[] answer = await response.Content.ReadAsByteArrayAsync();
        return response.IsSuccessStatusCode
            ? answer is [(byte)'{', ..] ? JsonSerializer.Deserialize<JsonElement>(answer) : default
            : throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {Encoding.UTF8.GetString(answer)}");
    }

    public async Task<string> CreateSessionAsync(string agent = "script")
        => (await PostAsync("/v1/sessions", new { workspace = new { kind = "none" }, agent })).GetProperty("id").GetString()!;

    /// <summary>Resident memory in MiB.</summary>
    public double ResidentMiB()
    {
        string line = File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line["VmRSS:".Length..^"kB".Length]) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(home, recursive: true);
    }

    private static async Task<ServerUnderTest> StartAsync(Func<string, string[]> arguments)
    {
        string home = Directory.CreateTempSubdirectory("offstage-bench-").FullName;
        long started = Stopwatch.GetTimestamp();
        var process = StartSelf(arguments(home));
        string line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server ended before it was ready");
        var url = new Uri(line["ready ".Length..]);
        using var first = new HttpClient();
        _ = await first.GetStringAsync(new Uri(url, "/readyz"));
        double readyMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        _ = process.StandardOutput.ReadToEndAsync();
        return new ServerUnderTest(process, home, url, readyMs);
    }
}
