using System.Collections.Concurrent;
using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Sessions.EventLog;

/// <summary>Tells subscribers of this process what was made durable, and live text that is not (S7).</summary>
public sealed class EventHub(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<SessionId, Audience> bySession = new();
    private readonly Lock gate = new();

    /// <summary>Subscribers at present, for metrics.</summary>
    public int SubscriberCount => bySession.Values.Sum(audience => audience.Count);

    internal void Publish(SessionId session, IReadOnlyList<SessionEvent> events, IReadOnlyList<NewEvent> written)
    {
        if (!bySession.TryGetValue(session, out var audience))
            return;
        var messages = new StreamMessage[events.Count];
        for (int i = 0; i < messages.Length; i++)
            messages[i] = StreamMessage.Durable(events[i], written[i].Data);
        audience.Offer(messages);
    }

    public void PublishLive(SessionId session, TurnId turn, string itemId, DeltaKind kind, string text)
    {
        if (bySession.TryGetValue(session, out var audience))
            audience.OfferLive(new LiveText(turn, itemId, kind), text);
    }

    internal Subscription Subscribe(SessionId session, bool wantsLive)
    {
        var subscription = new Subscription(wantsLive);
        lock (gate)
            bySession.GetOrAdd(session, id => new Audience(id, timeProvider)).Add(subscription);
        return subscription;
    }

    internal void Unsubscribe(SessionId session, Subscription subscription)
    {
        lock (gate)
        {
            if (bySession.TryGetValue(session, out var audience) && audience.RemoveLast(subscription))
                bySession.TryRemove(session, out _);
        }
    }
}
