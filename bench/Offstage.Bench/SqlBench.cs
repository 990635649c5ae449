using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Offstage.Contracts;
using Offstage.Sql;
using Offstage.Testing;

namespace Offstage.Bench;

/// <summary>Events made durable per second, and the time of a single append, beside the floor of raw statements.</summary>
internal static class SqlBench
{
    private const int Events = 100_000;
    private static readonly string Data = $$"""{"text":"{{new string('x', 190)}}"}""";

    public static async Task<int> RunAsync()
    {
        string folder = Directory.CreateTempSubdirectory("offstage-bench-").FullName;
        try
        {
            await SqliteAsync(folder);
            if (PostgresServer.WhyUnavailable is { } reason)
                Console.WriteLine($"PostgreSQL left out: {reason}");
            else
                await PostgresAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SqliteAsync(string folder)
    {
        await using var store = await SqliteSessionStore.OpenAsync(
            new SqliteStoreOptions { Path = Path.Combine(folder, "store.db") }, TimeProvider.System, CancellationToken.None);
        await using var raw = new SqliteConnection($"Data Source={Path.Combine(folder, "raw.db")};Pooling=False");
        await raw.OpenAsync();
        await using (var pragmas = raw.CreateCommand())
        {
            pragmas.CommandText = "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000";
            await pragmas.ExecuteNonQueryAsync();
        }

        await CompareAsync("SQLite", store, raw, rawRows: Events);
    }

    private static async Task PostgresAsync()
    {
        await using var server = await PostgresServer.StartAsync(CancellationToken.None);
        string connectionString = await server.CreateDatabaseAsync(CancellationToken.None);
        await using var store = await PostgresSessionStore.OpenAsync(
            new PostgresStoreOptions { ConnectionString = connectionString }, TimeProvider.System, CancellationToken.None);
        await using var raw = new NpgsqlConnection(connectionString);
        await raw.OpenAsync();
        // A round trip per row: fewer rows say the same.
        await CompareAsync("PostgreSQL", store, raw, rawRows: Events / 10);
    }

    private static async Task CompareAsync(string name, ISessionStore store, DbConnection connection, int rawRows)
    {
        var raw = new RawFloor(connection);
        await raw.PrepareAsync();
        double floor = rawRows / await Measure.SecondsAsync(() => raw.InsertAsync(rawRows, Data));
        Console.WriteLine($"{name}: raw inserts, one transaction      {floor,10:n0} events/s");
        int round = 0;
        foreach (int perAppend in new[] { 20, 200 })
        {
            double rate = Events / await Measure.SecondsAsync(() => AppendManyAsync(store, perAppend, $"b{perAppend}_{round++}"));
            Console.WriteLine($"{name}: appends of {perAppend,3}, 16 sessions         {rate,10:n0} events/s  {rate / floor,6:0.00} x raw");
        }

        var (rawP50, rawP99) = await Measure.LatencyAsync(2_000, _ => raw.InsertAsync(1, Data));
        Console.WriteLine($"{name}: raw row and commit            p50 {rawP50,6:0.000} ms  p99 {rawP99,6:0.000} ms");
        var (p50, p99) = await Measure.LatencyAsync(2_000, n => AppendAsync(store, "single", n * 2, 2, $"single{n}"));
        Console.WriteLine($"{name}: append, 2 events, row, effect p50 {p50,6:0.000} ms  p99 {p99,6:0.000} ms  {p50 / rawP50,6:0.00} x raw");
    }

    private static Task AppendManyAsync(ISessionStore store, int perAppend, string prefix)
    {
        const int Sessions = 16;
        int appends = Events / Sessions / perAppend;
        return Task.WhenAll(Enumerable.Range(0, Sessions).Select(async session =>
        {
            for (int n = 0; n < appends; n++)
                await AppendAsync(store, $"{prefix}_{session}", (long)n * perAppend, perAppend, effect: null);
            // The rest, so that every round stores the same number.
            int rest = (Events / Sessions) - (appends * perAppend);
            if (rest > 0)
                await AppendAsync(store, $"{prefix}_{session}", (long)appends * perAppend, rest, effect: null);
        }));
    }

    private static async Task AppendAsync(ISessionStore store, string session, long expected, int events, string? effect)
    {
        var at = DateTimeOffset.UnixEpoch;
        var id = new SessionId(session);
        var row = new SessionRow(
            id, new EventSequence(expected + events), "running", "A title", "codex", "owner/name", "ada", at, at, at, new HostId("hst_1"), false, Data);
        var newEvents = new NewEvent[events];
        Array.Fill(newEvents, new NewEvent("item_completed", 1, at, Data));
        OutboxEntry[] effects = effect is null ? [] : [new OutboxEntry(0, new EffectId(effect), id, "agent", "start_turn", Data, 0, at)];
        var result = await store.AppendAsync(new Append(row, new EventSequence(expected), newEvents, effects, [], [], null), CancellationToken.None);
        if (result is not AppendResult.Appended)
            throw new InvalidOperationException($"The append ended as {result}");
    }
}
