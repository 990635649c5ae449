using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Offstage.Contracts;
using Offstage.Sql;
using Offstage.Testing;

namespace Offstage.Delivery.Tests;

public sealed class SweeperTests : IAsyncLifetime
{
    private readonly VirtualTimeProvider time = new();
    private readonly ConcurrentQueue<(string Session, DateTimeOffset At)> woken = new();
    private FaultyStore store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
        => store = new FaultyStore(await SqliteSessionStore.OpenAsync(new SqliteStoreOptions(), time, Stop));

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task A_due_session_is_woken_when_it_is_due()
    {
        var due = time.GetUtcNow().AddMilliseconds(300);
        await PutAsync("ses_a", due);
        await using var sweeper = await StartAsync();
        await UntilAsync(() => !woken.IsEmpty);
        Assert.Equal([("ses_a", due)], woken);
    }

    [Fact]
    public async Task A_nudge_brings_the_next_look_forward()
    {
        await using var sweeper = await StartAsync();
        await UntilAsync(() => time.NextDue is not null);
        await PutAsync("ses_a", time.GetUtcNow().AddMilliseconds(5));
        var due = time.GetUtcNow().AddMilliseconds(5);
        sweeper.Nudge(due);
        await UntilAsync(() => !woken.IsEmpty, TimeSpan.FromMilliseconds(1));
        Assert.InRange(woken.First().At, due, due.AddMilliseconds(100));
    }

    [Fact]
    public async Task Sessions_that_fail_do_not_hide_the_others()
    {
        for (int n = 0; n < 20; n++)
            await PutAsync($"ses_bad{n}", time.GetUtcNow().AddSeconds(-60));
        await PutAsync("ses_good", time.GetUtcNow());
        await using var sweeper = await StartAsync(options => options.BatchSize = 4, async (session, _) =>
        {
            if (session.Value.StartsWith("ses_bad", StringComparison.Ordinal))
                throw new IOException("cannot wake");
            await ClearAsync(session);
        });
        await UntilAsync(() => woken.Any(wake => wake.Session == "ses_good"));
        await UntilAsync(() => woken.Count(wake => wake.Session == "ses_bad3") >= 3);
        Assert.Single(woken, wake => wake.Session == "ses_good");
    }

    [Fact]
    public async Task A_session_that_hangs_does_not_stop_the_others()
    {
        await PutAsync("ses_hangs", time.GetUtcNow().AddSeconds(-60));
        await using var sweeper = await StartAsync(_ => { }, async (session, stop) =>
        {
            if (session.Value == "ses_hangs")
                await Task.Delay(Timeout.Infinite, stop);
            await ClearAsync(session);
        });
        await UntilAsync(() => !woken.IsEmpty);
        await PutAsync("ses_b", time.GetUtcNow());
        await UntilAsync(() => woken.Any(wake => wake.Session == "ses_b"));
        Assert.Single(woken, wake => wake.Session == "ses_hangs");
    }

    [Fact]
    public async Task An_outage_of_the_store_is_survived()
    {
        int failures = 0;
        store.Faults = name => name == "next_wake" && failures++ < 5 ? FaultyStore.Fault.Refused : null;
        await PutAsync("ses_a", time.GetUtcNow());
        await using var sweeper = await StartAsync();
        await UntilAsync(() => !woken.IsEmpty);
        Assert.True(failures > 5);
    }

    private async Task<Sweeper> StartAsync(Action<SweeperOptions>? configure = null, Func<SessionId, CancellationToken, Task>? wake = null)
    {
        var options = new SweeperOptions();
        configure?.Invoke(options);
        var sweeper = new Sweeper(store, WakeAsync, options, time, new Random(3), NullLogger<Sweeper>.Instance);
        await sweeper.StartAsync(Stop);
        return sweeper;

        Task WakeAsync(SessionId session, CancellationToken stop)
        {
            woken.Enqueue((session.Value, time.GetUtcNow()));
            return wake is null ? ClearAsync(session) : wake(session, stop);
        }
    }

    private Task ClearAsync(SessionId session) => PutAsync(session.Value, null);

    private async Task PutAsync(string session, DateTimeOffset? wakeAt)
    {
        var id = new SessionId(session);
        long at = (await store.FindSessionAsync(id, Stop))?.Sequence.Value ?? 0;
        var row = new SessionRow(id, new EventSequence(at + 1), "idle", null, "codex", null, null, time.GetUtcNow(), time.GetUtcNow(), wakeAt, null, false, "{}");
        await store.AppendAsync(new Append(row, new EventSequence(at), [new NewEvent("k", 1, time.GetUtcNow(), "{}")], [], [], [], null), Stop);
    }

    private async Task UntilAsync(Func<bool> condition, TimeSpan? step = null)
    {
        for (int i = 0; !condition(); i++)
        {
            Assert.True(i < 5_000, "The sweeper did not wake what was due");
            await Task.Delay(1, Stop);
            if (i % 5 == 4 && time.NextDue is { } due)
                time.AdvanceTo(step is { } by ? Min(due, time.GetUtcNow() + by) : due);
        }

        static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
    }
}
