using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Simulation.Tests.World;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.Checking;

/// <summary>What must hold in the end, with all faults off and all deadlines behind: nothing is stranded.</summary>
internal static class FinalRules
{
    /// <summary>Everything rests, and nothing waits for anything but a person.</summary>
    public static string? FindUnsettled(SimulatedWorld world)
    {
        if (world.HasActivePeople)
            return "people are still at work";
        if (world.Host is not { IsServing: true })
            return "the host does not serve";
        foreach (var book in world.Ledger.Sessions)
        {
            if (!book.Exists)
                continue;
            if (book.State!.WakeAt is { } wakeAt)
                return $"{book.Session} is {book.State.Status.Name} until {wakeAt:HH:mm:ss}";
            if (book.State.Reverting is not null)
                return $"{book.Session} waits for its revert";
        }

        if (world.Ledger.Pending.Count > 0)
            return $"effect {world.Ledger.Pending.First()} waits";
        foreach (var sandbox in world.Shelf.All)
        {
            if (sandbox.Processes.Count > 0)
                return $"process {sandbox.Processes[0].Number} still lives";
            if (!world.Ledger.Owners.ContainsKey(sandbox.Id))
                return $"{sandbox.Id} has no owner and is still there";
        }

        return world.Subscribers.FirstOrDefault(s => world.Ledger.Find(s.Session) is { Exists: true } book && book.Kinds.Count > s.Last.Value) is { } behind
            ? $"a subscriber of {behind.Session} has seen no more than {behind.Last}"
            : null;
    }

    /// <summary>The number of the invariant that keeps a world from settling.</summary>
    public static string NumberOf(string unsettled)
        => unsettled.StartsWith("effect", StringComparison.Ordinal) ? "D1"
            : unsettled.StartsWith("process", StringComparison.Ordinal) ? "S9"
            : unsettled.Contains("no owner", StringComparison.Ordinal) ? "B1"
            : unsettled.StartsWith("a subscriber", StringComparison.Ordinal) ? "S7"
            : "S5";

    public static async Task CheckAsync(SimulatedWorld world, ISessionStore store)
    {
        foreach (var book in world.Ledger.Sessions)
        {
            if (book.Exists)
                await CheckSessionAsync(world, store, book);
        }

        CheckPromises(world);
        var pending = await store.ListPendingEffectsAsync(0, 100, CancellationToken.None);
        if (pending.Count > 0)
            world.Violate("D1", $"{pending[0].Effect} is left in the outbox");
        foreach (var dead in await store.ListDeadEffectsAsync(100, CancellationToken.None))
        {
            if (world.Ledger.Find(dead.Entry.Session) is { } book && !book.GivenUp.Contains(dead.Entry.Effect.Value))
                world.Violate("D1", $"{dead.Entry.Effect} is dead, and its session was not told");
        }
    }

    private static async Task CheckSessionAsync(SimulatedWorld world, ISessionStore store, SessionLedger book)
    {
        var state = book.State!;
        bool rests = state.Status is SessionStatus.Created or SessionStatus.Idle or SessionStatus.Failed or SessionStatus.Archived or SessionStatus.Deleted;
        if (!rests)
            world.Violate("S5", $"{book.Session} ends as {state.Status.Name}");
        if (state.Status is SessionStatus.Deleted && book.GivenUp.Count == 0)
            world.Violate("D1", $"{book.Session} is deleted and still there");
        if (state.Agent is not AgentHold.None && state.Status is not SessionStatus.Created)
            world.Violate("S2", $"{book.Session} is {state.Status.Name} and holds an agent that nobody runs");
        foreach (var sandbox in state.ReleasedSandboxes)
        {
            if (!world.Ledger.Dead.Any(e => e.Value.StartsWith(book.Session.Value, StringComparison.Ordinal)))
                world.Violate("D1", $"{sandbox} was released, and nobody destroys it");
        }

        SessionState? replayed = null;
        var after = EventSequence.None;
        while (await store.ReadEventsAsync(book.Session, after, 1000, CancellationToken.None) is { Count: > 0 } page)
        {
            foreach (var stored in page)
            {
                after = after.Next;
                if (stored.Sequence != after)
                    world.Violate("S7", $"{book.Session} has {stored.Sequence} where {after} should be");
                replayed = SessionEvolver.Evolve(replayed, book.Session, stored.At, EventCodec.Read(book.Session, stored).Body);
            }
        }

        var row = await store.FindSessionAsync(book.Session, CancellationToken.None);
        if (row is null || replayed is null || row.State != Write(replayed))
            world.Violate("S7", $"{book.Session} replayed is not as it is stored");
    }

    /// <summary>S4: every accepted prompt waits, was turned once, or was withdrawn.</summary>
    private static void CheckPromises(SimulatedWorld world)
    {
        foreach (var ((session, _), prompt) in world.Ledger.Promised)
        {
            if (world.Ledger.Find(session) is not { Exists: true } book)
                continue;
            if (!book.Prompts.TryGetValue(prompt, out var fate))
                world.Violate("S4", $"{prompt} was accepted and is lost");
            else if (fate.Turn is { HasEnded: false })
                world.Violate("S5", $"{fate.Turn.Turn} never ended");
            else if (fate.Turn is null && !fate.IsWithdrawn && !book.State!.Queue.Any(p => p.Prompt == prompt))
                world.Violate("S4", $"{prompt} neither waits nor was it turned or withdrawn");
        }
    }

    private static string Write(SessionState state) => System.Text.Json.JsonSerializer.Serialize(state, SessionJson.Default.SessionState);
}
