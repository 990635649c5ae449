using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Offstage.Contracts;

namespace Offstage.Server.Tests;

/// <summary>The real server on a free port, with a home and a repository of its own. Disposing ends and removes all.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    private OffstageServer server;

    private TestServer(string folder, ServerOptions options, OffstageServer server)
    {
        Folder = folder;
        Options = options;
        this.server = server;
        Http = NewClient();
    }

    public string Folder { get; }

    public ServerOptions Options { get; }

    public OffstageServer Server => server;

    public HttpClient Http { get; private set; }

    public string Repository => Path.Combine(Folder, "repository");

    public string Home => Options.Home;

    public string SandboxRoot => Path.Combine(Home, "sandboxes");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<TestServer> StartAsync(
        string? database = null, IReadOnlyDictionary<string, string>? environment = null, Func<SessionLimits, SessionLimits>? limits = null,
        Action<string>? prepareHome = null)
    {
        string folder = Directory.CreateTempSubdirectory("offstage-server-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "repository"));
        await GitAsync(Path.Combine(folder, "repository"), "init", "-q", "-b", "main");
        await File.WriteAllTextAsync(Path.Combine(folder, "repository", "README.md"), "# It\n", Stop);
        await GitAsync(Path.Combine(folder, "repository"), "add", ".");
        await GitAsync(Path.Combine(folder, "repository"), "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "commit", "-qm", "First");

        var quick = SessionLimits.Default with { StopTimeoutMs = 1000 };
        var options = new ServerOptions
        {
            Home = Path.Combine(folder, "home"),
            Port = 0,
            Database = database,
            Person = new Person("Bob", "bob@example.org"),
            Environment = environment ?? new Dictionary<string, string>(),
            PathFolders = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':'),
            TimeProvider = TimeProvider.System,
            Limits = limits?.Invoke(quick) ?? quick,
            Quiet = true,
        };
        if (prepareHome is not null)
        {
            Directory.CreateDirectory(options.Home);
            prepareHome(options.Home);
        }

        return new TestServer(folder, options, await OffstageServer.StartAsync(options, Stop));
    }

    /// <summary>Stops the server as SIGTERM would, and starts it on the same home.</summary>
    /// <param name="change">What it is started with this time.</param>
    public async Task RestartAsync(Func<ServerOptions, ServerOptions>? change = null)
    {
        await server.DisposeAsync();
        server = await OffstageServer.StartAsync(change?.Invoke(Options) ?? Options, Stop);
        Http = NewClient();
    }

    public async Task<string> CreateAsync(string? prompt, Action<JsonObject>? change = null)
    {
        var body = new JsonObject
        {
            ["workspace"] = new JsonObject { ["kind"] = "repository", ["path"] = Repository },
            ["agent"] = "script",
            ["prompt"] = prompt,
        };
        if (prompt is null)
            body.Remove("prompt");
        change?.Invoke(body);
        using var response = await Http.PostAsJsonAsync("/v1/sessions", body, Stop);
        var made = await ReadAsync(response);
        Assert.True(response.StatusCode == HttpStatusCode.Created, made.ToJsonString());
        return (string)made["id"]!;
    }

    public async Task<JsonObject> PromptAsync(string session, string text)
        => await PostAsync($"/v1/sessions/{session}/prompts", new JsonObject { ["text"] = text });

    public async Task<JsonObject> PostAsync(string path, JsonNode? body = null)
    {
        using var response = body is null ? await Http.PostAsync(path, null, Stop) : await Http.PostAsJsonAsync(path, body, Stop);
        var read = await ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {read.ToJsonString()}");
        return read;
    }

    public async Task<JsonObject> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path, Stop);
        var read = await ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {read.ToJsonString()}");
        return read;
    }

    public Task<JsonObject> SessionAsync(string session) => GetAsync($"/v1/sessions/{session}");

    /// <summary>All events so far.</summary>
    public async Task<IReadOnlyList<JsonObject>> EventsAsync(string session)
    {
        var all = new List<JsonObject>();
        while (true)
        {
            var page = await GetAsync($"/v1/sessions/{session}/events?after={all.Count}&limit=1000");
            all.AddRange(page["events"]!.AsArray().Select(e => e!.AsObject()));
            if (page["next"] is null)
                return all;
        }
    }

    /// <summary>Follows the session's events until one fits, counted from the start.</summary>
    public async Task<JsonObject> WaitForAsync(string session, Func<JsonObject, bool> wanted, string what, long after = 0)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        bound.CancelAfter(WaitMax);
        try
        {
            await foreach (var e in FollowAsync(session, after, bound.Token))
            {
                if (wanted(e))
                    return e;
                Assert.True((string?)e["kind"] != "session.failed", $"{what} did not happen: {e.ToJsonString()}");
            }
        }
        catch (OperationCanceledException) when (!Stop.IsCancellationRequested)
        {
            Assert.Fail($"{what} did not happen. The session: {await SessionAsync(session)}");
        }

        throw new InvalidOperationException($"the stream ended before {what}");
    }

    public Task<JsonObject> WaitForEventAsync(string session, string kind, int count = 1)
    {
        int seen = 0;
        return WaitForAsync(session, e => (string?)e["kind"] == kind && ++seen == count, $"{kind} for the {count}. time");
    }

    /// <summary>Waits until the n-th turn has ended and its checkpoint is decided.</summary>
    public async Task<JsonObject> WaitForTurnAsync(string session, int count = 1)
    {
        var ended = await WaitForEventAsync(session, "turn.ended", count);
        return ended["data"]!["outcome"]!.AsObject();
    }

    public async IAsyncEnumerable<JsonObject> FollowAsync(
        string session, long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{session}/events?live=false");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("Last-Event-ID", after.ToString(CultureInfo.InvariantCulture));
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                yield return JsonNode.Parse(line["data: ".Length..])!.AsObject();
        }
    }

    public static async Task<JsonObject> ReadAsync(HttpResponseMessage response)
    {
        string text = await response.Content.ReadAsStringAsync(Stop);
        return text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject();
    }

    public static async Task<string> GitAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var git = Process.Start(start)!;
        string output = await git.StandardOutput.ReadToEndAsync(Stop);
        string errors = await git.StandardError.ReadToEndAsync(Stop);
        await git.WaitForExitAsync(Stop);
        Assert.True(git.ExitCode == 0, $"git {string.Join(' ', arguments)}: {errors}");
        return output;
    }

    /// <summary>Sandbox folders that are there.</summary>
    public IReadOnlyList<string> SandboxFolders()
        => Directory.Exists(SandboxRoot) ? [.. Directory.GetDirectories(SandboxRoot).SelectMany(Directory.GetDirectories).Select(d => Path.GetFileName(d)!).Where(n => n.StartsWith("sbx_", StringComparison.Ordinal))] : [];

    /// <summary>Processes that carry the mark of a sandbox of this server.</summary>
    public static IReadOnlyList<int> ProcessesOf(string sandbox)
    {
        var found = new List<int>();
        foreach (string folder in Directory.GetDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                if (File.ReadAllText(Path.Combine(folder, "environ")).Contains($"OFFSTAGE_SANDBOX={sandbox}", StringComparison.Ordinal)
                    && !File.ReadAllText(Path.Combine(folder, "stat")).Contains(") Z ", StringComparison.Ordinal))
                    found.Add(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while it was being looked at.
            }
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private HttpClient NewClient()
    {
        var client = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Token);
        return client;
    }
}
