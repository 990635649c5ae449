namespace Offstage.Sessions.EventLog;

/// <summary>What one subscriber has not taken yet. Bounded: over it durable events are read from the log again, live text is dropped.</summary>
internal sealed class Subscription(bool wantsLive)
{
    private const int WaitingMax = 2048;

    private readonly Lock gate = new();
    private List<StreamMessage> waiting = [];
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool overflowed;

    public bool WantsLive { get; } = wantsLive;

    public void Offer(ReadOnlySpan<StreamMessage> messages)
    {
        TaskCompletionSource? signal = null;
        lock (gate)
        {
            if (waiting.Count + messages.Length > WaitingMax)
            {
                overflowed = true;
                waiting.Clear();
            }
            else
            {
                waiting.AddRange(messages);
            }

            if (!arrived.Task.IsCompleted)
                signal = arrived;
        }

        signal?.TrySetResult();
    }

    /// <returns>False when the time was over and nothing had come.</returns>
    /// <remarks>One source, completed by whoever comes first: <c>Task.WaitAsync</c> would take a detour over the thread pool,
    /// which a simulation on one thread cannot see.</remarks>
    public async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        TaskCompletionSource source;
        lock (gate)
            source = arrived;
        if (!source.Task.IsCompleted)
        {
            await using (timeProvider.CreateTimer(Complete, source, timeout, Timeout.InfiniteTimeSpan))
            await using (cancellationToken.UnsafeRegister(Complete, source))
                await source.Task;
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
            return waiting.Count > 0 || overflowed;
    }

    private static void Complete(object? source) => ((TaskCompletionSource)source!).TrySetResult();

    /// <param name="lost">Messages were dropped since the last call: read the log from the last event that was seen.</param>
    public IReadOnlyList<StreamMessage> Take(out bool lost)
    {
        lock (gate)
        {
            lost = overflowed;
            overflowed = false;
            var taken = waiting;
            waiting = [];
            arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return taken;
        }
    }
}
