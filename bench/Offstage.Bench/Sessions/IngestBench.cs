using System.Diagnostics;
using System.Globalization;
using Offstage.Bench.Servers;

namespace Offstage.Bench.Sessions;

/// <summary>A session of 100,000 notifications of Codex, from the pipe through the adapter into the store, with one subscriber.</summary>
internal static class IngestBench
{
    private const int Events = 100_000;

    public static async Task<int> RunAsync()
    {
        Environment.SetEnvironmentVariable("OFFSTAGE_CODEX", Environment.ProcessPath);
        Environment.SetEnvironmentVariable("OPENAI_API_KEY", "none");
        await using var server = await ServerUnderTest.StartOffstageAsync();
        string session = await server.CreateSessionAsync("codex");
        using var events = await EventReader.OpenAsync(server, session);
        await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = $"{Events / 4}" });
        await events.NextAsync("turn.ended");
        for (int round = 0; round < 3; round++)
        {
            double memory = server.ResidentMiB();
            double cpu = CpuSeconds(server.Pid);
            long begun = Stopwatch.GetTimestamp();
            await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = $"{Events}" });
            await events.NextAsync("turn.ended");
            double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            cpu = CpuSeconds(server.Pid) - cpu;
            Console.WriteLine(
                $"{"100,000 of Codex",-20} {Events / cpu,9:0} events/s of one core ({Events / seconds:0}/s by the clock)  aim 50000  "
                + $"memory {memory:0.0} MiB before, {server.ResidentMiB():0.0} after");
        }

        return 0;
    }

    /// <summary>User and system time of a process: fields 14 and 15 of its stat, in hundredths of a second (proc(5)).</summary>
    private static double CpuSeconds(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }
}
