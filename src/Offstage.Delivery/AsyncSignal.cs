namespace Offstage.Delivery;

/// <summary>Wakes one waiting loop. A signal set while nobody waits is kept; several become one.</summary>
internal sealed class AsyncSignal
{
    /// <summary>The longest delay that every timer takes.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(20);

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
        var wait = timeout switch
        {
            null => Timeout.InfiniteTimeSpan,
            { } t when t < TimeSpan.Zero => TimeSpan.Zero,
            { } t => t < LongestWait ? t : LongestWait,
        };
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
