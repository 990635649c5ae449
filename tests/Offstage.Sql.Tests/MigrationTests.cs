using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Offstage.Contracts;

namespace Offstage.Sql.Tests;

/// <summary>Schemas go forward, once, and never under a program that is too old. The golden dumps are read for ever.</summary>
public sealed class MigrationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("offstage-sql-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string DatabasePath => Path.Combine(folder, "offstage.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_golden_sqlite_database_of_version_1_is_read()
    {
        using (var connection = ConnectSqlite())
            Execute(connection, Golden("v1.sqlite.sql"));
        await using var store = await OpenSqliteAsync();
        await AssertGoldenAsync(store);
    }

    [Fact]
    public async Task A_golden_postgres_database_of_version_1_is_read()
    {
        string connectionString = await (await Requires.PostgresAsync()).CreateDatabaseAsync(Stop);
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            await connection.OpenAsync(Stop);
            Execute(connection, Golden("v1.postgres.sql"));
        }

        await using var store = await OpenPostgresAsync(connectionString);
        await AssertGoldenAsync(store);
    }

    [Fact]
    public async Task Opening_twice_migrates_once()
    {
        await using (var store = await OpenSqliteAsync())
            await store.MustAppendAsync(Make.Append("ses_a", 0));
        await using var again = await OpenSqliteAsync();
        Assert.NotNull(await again.FindSessionAsync(new SessionId("ses_a"), Stop));
    }

    [Fact]
    public async Task Many_processes_may_open_at_once()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(OpenSqliteAsync)));
        foreach (var store in stores)
            await store.DisposeAsync();

        string connectionString = await (await Requires.PostgresAsync()).CreateDatabaseAsync(Stop);
        stores = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenPostgresAsync(connectionString)));
        foreach (var store in stores)
            await store.DisposeAsync();
    }

    [Theory]
    [InlineData("insert into schema_migrations values ('sessions', 99, 'future', 'x', 0)", "version 99")]
    [InlineData("update schema_migrations set checksum = 'other'", "another script")]
    public async Task A_schema_this_program_does_not_know_is_refused(string change, string message)
    {
        await (await OpenSqliteAsync()).DisposeAsync();
        using (var connection = ConnectSqlite())
            Execute(connection, change);
        Assert.Contains(message, (await Assert.ThrowsAsync<StoreSchemaException>(OpenSqliteAsync)).Message, StringComparison.Ordinal);

        string connectionString = await (await Requires.PostgresAsync()).CreateDatabaseAsync(Stop);
        await (await OpenPostgresAsync(connectionString)).DisposeAsync();
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            await connection.OpenAsync(Stop);
            Execute(connection, change);
        }

        Assert.Contains(message, (await Assert.ThrowsAsync<StoreSchemaException>(() => OpenPostgresAsync(connectionString))).Message, StringComparison.Ordinal);
    }

    private static async Task AssertGoldenAsync(ISessionStore store)
    {
        var session = new SessionId("ses_golden");
        Assert.Equal(
            Make.Row("ses_golden", 2) with { WakeAt = Make.T0.AddMinutes(1), LiveHost = new HostId("hst_1"), Title = "Gölden", State = """{"nul":"\u0000"}""" },
            await store.FindSessionAsync(session, Stop));
        Assert.Equal(
            [new StoredEvent(new EventSequence(1), "turn_started", 1, Make.T0.AddTicks(1), """{"n":1}"""), new StoredEvent(new EventSequence(2), "turn_started", 1, Make.T0.AddTicks(2), """{"n":2}""")],
            await store.ReadEventsAsync(session, EventSequence.None, 10, Stop));
        Assert.Equal([Make.Effect("ses_golden", "e1") with { Ordinal = 1 }], await store.ListPendingEffectsAsync(0, 10, Stop));
        Assert.Equal([new DeadEffect(Make.Effect("ses_golden", "e2") with { Ordinal = 2, Attempts = 8 }, "no such agent", Make.T0)], await store.ListDeadEffectsAsync(10, Stop));
        Assert.Equal([Make.Sandbox("sbx_1", "ses_golden")], await store.ListSandboxesAsync(new HostId("hst_1"), Stop));
        Assert.Equal(Make.Key("k"), await store.FindIdempotencyAsync("sessions", "k", Stop));
        await store.MustAppendAsync(Make.Append("ses_golden", 2) with { Effects = [Make.Effect("ses_golden", "e3")] });
    }

    private static string Golden(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name));

    private Task<ISessionStore> OpenSqliteAsync()
        => SqliteSessionStore.OpenAsync(new SqliteStoreOptions { Path = DatabasePath }, TimeProvider.System, Stop);

    private static Task<ISessionStore> OpenPostgresAsync(string connectionString)
        => PostgresSessionStore.OpenAsync(new PostgresStoreOptions { ConnectionString = connectionString }, TimeProvider.System, Stop);

    private SqliteConnection ConnectSqlite()
    {
        Sqlite.SqliteLibrary.EnsureLoaded();
        var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the test.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
