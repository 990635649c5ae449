namespace Offstage.Delivery;

/// <summary>Wakes one waiting loop. A signal set while nobody waits is kept; several become one.</summary>
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
        var task = Arm();
        if (task.IsCompleted)
            return;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wait = timeout is { } limit ? Waits.ForTimer(limit) : Timeout.InfiniteTimeSpan;
        await Task.WhenAny(task, Task.Delay(wait, timeProvider, stop.Token));
        await stop.CancelAsync();
        lock (gate)
            waiter = null;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private Task Arm()
    {
        lock (gate)
        {
            if (set)
            {
                set = false;
                return Task.CompletedTask;
            }

            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return waiter.Task;
        }
    }
}
