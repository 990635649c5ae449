using System.Text;
using Offstage.Contracts;

namespace Offstage.Sessions.EventLog;

/// <summary>What live text belongs to: pieces of the same may be joined.</summary>
internal readonly record struct LiveText(TurnId Turn, string ItemId, DeltaKind Kind);

/// <summary>
/// The subscribers of one session. A few get live text piece by piece; a crowd gets it in slices of <see cref="SliceTime"/>,
/// because a send to each of a thousand for every piece would take longer than the pieces are apart.
/// </summary>
internal sealed class Audience(SessionId session, TimeProvider timeProvider)
{
    private const int CrowdMin = 64;
    private const int SliceCharsMax = 32 * 1024;

    private static readonly TimeSpan SliceTime = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();
    private readonly StringBuilder slice = new();
    private Subscription[] subscriptions = [];
    private LiveText sliceOf;
    private ITimer? timer;

    public int Count => subscriptions.Length;

    public void Add(Subscription subscription)
    {
        lock (gate)
            subscriptions = [.. subscriptions, subscription];
    }

    /// <returns>True when it was the last: nobody is left to tell.</returns>
    public bool RemoveLast(Subscription subscription)
    {
        lock (gate)
        {
            subscriptions = [.. subscriptions.Where(s => s != subscription)];
            if (subscriptions.Length > 0)
                return false;
            slice.Clear();
            timer?.Dispose();
            timer = null;
            return true;
        }
    }

    public void Offer(ReadOnlySpan<StreamMessage> messages)
    {
        lock (gate)
        {
            SendSlice();
            foreach (var subscription in subscriptions)
                subscription.Offer(messages);
        }
    }

    public void OfferLive(LiveText of, string text)
    {
        lock (gate)
        {
            if (slice.Length > 0 && of != sliceOf)
                SendSlice();
            if (subscriptions.Length < CrowdMin)
            {
                SendSlice();
                SendLive(of, text);
                return;
            }

            if (slice.Length == 0)
            {
                sliceOf = of;
                timer ??= timeProvider.CreateTimer(_ => EndSlice(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                timer.Change(SliceTime, Timeout.InfiniteTimeSpan);
            }

            slice.Append(text);
            if (slice.Length > SliceCharsMax)
                SendSlice();
        }
    }

    private void EndSlice()
    {
        lock (gate)
            SendSlice();
    }

    private void SendSlice()
    {
        if (slice.Length == 0)
            return;
        SendLive(sliceOf, slice.ToString());
        slice.Clear();
    }

    private void SendLive(LiveText of, string text)
    {
        StreamMessage[] message = [StreamMessage.Live(session, of.Turn, of.ItemId, of.Kind, text)];
        foreach (var subscription in subscriptions)
        {
            if (subscription.WantsLive)
                subscription.Offer(message);
        }
    }
}
