using System.Collections.Concurrent;
using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.EventLog;

/// <summary>States of sessions in use, each behind a gate that lets one command in at a time. Bounded: what rests longest goes first.</summary>
internal sealed class SessionCache
{
    private const int EntriesMax = 2048;

    private readonly ConcurrentDictionary<SessionId, Entry> entries = new();
    private long clock;

    public async Task<Lease> EnterAsync(SessionId session, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entry = entries.GetOrAdd(session, static _ => new Entry());
            if (!entry.TryUse())
                continue;
            try
            {
                await entry.Gate.EnterAsync(cancellationToken);
            }
            catch
            {
                entry.Leave();
                throw;
            }

            entry.LastUse = Interlocked.Increment(ref clock);
            return new Lease(this, entry);
        }
    }

    public void Remove(SessionId session)
    {
        if (entries.TryGetValue(session, out var entry) && entry.TryRetire())
            entries.TryRemove(session, out _);
    }

    private void Trim()
    {
        if (entries.Count <= EntriesMax)
            return;
        foreach (var (session, entry) in entries.OrderBy(pair => pair.Value.LastUse).Take(entries.Count - (EntriesMax * 3 / 4)))
        {
            if (entry.TryRetire())
                entries.TryRemove(new KeyValuePair<SessionId, Entry>(session, entry));
        }
    }

    /// <summary>The right to decide for one session. Disposing lets the next in.</summary>
    public readonly struct Lease(SessionCache owner, Entry entry) : IDisposable
    {
        /// <summary>What is known; null when it has to be loaded.</summary>
        public SessionState? State
        {
            get => entry.State;
            set => entry.State = value;
        }

        public void Dispose()
        {
            entry.Gate.Leave();
            entry.Leave();
            owner.Trim();
        }
    }

    public sealed class Entry
    {
        private const int Retired = -1;

        private int users;

        public AsyncGate Gate { get; } = new();

        public SessionState? State { get; set; }

        public long LastUse { get; set; }

        /// <returns>False when the entry was taken out in between: look again.</returns>
        public bool TryUse()
        {
            while (true)
            {
                int seen = Volatile.Read(ref users);
                if (seen == Retired)
                    return false;
                if (Interlocked.CompareExchange(ref users, seen + 1, seen) == seen)
                    return true;
            }
        }

        public void Leave() => Interlocked.Decrement(ref users);

        public bool TryRetire() => Interlocked.CompareExchange(ref users, Retired, 0) == 0;
    }
}
