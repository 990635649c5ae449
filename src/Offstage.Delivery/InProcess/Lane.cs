using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Delivery.InProcess;

/// <summary>Effects of one session that are carried out one after another.</summary>
internal readonly record struct LaneKey(SessionId Session, string Name)
{
    public static LaneKey Of(OutboxEntry entry) => new(entry.Session, entry.Lane);
}

/// <summary>What of a lane is in memory. Guarded by the lock of <see cref="Backlog"/>.</summary>
internal sealed class Lane(LaneKey key)
{
    private readonly SortedList<long, OutboxEntry> entries = [];

    public LaneKey Key { get; } = key;

    public int Count => entries.Count;

    /// <summary>Somebody works on it, or waits until its head is due.</summary>
    public bool Running { get; set; }

    /// <summary>From here on effects were left in the outbox: nothing newer may be taken before them.</summary>
    public Gap Gap { get; } = new();

    /// <summary>The read that had to leave something of this lane out, and so must not take what comes after.</summary>
    public OutboxRead? BlockedRead { get; set; }

    public OutboxEntry? Head => entries.Count == 0 ? null : entries.GetValueAtIndex(0);

    public void Add(OutboxEntry entry) => entries.Add(entry.Ordinal, entry);

    public void Replace(OutboxEntry entry) => entries[entry.Ordinal] = entry;

    public void Remove(OutboxEntry entry) => entries.Remove(entry.Ordinal);
}

/// <summary>Effects that were left in the outbox for want of room: from which ordinal, and when last.</summary>
internal sealed class Gap
{
    /// <summary>The first ordinal left out; null when there is none.</summary>
    public long? From { get; private set; }

    /// <summary>The time, counted in reads of the outbox and offers, at which something was last left out.</summary>
    public long LastAt { get; private set; }

    public bool IsOpen => From is not null;

    public void Widen(long ordinal, long at)
    {
        From = From is { } from ? Math.Min(from, ordinal) : ordinal;
        LastAt = at;
    }

    /// <summary>All before this ordinal has been taken, settled, or left to a gap of its lane.</summary>
    public void Shrink(long nextOrdinal)
    {
        if (From is { } from)
            From = Math.Max(from, nextOrdinal);
    }

    /// <summary>A read found the end of the outbox: closed, unless something was left out since it began.</summary>
    public void End(OutboxRead read, long lastOrdinal)
    {
        Shrink(lastOrdinal + 1);
        if (LastAt < read.At)
            From = null;
    }
}

/// <summary>A pass over the outbox.</summary>
/// <param name="From">The ordinal it begins at: it can fill only gaps that begin there or later.</param>
/// <param name="At">Its time among offers and reads.</param>
/// <param name="Whole">It looks for lost offers too, not only into gaps.</param>
internal sealed record OutboxRead(long From, long At, bool Whole);
