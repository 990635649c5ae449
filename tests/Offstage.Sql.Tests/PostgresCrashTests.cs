using System.Collections.Concurrent;
using Offstage.Contracts;
using Offstage.Testing;

namespace Offstage.Sql.Tests;

/// <summary>The server is killed under the store: what was answered is there afterwards, what was refused is not.</summary>
public sealed class PostgresCrashTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_killed_server_had_acknowledged_is_found_again_and_what_was_refused_is_not()
    {
        await using var server = await Requires.PostgresAsync(ownServer: true);
        var options = new PostgresStoreOptions { ConnectionString = await server.CreateDatabaseAsync(Stop), ConnectTimeout = TimeSpan.FromSeconds(2) };
        await using var store = await PostgresSessionStore.OpenAsync(options, TimeProvider.System, Stop);

        for (int round = 0; round < 3; round++)
        {
            var acknowledged = new ConcurrentBag<string>();
            var refused = new ConcurrentBag<string>();
            int unknown = 0;
            using var enough = new CancellationTokenSource();
            int number = round;
            var writers = Enumerable.Range(0, 8).Select(async writer =>
            {
                for (int n = 0; !enough.IsCancellationRequested; n++)
                {
                    string session = $"ses_{number}_{writer}_{n}";
                    try
                    {
                        await store.MustAppendAsync(Make.Append(session, 0, 5));
                        acknowledged.Add(session);
                    }
                    catch (StoreUnavailableException)
                    {
                        refused.Add(session);
                        await Task.Delay(5, Stop);
                    }
                    catch (StoreOutcomeUnknownException)
                    {
                        Interlocked.Increment(ref unknown);
                    }
                }
            }).ToArray();

            await UntilAsync(() => acknowledged.Count > 200);
            await server.KillAsync(Stop);
            await UntilAsync(() => !refused.IsEmpty);
            await Assert.ThrowsAsync<StoreUnavailableException>(() => store.PingAsync(Stop));
            await server.StartAgainAsync(Stop);
            int before = acknowledged.Count;
            await UntilAsync(() => acknowledged.Count > before + 50);
            await enough.CancelAsync();
            await Task.WhenAll(writers);

            foreach (string session in acknowledged)
                Assert.Equal(5, (await store.ReadEventsAsync(new SessionId(session), EventSequence.None, 10, Stop)).Count);
            foreach (string session in refused)
                Assert.Null(await store.FindSessionAsync(new SessionId(session), Stop));
            TestContext.Current.TestOutputHelper?.WriteLine($"{acknowledged.Count} acknowledged, {refused.Count} refused, {unknown} unknown");
        }
    }

    [Fact]
    public async Task A_restart_between_two_calls_is_not_noticed()
    {
        await using var server = await Requires.PostgresAsync(ownServer: true);
        var options = new PostgresStoreOptions { ConnectionString = await server.CreateDatabaseAsync(Stop) };
        await using var store = await PostgresSessionStore.OpenAsync(options, TimeProvider.System, Stop);
        await store.MustAppendAsync(Make.Append("ses_a", 0));
        Assert.NotNull(await store.FindSessionAsync(new SessionId("ses_a"), Stop));
        await server.KillAsync(Stop);
        await server.StartAgainAsync(Stop);
        await store.MustAppendAsync(Make.Append("ses_a", 1));
        Assert.Equal(2, (await store.FindSessionAsync(new SessionId("ses_a"), Stop))!.Sequence.Value);
    }

    [Fact]
    public async Task A_store_without_a_server_is_unavailable()
    {
        var options = new PostgresStoreOptions { ConnectionString = "Host=127.0.0.1;Port=1;Username=nobody;Database=none", ConnectTimeout = TimeSpan.FromSeconds(1) };
        await Assert.ThrowsAsync<StoreUnavailableException>(() => PostgresSessionStore.OpenAsync(options, TimeProvider.System, Stop));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 6_000, "The writers did not get there");
            await Task.Delay(5, Stop);
        }
    }
}
