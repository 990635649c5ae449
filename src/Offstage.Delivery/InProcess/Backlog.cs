using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Delivery.InProcess;

/// <summary>
/// The part of the outbox that is in memory, by lane. Bounded: what does not fit leaves a gap, globally or in its lane, and
/// behind a gap nothing is taken but by reading the outbox from there, so that order within a lane holds (D1).
/// </summary>
/// <remarks>Thread-safe. At the start all of the outbox is one gap.</remarks>
internal sealed class Backlog
{
    private readonly Lock gate = new();
    private readonly Dictionary<LaneKey, Lane> lanes = [];
    private readonly HashSet<EffectId> known = [];
    private readonly SettledEffects settled;
    private readonly Gap gap = new();
    private readonly int pendingMax;
    private readonly int pendingPerLaneMax;
    private long clock;
    private int lanesWithGap;

    public Backlog(int pendingMax, int pendingPerLaneMax)
    {
        this.pendingMax = pendingMax;
        this.pendingPerLaneMax = Math.Min(pendingMax, pendingPerLaneMax);
        settled = new SettledEffects(pendingMax);
        gap.Widen(0, ++clock);
    }

    public int Pending
    {
        get
        {
            lock (gate)
                return known.Count;
        }
    }

    /// <summary>Takes effects that were just committed, as far as there is room and no gap before them.</summary>
    /// <returns>Lanes that need somebody to work on them.</returns>
    public List<Lane> Offer(IReadOnlyList<OutboxEntry> entries)
    {
        var started = new List<Lane>();
        lock (gate)
        {
            foreach (var entry in entries)
            {
                if (known.Contains(entry.Effect) || settled.Contains(entry.Effect))
                    continue;
                if (gap.IsOpen)
                    gap.Widen(entry.Ordinal, ++clock);
                else
                    TryTake(entry, read: null, started);
            }
        }

        return started;
    }

    /// <summary>Begins a read of the outbox.</summary>
    /// <returns>Null when there is nothing to read or no room to put it.</returns>
    public OutboxRead? BeginRead(bool whole)
    {
        lock (gate)
        {
            if (known.Count >= pendingMax)
                return null;
            long? from = whole ? 0 : gap.From;
            if (lanesWithGap > 0)
            {
                foreach (var lane in lanes.Values)
                {
                    if (lane.Gap.From is { } first && HasRoom(lane))
                        from = Math.Min(from ?? first, first);
                }
            }

            return from is { } start ? new OutboxRead(start, ++clock, whole) : null;
        }
    }

    /// <summary>Takes a page that was read, oldest first.</summary>
    /// <returns>False when reading on would be of no use now.</returns>
    public bool TakePage(OutboxRead read, IReadOnlyList<OutboxEntry> page, List<Lane> started)
    {
        lock (gate)
        {
            foreach (var entry in page)
            {
                if (known.Contains(entry.Effect) || settled.Contains(entry.Effect))
                    continue;
                if (known.Count >= pendingMax)
                {
                    gap.Widen(entry.Ordinal, ++clock);
                    gap.Shrink(entry.Ordinal);
                    return false;
                }

                TryTake(entry, read, started);
            }

            return read.Whole || gap.IsOpen || (lanesWithGap > 0 && lanes.Values.Any(lane => lane.Gap.IsOpen && MayFill(read, lane)));
        }
    }

    /// <summary>The read found the end of the outbox, after that ordinal.</summary>
    public void EndRead(OutboxRead read, long lastOrdinal)
    {
        lock (gate)
        {
            gap.End(read, lastOrdinal);
            if (lanesWithGap == 0)
                return;
            foreach (var lane in lanes.Values.Where(lane => lane.Gap.IsOpen && MayFill(read, lane)).ToArray())
            {
                lane.Gap.End(read, lastOrdinal);
                if (!lane.Gap.IsOpen)
                    lanesWithGap--;
                DropIfEmpty(lane);
            }
        }
    }

    /// <summary>Puts back what an operator retried.</summary>
    public List<Lane> Restore(OutboxEntry entry)
    {
        lock (gate)
            settled.Forget(entry.Effect);
        return Offer([entry]);
    }

    /// <summary>The lane's next effect; null ends the work on it.</summary>
    public OutboxEntry? PeekOrRest(Lane lane)
    {
        lock (gate)
        {
            if (lane.Head is { } head)
                return head;
            lane.Running = false;
            DropIfEmpty(lane);
            return null;
        }
    }

    /// <summary>A lane whose work ended without its effects: they are found again by reading the outbox.</summary>
    public void Abandon(Lane lane)
    {
        lock (gate)
        {
            while (lane.Head is { } head)
            {
                lane.Remove(head);
                known.Remove(head.Effect);
                gap.Widen(head.Ordinal, ++clock);
            }

            lane.Running = false;
        }
    }

    public void Replace(Lane lane, OutboxEntry entry)
    {
        lock (gate)
            lane.Replace(entry);
    }

    /// <returns>Whether there is reason to read the outbox on.</returns>
    public bool Settle(Lane lane, OutboxEntry entry)
    {
        lock (gate)
        {
            lane.Remove(entry);
            known.Remove(entry.Effect);
            settled.Add(entry.Effect);
            return (gap.IsOpen && known.Count <= pendingMax / 2) || (lane.Gap.IsOpen && HasRoom(lane));
        }
    }

    /// <param name="read">The read that found it; null for an offer.</param>
    private void TryTake(OutboxEntry entry, OutboxRead? read, List<Lane> started)
    {
        Invariant.Require(entry.Ordinal > 0, "D1");
        if (known.Count >= pendingMax)
        {
            gap.Widen(entry.Ordinal, ++clock);
            return;
        }

        var key = LaneKey.Of(entry);
        if (!lanes.TryGetValue(key, out var lane))
            lanes.Add(key, lane = new Lane(key));
        if (lane.Count >= pendingPerLaneMax || (lane.Gap.IsOpen && (read is null || !MayFill(read, lane))))
        {
            lanesWithGap += lane.Gap.IsOpen ? 0 : 1;
            lane.Gap.Widen(entry.Ordinal, ++clock);
            lane.BlockedRead = read ?? lane.BlockedRead;
            return;
        }

        lane.Add(entry);
        known.Add(entry.Effect);
        lane.Gap.Shrink(entry.Ordinal + 1);
        if (!lane.Running)
        {
            lane.Running = true;
            started.Add(lane);
        }
    }

    /// <summary>Whether the read sees everything that was left out of the lane, and has left nothing out itself.</summary>
    private static bool MayFill(OutboxRead read, Lane lane) => read.From <= lane.Gap.From && lane.BlockedRead != read;

    /// <summary>Half, so that a long lane is read in strides and not effect by effect.</summary>
    private bool HasRoom(Lane lane) => lane.Count <= pendingPerLaneMax / 2;

    private void DropIfEmpty(Lane lane)
    {
        if (!lane.Running && lane.Count == 0 && !lane.Gap.IsOpen)
            lanes.Remove(lane.Key);
    }
}
