using Offstage.Contracts;

namespace Offstage.Sql.Tests;

public sealed class SqliteFileStoreTests : SessionStoreConformance
{
    private readonly string folder = Directory.CreateTempSubdirectory("offstage-sql-").FullName;

    protected override Task<ISessionStore> OpenAsync()
        => SqliteSessionStore.OpenAsync(new SqliteStoreOptions { Path = Path.Combine(folder, "offstage.db") }, TimeProvider.System, Stop);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}

public sealed class SqliteMemoryStoreTests : SessionStoreConformance
{
    protected override Task<ISessionStore> OpenAsync()
        => SqliteSessionStore.OpenAsync(new SqliteStoreOptions(), TimeProvider.System, Stop);
}

public sealed class PostgresStoreTests : SessionStoreConformance
{
    private string connectionString = "";

    protected override async Task<ISessionStore> OpenAsync()
    {
        connectionString = await (await Requires.PostgresAsync()).CreateDatabaseAsync(Stop);
        return await OpenReplicaAsync();
    }

    [Fact]
    public async Task Of_two_replicas_that_race_one_wins_each_sequence_and_key()
    {
        await using var other = await OpenReplicaAsync();
        await Store.MustAppendAsync(Make.Append("ses_a", 0));
        for (int round = 1; round <= 30; round++)
        {
            int expected = round;
            var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => (n % 2 == 0 ? Store : other).AppendAsync(
                Make.Append("ses_a", expected) with { Effects = [Make.Effect("ses_a", $"e{expected}")] }, Stop)));
            Assert.Single(results.OfType<AppendResult.Appended>());
            var created = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => (n % 2 == 0 ? Store : other).AppendAsync(
                Make.Append($"ses_{expected}_{n}", 0) with { Idempotency = Make.Key($"k{expected}", answer: $"ses_{expected}_{n}") }, Stop)));
            Assert.Single(created.OfType<AppendResult.Appended>());
            Assert.Equal(7, created.OfType<AppendResult.KeyUsed>().Count());
        }

        Assert.Equal(31, (await other.FindSessionAsync(new SessionId("ses_a"), Stop))!.Sequence.Value);
    }

    private Task<ISessionStore> OpenReplicaAsync()
        => PostgresSessionStore.OpenAsync(new PostgresStoreOptions { ConnectionString = connectionString }, TimeProvider.System, Stop);
}
