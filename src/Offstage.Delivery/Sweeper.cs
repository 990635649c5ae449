using Microsoft.Extensions.Logging;
using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Delivery;

/// <summary>Wakes sessions whose deadline is due. Deadlines are rows; a crash forgets none, and any replica may wake (S5).</summary>
/// <remarks>A session may be woken when nothing is due any more, and twice; waking decides on the session's own state.</remarks>
public sealed class Sweeper : IAsyncDisposable
{
    /// <summary>Sessions held back, and remembered as failing, at once: what one read of the store can reach past.</summary>
    private const int HeldBackMax = 5_000;

    private readonly ISessionStore store;
    private readonly Func<SessionId, CancellationToken, Task> wake;
    private readonly SweeperOptions options;
    private readonly TimeProvider timeProvider;
    private readonly Random random;
    private readonly ILogger logger;
    private readonly AsyncSignal nudged = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Dictionary<SessionId, DateTimeOffset> heldBack = [];
    private readonly Dictionary<SessionId, int> failuresBefore = [];
    private readonly Lock gate = new();
    private DateTimeOffset nextLook = DateTimeOffset.MaxValue;
    private readonly Slots slots;
    private readonly AsyncSignal ended = new();
    private int running;
    private bool stopped;

    public Sweeper(
        ISessionStore store, Func<SessionId, CancellationToken, Task> wake, SweeperOptions options, TimeProvider timeProvider, Random random, ILogger<Sweeper> logger)
    {
        this.store = store;
        this.wake = wake;
        this.options = options;
        this.timeProvider = timeProvider;
        this.random = random;
        this.logger = logger;
        slots = new Slots(options.ConcurrencyMax);
    }

    /// <summary>Begins. Call once.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            running++;
        using (ExecutionContext.SuppressFlow())
            _ = RunToEndAsync(stopping.Token);
        return Task.CompletedTask;
    }

    /// <summary>A deadline was appended: look again by then, when that is sooner than planned. Never blocks.</summary>
    public void Nudge(DateTimeOffset wakeAt)
    {
        lock (gate)
        {
            if (wakeAt >= nextLook)
                return;
            nextLook = wakeAt;
        }

        nudged.Set();
    }

    /// <summary>Tells wakes under way to stop, and waits for them for a bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (stopped)
                return;
            stopped = true;
        }

        // Not CancelAsync: that would leave this thread, and with it a simulation.
        stopping.Cancel();
        if (!HasEnded)
            await ended.WaitAsync(options.StopTimeout, timeProvider, CancellationToken.None);
        if (!HasEnded)
        {
            logger.StopTimedOut(options.StopTimeout.TotalMilliseconds);
            return;
        }

        slots.Dispose();
        stopping.Dispose();
    }

    private bool HasEnded
    {
        get
        {
            lock (gate)
                return running == 0;
        }
    }

    /// <summary>The loop and each wake are owned by this count.</summary>
    private void OneEnded()
    {
        bool last;
        lock (gate)
            last = --running == 0 && stopped;
        if (last)
            ended.Set();
    }

    private async Task RunToEndAsync(CancellationToken stop)
    {
        try
        {
            await Task.Yield();
            await RunAsync(stop);
        }
        finally
        {
            OneEnded();
        }
    }

    private async Task RunAsync(CancellationToken stop)
    {
        int failures = 0;
        TimeSpan? failed = null;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                // Nudges do not hurry a store that is down.
                if (failed is { } pause)
                    await Task.Delay(pause, timeProvider, stop);
                failed = null;
                PlanLook(Earlier(await SweepAsync(stop), NextLook));
                failures = 0;
                await WaitForLookAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                var wait = options.Backoff.After(++failures, random);
                logger.SweepFailed(failures, wait.TotalMilliseconds, exception);
                PlanLook(timeProvider.GetUtcNow() + wait);
                failed = wait;
            }
        }
    }

    /// <returns>When to look again.</returns>
    private async Task<DateTimeOffset> SweepAsync(CancellationToken stop)
    {
        // Planned before the store is read: a nudge that comes meanwhile is for a row this read may have missed.
        PlanLook(DateTimeOffset.MaxValue);
        var now = timeProvider.GetUtcNow();
        Release(now);
        if (await store.FindNextWakeAsync(stop) is not { } next)
            return now + options.Interval;
        if (next > now)
            return Earlier(next, now + options.Interval);

        // Those that are held back are still due and come first; reading past them keeps them from hiding the others.
        int limit = options.BatchSize + Math.Min(HeldBackMax, HeldBackCount);
        var due = await store.ListDueSessionsAsync(now, limit, stop);
        var free = FreeOf(due);
        await WakeAllAsync(free, stop);
        bool more = due.Count == limit && free.Count > 0;
        return more ? now : now + options.Interval;
    }

    /// <summary>Starts waking, as many at once as there are slots. A session that hangs holds its slot and nothing else.</summary>
    private async Task WakeAllAsync(List<SessionId> sessions, CancellationToken stop)
    {
        foreach (var session in sessions)
        {
            await slots.TakeAsync(stop);
            lock (gate)
            {
                heldBack[session] = DateTimeOffset.MaxValue;
                running++;
            }

            // Owned by the count: dispose waits until it is zero.
            _ = WakeOneAsync(session, stop);
        }
    }

    private async Task WakeOneAsync(SessionId session, CancellationToken stop)
    {
        try
        {
            await wake(session, stop);
            // Still due after it was woken (another replica was faster, or there was nothing to do): not again at once.
            HoldBack(session, failures: 0, options.Interval / 10);
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The row stays due, for the next start or another replica.
        }
        catch (Exception exception)
        {
            int failures = FailuresOf(session) + 1;
            var wait = options.Backoff.After(failures, random);
            logger.WakeFailed(session.Value, failures, wait.TotalMilliseconds, exception);
            HoldBack(session, failures, wait);
        }
        finally
        {
            slots.Release();
            OneEnded();
        }
    }

    private int HeldBackCount
    {
        get
        {
            lock (gate)
                return heldBack.Count;
        }
    }

    private List<SessionId> FreeOf(IReadOnlyList<SessionId> due)
    {
        lock (gate)
            return [.. due.Where(session => !heldBack.ContainsKey(session)).Take(options.BatchSize)];
    }

    private int FailuresOf(SessionId session)
    {
        lock (gate)
            return failuresBefore.GetValueOrDefault(session);
    }

    private void HoldBack(SessionId session, int failures, TimeSpan time)
    {
        lock (gate)
        {
            heldBack[session] = timeProvider.GetUtcNow() + time;
            if (failures == 0)
                failuresBefore.Remove(session);
            else if (failuresBefore.Count < HeldBackMax || failuresBefore.ContainsKey(session))
                failuresBefore[session] = failures;
        }
    }

    private void Release(DateTimeOffset now)
    {
        lock (gate)
        {
            foreach (var (session, _) in heldBack.Where(pair => pair.Value <= now).ToArray())
                heldBack.Remove(session);
        }
    }

    private DateTimeOffset NextLook
    {
        get
        {
            lock (gate)
                return nextLook;
        }
    }

    private void PlanLook(DateTimeOffset at)
    {
        lock (gate)
            nextLook = at;
    }

    private async Task WaitForLookAsync(CancellationToken stop)
    {
        while (true)
        {
            var wait = NextLook - timeProvider.GetUtcNow();
            if (wait <= TimeSpan.Zero)
                return;
            await nudged.WaitAsync(wait, timeProvider, stop);
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
