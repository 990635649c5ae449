using Offstage.Contracts;

namespace Offstage.Sql.Tests;

/// <summary>What a store should hold, in plain collections.</summary>
internal sealed class StoreModel
{
    public Dictionary<string, SessionRow> Rows { get; } = [];

    public Dictionary<string, List<StoredEvent>> Events { get; } = [];

    public List<Item> Outbox { get; } = [];

    public Dictionary<string, SandboxRow> Sandboxes { get; } = [];

    public Dictionary<(string, string), IdempotencyRecord> Keys { get; } = [];

    public AppendResult Append(Append append)
    {
        string session = append.Row.Session.Value;
        if (append.Idempotency is { } key && Keys.TryGetValue((key.Scope, key.Key), out var used))
            return new AppendResult.KeyUsed(used);
        var actual = Rows.GetValueOrDefault(session)?.Sequence ?? EventSequence.None;
        if (actual != append.Expected)
            return new AppendResult.Conflict(actual);

        Rows[session] = append.Row;
        var events = Events.TryGetValue(session, out var list) ? list : Events[session] = [];
        events.AddRange(append.Events.Select((e, i) => new StoredEvent(new EventSequence(append.Expected.Value + i + 1), e.Kind, e.SchemaVersion, e.At, e.Data)));
        Outbox.RemoveAll(item => append.CompletedEffects.Contains(item.Entry.Effect));
        Outbox.AddRange(append.Effects.Select(entry => new Item(entry, null, "")));
        foreach (var sandbox in append.Sandboxes)
        {
            Sandboxes.Remove(sandbox.Sandbox.Value);
            if (sandbox.State != "gone")
                Sandboxes.Add(sandbox.Sandbox.Value, sandbox);
        }

        if (append.Idempotency is { } fresh)
            Keys.Add((fresh.Scope, fresh.Key), fresh);
        return new AppendResult.Appended([]);
    }

    /// <summary>Takes over the ordinals the store gave; they must grow.</summary>
    public void Number(IReadOnlyList<OutboxEntry> stored)
    {
        foreach (var entry in stored)
        {
            int at = Outbox.FindIndex(item => item.Entry.Effect == entry.Effect);
            Assert.Equal(Outbox[at].Entry, entry with { Ordinal = 0 });
            Assert.All(Outbox.Take(at), earlier => Assert.True(earlier.Entry.Ordinal < entry.Ordinal));
            Outbox[at] = Outbox[at] with { Entry = entry };
        }
    }

    public void Change(EffectId effect, Func<Item, Item> change)
    {
        int at = Outbox.FindIndex(item => item.Entry.Effect == effect);
        if (at >= 0)
            Outbox[at] = change(Outbox[at]);
    }

    public OutboxEntry? Retry(EffectId effect, DateTimeOffset dueAt)
    {
        int at = Outbox.FindIndex(item => item.Entry.Effect == effect && item.DeadAt is not null);
        if (at < 0)
            return null;
        Outbox[at] = new Item(Outbox[at].Entry with { Attempts = 0, DueAt = dueAt }, null, "");
        return Outbox[at].Entry;
    }

    public bool Purge(string session)
    {
        if (!Rows.TryGetValue(session, out var row) || !row.Deleted)
            return false;
        Rows.Remove(session);
        Events.Remove(session);
        Outbox.RemoveAll(item => item.Entry.Session.Value == session);
        foreach (var sandbox in Sandboxes.Values.Where(sandbox => sandbox.Session.Value == session).ToArray())
            Sandboxes.Remove(sandbox.Sandbox.Value);
        foreach (var key in Keys.Keys.Where(key => key.Item1 == session).ToArray())
            Keys.Remove(key);
        return true;
    }

    public sealed record Item(OutboxEntry Entry, DateTimeOffset? DeadAt, string Error);
}
