using Microsoft.Data.Sqlite;
using Offstage.Bench.Servers;

namespace Offstage.Bench.Sessions;

/// <summary>Single requests over HTTP on loopback, one after the other, beside an empty endpoint and a raw commit.</summary>
internal static class RequestBench
{
    private const int Count = 2_000;

    public static async Task<int> CreateAsync()
    {
        var floor = await FloorAsync();
        await using var server = await ServerUnderTest.StartOffstageAsync();
        var (p50, p99) = await Measure.LatencyAsync(Count, _ => server.CreateSessionAsync());
        Report("create a session", p50, p99, aimMs: 4, floor);
        return 0;
    }

    public static async Task<int> PromptAsync()
    {
        var floor = await FloorAsync();
        await using var server = await ServerUnderTest.StartOffstageAsync();
        string session = await server.CreateSessionAsync();
        using (var events = await EventReader.OpenAsync(server, session))
        {
            await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = "@say ready\n@hang" });
            await events.NextAsync("item.completed");
        }

        // The agent is busy, so that nothing but the acceptance is measured; each prompt is withdrawn, unmeasured.
        var ms = new List<double>(Count);
        for (int i = 0; i < Count + (Count / 10); i++)
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            var accepted = await server.PostAsync($"/v1/sessions/{session}/prompts", new { text = "echo one more" });
            ms.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            using var withdrawn = await server.Http.DeleteAsync($"/v1/sessions/{session}/prompts/{accepted.GetProperty("id").GetString()}");
            withdrawn.EnsureSuccessStatusCode();
        }

        double[] sorted = [.. ms.Skip(Count / 10).Order()];
        Report("accept a prompt", sorted[Count / 2], sorted[Count * 99 / 100], aimMs: 2, floor);
        await server.Http.DeleteAsync($"/v1/sessions/{session}");
        return 0;
    }

    private static void Report(string what, double p50, double p99, double aimMs, (double EmptyMs, double CommitMs) floor)
        => Console.WriteLine(
            $"{what,-20} p50 {p50,7:0.000} ms  p99 {p99,7:0.000} ms  aim p50 {aimMs} ms  "
            + $"{p50 / floor.EmptyMs:0.0} x an empty endpoint ({floor.EmptyMs:0.000} ms), {p50 / (floor.EmptyMs + floor.CommitMs):0.0} x endpoint and raw commit ({floor.CommitMs:0.000} ms)");

    private static async Task<(double EmptyMs, double CommitMs)> FloorAsync()
    {
        await using var hello = await ServerUnderTest.StartHelloAsync();
        var (empty, _) = await Measure.LatencyAsync(Count, _ => hello.PostAsync("/hello", new { text = "echo one more" }));

        string folder = Directory.CreateTempSubdirectory("offstage-bench-").FullName;
        try
        {
            await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "raw.db")};Pooling=False");
            await connection.OpenAsync();
            await using var pragmas = connection.CreateCommand();
            pragmas.CommandText = "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000";
            await pragmas.ExecuteNonQueryAsync();
            var raw = new RawFloor(connection);
            await raw.PrepareAsync();
            var (commit, _) = await Measure.LatencyAsync(Count, _ => raw.InsertAsync(1, new string('x', 200)));
            return (empty, commit);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
