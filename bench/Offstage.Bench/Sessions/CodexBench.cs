using System.Diagnostics;
using System.Text.Json;
using Offstage.Bench.Servers;
using Offstage.ModelServer;
using Offstage.Testing;

namespace Offstage.Bench.Sessions;

/// <summary>Our share of a turn of the real Codex: a turn here, beside the same turn driven by a bare loop over its pipes.</summary>
internal static class CodexBench
{
    private const int Count = 60;
    private const int Rounds = 4;

    public static async Task<int> RunAsync()
    {
        if (AgentPrograms.Find("codex") is not { } codex)
        {
            Console.Error.WriteLine($"codex is missing: {AgentPrograms.HowToInstall("codex")}");
            return 1;
        }

        await using var model = await FakeModelServer.StartAsync();
        Environment.SetEnvironmentVariable("OFFSTAGE_CODEX", codex);
        Environment.SetEnvironmentVariable("OPENAI_BASE_URL", model.BaseUrl);
        Environment.SetEnvironmentVariable("OPENAI_API_KEY", "none");
        await using var server = await ServerUnderTest.StartOffstageAsync();

        // In turns, so that what else the machine does falls on both; the best counts, since noise only ever slows.
        var (bare, ours) = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            bare = Math.Min(bare, (await BareAsync(codex, model.BaseUrl)).P50Ms);
            ours = Math.Min(ours, await OursAsync(server));
        }

        Console.WriteLine($"{"a turn of Codex",-20} p50 {ours:0.0} ms, by a bare loop {bare:0.0} ms: our share {ours - bare:0.0} ms  aim 15 ms");
        return 0;
    }

    private static async Task<double> OursAsync(ServerUnderTest server)
    {
        string session = await server.CreateSessionAsync("codex");
        using var events = await EventReader.OpenAsync(server, session);
        var (p50, _) = await Measure.LatencyAsync(Count, async _ =>
        {
            await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = "@say done" });
            await events.NextAsync("turn.ended");
        });
        await server.PostAsync($"/v1/sessions/{session}/archive", new { });
        return p50;
    }

    private static async Task<(double P50Ms, double P99Ms)> BareAsync(string codex, string baseUrl)
    {
        // Not below the temp folder, where Codex refuses to have its home.
        string home = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"codex-{Guid.NewGuid():n}")).FullName;
        var info = new ProcessStartInfo(codex)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = home,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])["app-server", "-c", "model_provider=\"stub\"", "-c", "model_providers.stub.name=\"stub\"",
            "-c", $"model_providers.stub.base_url=\"{baseUrl}\"", "-c", "model_providers.stub.wire_api=\"responses\"",
            "-c", "analytics.enabled=false", "-c", "feedback.enabled=false", "-c", "check_for_update_on_startup=false"])
            info.ArgumentList.Add(argument);
        info.Environment.Clear();
        info.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        info.Environment["HOME"] = home;
        info.Environment["CODEX_HOME"] = home;
        using var process = Process.Start(info)!;
        try
        {
            int id = 0;
            async Task<JsonElement> CallAsync(string method, object parameters)
            {
                int mine = ++id;
                await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(new { id = mine, method, @params = parameters }));
                await process.StandardInput.FlushAsync();
                while (await process.StandardOutput.ReadLineAsync() is { } line)
                {
                    var said = JsonSerializer.Deserialize<JsonElement>(line);
                    if (said.TryGetProperty("id", out var of) && of.ValueKind == JsonValueKind.Number && of.GetInt32() == mine && !said.TryGetProperty("method", out _))
                        return said.GetProperty("result");
                }

                throw new InvalidOperationException($"Codex ended before it answered {method}");
            }

            await CallAsync("initialize", new { clientInfo = new { name = "bench", title = "bench", version = "1" } });
            var thread = await CallAsync("thread/start", new { cwd = home, approvalPolicy = "never", sandbox = "danger-full-access", model = "stub" });
            string threadId = thread.GetProperty("thread").GetProperty("id").GetString()!;
            return await Measure.LatencyAsync(Count, async _ =>
            {
                await CallAsync("turn/start", new { threadId, input = new[] { new { type = "text", text = "@say done" } } });
                while (await process.StandardOutput.ReadLineAsync() is { } line)
                {
                    if (line.Contains("\"turn/completed\"", StringComparison.Ordinal))
                        return;
                }
            });
        }
        finally
        {
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            Directory.Delete(home, recursive: true);
        }
    }
}
