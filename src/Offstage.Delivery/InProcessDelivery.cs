using Microsoft.Extensions.Logging;
using Offstage.Contracts;
using Offstage.Delivery.InProcess;
using Offstage.Sql;

namespace Offstage.Delivery;

/// <summary>The embedded engine: effects run in this process, and whatever a crash interrupts is found in the outbox (D1).</summary>
/// <remarks>
/// Thread-safe. Order within a session's lane is that of the outbox, given that its effects are offered in the order they
/// were committed. One engine per outbox.
/// </remarks>
public sealed class InProcessDelivery : IEffectDelivery
{
    private readonly ISessionStore store;
    private readonly DeliveryOptions options;
    private readonly TimeProvider timeProvider;
    private readonly Random random;
    private readonly ILogger logger;
    private readonly EffectRunner runner;
    private readonly Backlog backlog;
    private readonly AsyncSignal readOn = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly AsyncSignal ended = new();
    private readonly Lock gate = new();
    private int running;
    private bool looksAgain;
    private bool started;
    private bool stopped;

    /// <param name="random">For jitter; seeded, a run can be repeated.</param>
    public InProcessDelivery(
        ISessionStore store, IEffectHandler handler, DeliveryOptions options, TimeProvider timeProvider, Random random, ILogger<InProcessDelivery> logger)
    {
        this.store = store;
        this.options = options;
        this.timeProvider = timeProvider;
        this.random = random;
        this.logger = logger;
        runner = new EffectRunner(store, handler, options, timeProvider, random, logger);
        backlog = new Backlog(options.PendingMax, options.PendingPerLaneMax);
    }

    /// <summary>Effects in memory: waiting, running, or between attempts.</summary>
    public int Pending => backlog.Pending;

    /// <inheritdoc/>
    /// <remarks>Returns at once. A store that cannot be read yet is retried with backoff.</remarks>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stopped, this);
            if (started)
                return Task.CompletedTask;
            started = true;
            running++;
        }

        using (ExecutionContext.SuppressFlow())
            _ = ReadOutboxToEndAsync(stopping.Token);
        return Task.CompletedTask;
    }

    public void Offer(IReadOnlyList<OutboxEntry> effects) => Run(backlog.Offer(effects));

    public void LookAgain()
    {
        Volatile.Write(ref looksAgain, true);
        readOn.Set();
    }

    public Task<IReadOnlyList<DeadEffect>> ListDeadAsync(int limit, CancellationToken cancellationToken)
        => store.ListDeadEffectsAsync(limit, cancellationToken);

    public async Task<bool> RetryDeadAsync(EffectId effect, CancellationToken cancellationToken)
    {
        if (await store.RetryDeadEffectAsync(effect, timeProvider.GetUtcNow(), cancellationToken) is not { } entry)
            return false;
        Run(backlog.Restore(entry));
        readOn.Set();
        return true;
    }

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
        if (HasEnded)
        {
            stopping.Dispose();
            runner.Dispose();
        }
        else
        {
            // A handler ignores its token. Its effect stays in the outbox, and its token source is left to it.
            logger.StopTimedOut(options.StopTimeout.TotalMilliseconds);
        }

        logger.DeliveryStopped(backlog.Pending);
    }

    private bool HasEnded
    {
        get
        {
            lock (gate)
                return running == 0;
        }
    }

    private async Task ReadOutboxToEndAsync(CancellationToken stop)
    {
        try
        {
            await Task.Yield();
            await ReadOutboxAsync(stop);
        }
        finally
        {
            OneEnded();
        }
    }

    private async Task ReadOutboxAsync(CancellationToken stop)
    {
        bool whole = true;
        int failures = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                while (backlog.BeginRead(whole) is { } read)
                {
                    whole = false;
                    await ReadAsync(read, stop);
                    failures = 0;
                }

                // Any signal means there is room; a quiet time means that it is worth a look at everything.
                var quietSince = timeProvider.GetTimestamp();
                await readOn.WaitAsync(options.PollInterval, timeProvider, stop);
                bool quiet = options.PollInterval is { } poll && timeProvider.GetElapsedTime(quietSince) >= poll;
                whole = Interlocked.Exchange(ref looksAgain, false) || quiet;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                var wait = options.StoreBackoff.After(++failures, random);
                logger.StoreFailed("read the outbox", failures, wait.TotalMilliseconds, exception);
                await WaitAsync(wait, stop);
                whole = true;
            }
        }
    }

    private async Task ReadAsync(OutboxRead read, CancellationToken stop)
    {
        long after = Math.Max(0, read.From - 1);
        while (true)
        {
            var page = await store.ListPendingEffectsAsync(after, options.PageSize, stop);
            var lanes = new List<Lane>();
            bool more = backlog.TakePage(read, page, lanes);
            Run(lanes);
            if (!more)
                return;
            after = page.Count == 0 ? after : page[^1].Ordinal;
            if (page.Count < options.PageSize)
            {
                backlog.EndRead(read, after);
                return;
            }
        }
    }

    private void Run(List<Lane> lanes)
    {
        foreach (var lane in lanes)
        {
            lock (gate)
            {
                if (stopped)
                    return;
                running++;
            }

            // Owned by the count: dispose waits until it is zero. The caller's trace context ends here.
            if (ExecutionContext.IsFlowSuppressed())
            {
                _ = RunLaneAsync(lane, stopping.Token);
                continue;
            }

            using (ExecutionContext.SuppressFlow())
                _ = RunLaneAsync(lane, stopping.Token);
        }
    }

    private async Task RunLaneAsync(Lane lane, CancellationToken stop)
    {
        try
        {
            await Task.Yield();
            while (backlog.PeekOrRest(lane) is { } head)
            {
                stop.ThrowIfCancellationRequested();
                var wait = head.DueAt - timeProvider.GetUtcNow();
                if (wait > TimeSpan.Zero)
                    await Task.Delay(Waits.ForTimer(wait), timeProvider, stop);
                else if (await runner.RunAsync(head, stop) is { } again)
                    backlog.Replace(lane, again);
                else if (backlog.Settle(lane, head))
                    readOn.Set();
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // The rows stay for the next start.
        }
        catch (Exception exception)
        {
            logger.LaneBroken(exception);
            backlog.Abandon(lane);
        }
        finally
        {
            OneEnded();
        }
    }

    /// <summary>The loop and each lane are owned by this count.</summary>
    private void OneEnded()
    {
        bool last;
        lock (gate)
            last = --running == 0 && stopped;
        if (last)
            ended.Set();
    }

    private async Task WaitAsync(TimeSpan wait, CancellationToken stop)
    {
        try
        {
            await Task.Delay(wait, timeProvider, stop);
        }
        catch (OperationCanceledException)
        {
            // The loop sees the token.
        }
    }
}
