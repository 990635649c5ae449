using Microsoft.Data.Sqlite;
using Offstage.Contracts;

namespace Offstage.Sql.Tests;

/// <summary>What concerns the file: reopening, other processes, a full disk, a full queue.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("offstage-sql-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string DatabasePath => Path.Combine(folder, "offstage.db");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_copied_as_a_crash_would_leave_it_holds_everything_acknowledged()
    {
        await using var store = await OpenAsync();
        for (int n = 0; n < 50; n++)
            await store.MustAppendAsync(Make.Append($"ses_{n}", 0, 3) with { Effects = [Make.Effect($"ses_{n}", $"e{n}")] });

        // The WAL was not checkpointed and the connection not closed.
        string copy = Path.Combine(folder, "copy.db");
        File.Copy(DatabasePath, copy);
        File.Copy(DatabasePath + "-wal", copy + "-wal");
        await using var again = await SqliteSessionStore.OpenAsync(new SqliteStoreOptions { Path = copy }, TimeProvider.System, Stop);
        for (int n = 0; n < 50; n++)
            Assert.Equal(3, (await again.ReadEventsAsync(new SessionId($"ses_{n}"), EventSequence.None, 10, Stop)).Count);
        Assert.Equal(50, (await again.ListPendingEffectsAsync(0, 100, Stop)).Count);
    }

    [Fact]
    public async Task Ordinals_are_not_given_again_after_a_restart()
    {
        long last;
        await using (var store = await OpenAsync())
        {
            last = (await store.MustAppendAsync(Make.Append("ses_a", 0) with { Effects = [Make.Effect("ses_a", "e1")] }))[0].Ordinal;
            await store.CompleteEffectsAsync([new EffectId("e1")], Stop);
        }

        await using var again = await OpenAsync();
        Assert.True((await again.MustAppendAsync(Make.Append("ses_a", 1) with { Effects = [Make.Effect("ses_a", "e2")] }))[0].Ordinal > last);
    }

    [Fact]
    public async Task A_file_locked_by_another_process_is_unavailable_until_it_is_let_go()
    {
        await using var store = await OpenAsync(new SqliteStoreOptions { Path = DatabasePath, BusyTimeout = TimeSpan.FromSeconds(1) });
        await store.MustAppendAsync(Make.Append("ses_a", 0));
        using (var other = Connect())
        {
            Execute(other, "begin immediate");
            await Assert.ThrowsAsync<StoreUnavailableException>(() => store.AppendAsync(Make.Append("ses_a", 1), Stop));
            Assert.Equal(1, (await store.FindSessionAsync(new SessionId("ses_a"), Stop))!.Sequence.Value);
            Execute(other, "rollback");
        }

        await store.MustAppendAsync(Make.Append("ses_a", 1));
    }

    [Fact]
    public async Task A_full_queue_refuses_by_name_and_applies_nothing()
    {
        await using var store = await OpenAsync(new SqliteStoreOptions { Path = DatabasePath, Limits = new WriteLimits { QueueWritesMax = 4, BatchWritesMax = 2 } });
        var appends = Enumerable.Range(0, 200).Select(async n =>
        {
            try
            {
                return await store.AppendAsync(Make.Append($"ses_{n:000}", 0, 20), Stop) is AppendResult.Appended ? null : "conflict";
            }
            catch (StoreUnavailableException exception)
            {
                return exception.Message;
            }
        }).ToArray();
        var refusals = await Task.WhenAll(appends);
        Assert.Contains(refusals, refusal => refusal?.StartsWith("store_busy", StringComparison.Ordinal) == true);
        for (int n = 0; n < refusals.Length; n++)
            Assert.Equal(refusals[n] is null, await store.FindSessionAsync(new SessionId($"ses_{n:000}"), Stop) is not null);
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        var store = await OpenAsync();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.AppendAsync(Make.Append("ses_a", 0), Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => store.PingAsync(Stop));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_unavailable()
        => await Assert.ThrowsAsync<StoreUnavailableException>(() => OpenAsync(new SqliteStoreOptions { Path = Path.Combine(folder, "no", "where.db") }));

    private Task<ISessionStore> OpenAsync(SqliteStoreOptions? options = null)
        => SqliteSessionStore.OpenAsync(options ?? new SqliteStoreOptions { Path = DatabasePath }, TimeProvider.System, Stop);

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the test.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
