using System.Collections.Concurrent;
using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Sessions.EventLog;

/// <summary>Tells subscribers of this process what was made durable, and live text that is not (S7).</summary>
public sealed class EventHub
{
    private readonly ConcurrentDictionary<SessionId, Subscription[]> bySession = new();
    private readonly Lock gate = new();

    /// <summary>Subscribers at present, for metrics.</summary>
    public int SubscriberCount => bySession.Values.Sum(list => list.Length);

    internal void Publish(SessionId session, IReadOnlyList<SessionEvent> events, IReadOnlyList<NewEvent> written)
    {
        if (!bySession.TryGetValue(session, out var subscriptions))
            return;
        var messages = new StreamMessage[events.Count];
        for (int i = 0; i < messages.Length; i++)
            messages[i] = StreamMessage.Durable(events[i], written[i].Data);
        foreach (var subscription in subscriptions)
            subscription.Offer(messages);
    }

    public void PublishLive(SessionId session, TurnId turn, string itemId, DeltaKind kind, string text)
    {
        if (!bySession.TryGetValue(session, out var subscriptions))
            return;
        StreamMessage[] message = [StreamMessage.Live(session, turn, itemId, kind, text)];
        foreach (var subscription in subscriptions)
        {
            if (subscription.WantsLive)
                subscription.Offer(message);
        }
    }

    internal Subscription Subscribe(SessionId session, bool wantsLive)
    {
        var subscription = new Subscription(wantsLive);
        lock (gate)
            bySession.AddOrUpdate(session, [subscription], (_, list) => [.. list, subscription]);
        return subscription;
    }

    internal void Unsubscribe(SessionId session, Subscription subscription)
    {
        lock (gate)
        {
            if (!bySession.TryGetValue(session, out var list))
                return;
            Subscription[] left = [.. list.Where(s => s != subscription)];
            if (left.Length == 0)
                bySession.TryRemove(session, out _);
            else
                bySession[session] = left;
        }
    }
}

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
