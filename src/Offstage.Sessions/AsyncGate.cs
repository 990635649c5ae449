namespace Offstage.Sessions;

/// <summary>Lets one in at a time, in order of arrival.</summary>
/// <remarks>A semaphore's wait with a token continues on the thread pool; this one stays on the caller's context, which a
/// simulation on one thread needs.</remarks>
internal sealed class AsyncGate
{
    private readonly Lock gate = new();
    private readonly Queue<TaskCompletionSource> waiting = new();
    private bool held;

    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource mine;
        lock (gate)
        {
            if (!held)
            {
                held = true;
                return;
            }

            mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(mine);
        }

        await using (cancellationToken.UnsafeRegister(static (source, token) => ((TaskCompletionSource)source!).TrySetCanceled(token), mine))
            await mine.Task;
    }

    /// <summary>Lets the next in. Those that were cancelled meanwhile are passed over.</summary>
    public void Leave()
    {
        lock (gate)
        {
            while (waiting.TryDequeue(out var next))
            {
                if (next.TrySetResult())
                    return;
            }

            held = false;
        }
    }
}
