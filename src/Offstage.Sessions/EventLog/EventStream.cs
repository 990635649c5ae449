using System.Runtime.CompilerServices;
using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Sessions.EventLog;

/// <summary>
/// A session's events after a sequence, then whatever follows: no gap, no duplicate (S7). What the hub lost or another
/// process wrote is read from the log.
/// </summary>
public sealed class EventStream(ISessionStore store, EventHub hub, TimeProvider timeProvider)
{
    private const int PageSize = 500;

    /// <summary>How often the log is looked at although nothing was announced.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    /// <returns>Batches, for one write each. An empty batch says that the log was looked at and nothing had come: a heartbeat.</returns>
    public async IAsyncEnumerable<IReadOnlyList<StreamMessage>> FollowAsync(
        SessionId session, EventSequence after, bool wantsLive, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Registered before the log is read, so that nothing falls between the two.
        var subscription = hub.Subscribe(session, wantsLive);
        try
        {
            var last = after;
            bool read = true;
            while (true)
            {
                while (read)
                {
                    var page = await ReadAsync(session, last, PageSize, cancellationToken);
                    if (page.Count > 0)
                    {
                        last = page[^1].Sequence!.Value;
                        yield return page;
                    }

                    read = page.Count == PageSize;
                }

                bool arrived = await subscription.WaitAsync(LookEvery, timeProvider, cancellationToken);
                var taken = subscription.Take(out bool lost);
                var batch = new List<StreamMessage>(taken.Count);
                read = lost || !arrived;
                foreach (var message in taken)
                {
                    if (message.Sequence is { } sequence)
                    {
                        if (sequence <= last)
                            continue;
                        if (sequence != last.Next)
                        {
                            read = true;
                            break;
                        }

                        last = sequence;
                    }

                    batch.Add(message);
                }

                if (batch.Count > 0 || !arrived)
                    yield return batch;
            }
        }
        finally
        {
            hub.Unsubscribe(session, subscription);
        }
    }

    /// <summary>A page of the log, oldest first.</summary>
    public async Task<IReadOnlyList<StreamMessage>> ReadAsync(
        SessionId session, EventSequence after, int limit, CancellationToken cancellationToken)
    {
        var stored = await store.ReadEventsAsync(session, after, limit, cancellationToken);
        var messages = new List<StreamMessage>(stored.Count);
        var expected = after;
        foreach (var e in stored)
        {
            expected = expected.Next;
            Invariant.Require(e.Sequence == expected, "S7");
            messages.Add(StreamMessage.Durable(session, e.Sequence, e.Kind, e.At, e.Data));
        }

        return messages;
    }
}
