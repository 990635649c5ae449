using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Offstage.Sql;

namespace Offstage.Delivery.InProcess;

/// <summary>Carries one effect through one attempt, and makes what came of it durable before the lane moves on.</summary>
internal sealed class EffectRunner(
    ISessionStore store, IEffectHandler handler, DeliveryOptions options, TimeProvider timeProvider, Random random, ILogger logger) : IDisposable
{
    private readonly ConcurrentDictionary<string, Slots> slotsByLane = new(StringComparer.Ordinal);
    private readonly StoreRetry retry = new(options.StoreBackoff, timeProvider, random, logger);
    private readonly CompletionBatcher completions = new(store, new StoreRetry(options.StoreBackoff, timeProvider, random, logger));

    /// <returns>Null when the effect is settled; otherwise the entry with its next due time.</returns>
    /// <exception cref="OperationCanceledException">The engine stops; the row stays for the next start.</exception>
    public async Task<OutboxEntry?> RunAsync(OutboxEntry entry, CancellationToken stopping)
    {
        var (outcome, exception) = await AttemptAsync(entry, stopping);
        int attempts = entry.Attempts + 1;
        switch (outcome)
        {
            case EffectOutcome.Done { AlreadyCompleted: true }:
                return null;
            case EffectOutcome.Done:
                // The next of the lane begins after this is durable: a crash between would deliver them out of order.
                await completions.CompleteAsync(entry.Effect, stopping);
                return null;
            case EffectOutcome.Retry(var error) when attempts < options.AttemptsFor(entry.Kind):
                return await RescheduleAsync(entry, attempts, error, exception, stopping);
            case EffectOutcome.Retry(var error):
                await GiveUpAsync(entry, attempts, error, exception, stopping);
                return null;
            case EffectOutcome.Impossible(var error):
                await GiveUpAsync(entry, attempts, error, exception, stopping);
                return null;
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Only when no attempt is under way.</summary>
    public void Dispose()
    {
        foreach (var slots in slotsByLane.Values)
            slots.Dispose();
    }

    /// <summary>Each lane's name has its own: what stops work that hangs must not wait for the slots which that work holds.</summary>
    private Slots SlotsOf(OutboxEntry entry) => slotsByLane.GetOrAdd(entry.Lane, static (_, max) => new Slots(max), options.ConcurrencyMax);

    private async Task<(EffectOutcome Outcome, Exception? Exception)> AttemptAsync(OutboxEntry entry, CancellationToken stopping)
    {
        var slots = SlotsOf(entry);
        await slots.TakeAsync(stopping);
        try
        {
            return (await handler.HandleAsync(entry, stopping), null);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        // Whatever a handler throws is a failure of this attempt, and of this effect alone.
        catch (Exception exception)
        {
            return (new EffectOutcome.Retry(exception.Message), exception);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<OutboxEntry> RescheduleAsync(OutboxEntry entry, int attempts, string error, Exception? exception, CancellationToken stopping)
    {
        var dueAt = timeProvider.GetUtcNow() + options.EffectBackoff.After(attempts, random);
        logger.EffectFailed(entry.Effect.Value, entry.Kind, entry.Session.Value, attempts, dueAt, error, exception);
        await retry.UntilDoneAsync("reschedule an effect", stop => store.RescheduleEffectAsync(entry.Effect, attempts, dueAt, error, stop), stopping);
        return entry with { Attempts = attempts, DueAt = dueAt };
    }

    /// <summary>Tells the cause first: a crash between leaves the effect alive, and it is given up once more. The other
    /// order could leave a session waiting for an effect nobody carries out.</summary>
    private async Task GiveUpAsync(OutboxEntry entry, int attempts, string error, Exception? exception, CancellationToken stopping)
    {
        logger.EffectGivenUp(entry.Effect.Value, entry.Kind, entry.Session.Value, attempts, error, exception);
        for (int failures = 1; !await TryTellAsync(entry, error, failures, stopping); failures++)
        {
        }

        var at = timeProvider.GetUtcNow();
        await retry.UntilDoneAsync("dead-letter an effect", stop => store.DeadLetterEffectAsync(entry.Effect, attempts, at, error, stop), stopping);
    }

    private async Task<bool> TryTellAsync(OutboxEntry entry, string error, int failures, CancellationToken stopping)
    {
        TimeSpan wait;
        var slots = SlotsOf(entry);
        await slots.TakeAsync(stopping);
        try
        {
            await handler.GiveUpAsync(entry, error, stopping);
            return true;
        }
        catch (Exception exception) when (!stopping.IsCancellationRequested)
        {
            wait = options.StoreBackoff.After(failures, random);
            logger.GiveUpFailed(entry.Effect.Value, failures, wait.TotalMilliseconds, exception);
        }
        finally
        {
            slots.Release();
        }

        // The slot is free while this waits: one session's trouble must not hold up the others.
        await Task.Delay(wait, timeProvider, stopping);
        return false;
    }
}
