using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Delivery.InProcess;

/// <summary>Removes effects that were carried out, many in one call: those that end while a call is under way share the next.</summary>
internal sealed class CompletionBatcher(ISessionStore store, StoreRetry retry)
{
    private readonly Lock gate = new();
    private List<EffectId> effects = [];
    private TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool busy;

    /// <summary>Returns when the effect is gone from the outbox.</summary>
    /// <remarks>Whoever comes first calls for all; there is no loop to own, and none to stop.</remarks>
    public async Task CompleteAsync(EffectId effect, CancellationToken stopping)
    {
        Task mine;
        bool first;
        lock (gate)
        {
            effects.Add(effect);
            mine = done.Task;
            first = !busy;
            busy = true;
        }

        if (first)
            await CompleteAllAsync(stopping);
        await mine;
    }

    private async Task CompleteAllAsync(CancellationToken stopping)
    {
        while (TakeAll() is var (batch, answer) && batch.Count > 0)
        {
            try
            {
                await retry.UntilDoneAsync("complete effects", stop => store.CompleteEffectsAsync(batch, stop), stopping);
                answer.TrySetResult();
            }
            // The engine stops. Every waiter must learn it, or its lane would never end.
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                answer.TrySetCanceled(stopping);
            }
        }
    }

    private (List<EffectId>, TaskCompletionSource) TakeAll()
    {
        lock (gate)
        {
            var taken = (effects, done);
            if (effects.Count == 0)
                busy = false;
            effects = [];
            done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return taken;
        }
    }
}
