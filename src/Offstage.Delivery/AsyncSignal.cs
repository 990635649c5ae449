namespace Offstage.Delivery;

/// <summary>Wakes one waiting loop. A signal set while nobody waits is kept; several become one.</summary>
/// <remarks>One source, completed by whoever comes first: <c>Task.WhenAny</c> would take a detour over the thread pool,
/// which a simulation on one thread cannot see.</remarks>
internal sealed class AsyncSignal
{
    private readonly Lock gate = new();
    private TaskCompletionSource? waiter;
    private bool set;

    public void Set()
    {
        TaskCompletionSource? woken;
        lock (gate)
        {
            woken = waiter;
            waiter = null;
            set = woken is null;
        }

        woken?.TrySetResult();
    }

    /// <summary>Returns when the signal is set or the time is over. Null waits for the signal alone.</summary>
    public async Task WaitAsync(TimeSpan? timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Arm() is not { } armed)
            return;
        var wait = timeout is { } limit ? Waits.ForTimer(limit) : Timeout.InfiniteTimeSpan;
        await using (timeProvider.CreateTimer(Complete, armed, wait, Timeout.InfiniteTimeSpan))
        await using (cancellationToken.UnsafeRegister(Complete, armed))
            await armed.Task;
        lock (gate)
            waiter = null;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static void Complete(object? source) => ((TaskCompletionSource)source!).TrySetResult();

    private TaskCompletionSource? Arm()
    {
        lock (gate)
        {
            if (!set)
                return waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            set = false;
            return null;
        }
    }
}
