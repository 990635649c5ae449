using System.Text.Json;
using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Simulation.Tests.World;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.Checking;

/// <summary>
/// The books of the world: what was committed, what was asked of drivers and agents, what people were promised. Every entry
/// is checked against the invariants when it is made.
/// </summary>
internal sealed class Ledger(SimulatedWorld world)
{
    private readonly Dictionary<SessionId, SessionLedger> sessions = [];
    private readonly Dictionary<SandboxId, SandboxRow> owners = [];
    private readonly Dictionary<string, (string Agent, SessionId Session)> cursors = [];
    private readonly HashSet<string> completedByAgent = [];
    private readonly Dictionary<(SessionId Session, string Key), PromptId> promised = [];

    public IEnumerable<SessionLedger> Sessions => sessions.Values;

    public IReadOnlyDictionary<SandboxId, SandboxRow> Owners => owners;

    public IReadOnlyDictionary<(SessionId Session, string Key), PromptId> Promised => promised;

    public Dictionary<EffectId, SessionEffect> Pending { get; } = [];

    public HashSet<EffectId> Dead { get; } = [];

    /// <summary>Agents that said that they rest, and have not ended their turn (S3).</summary>
    public List<(SimulatedProcess Process, TurnId Turn, AgentReport Report, DateTimeOffset At)> RestReports { get; } = [];

    public SessionLedger? Find(SessionId session) => sessions.GetValueOrDefault(session);

    public void Appended(Append append, AppendResult result)
    {
        if (result is not AppendResult.Appended)
            return;
        var session = append.Row.Session;
        if (!sessions.TryGetValue(session, out var book))
            sessions.Add(session, book = new SessionLedger(session));
        var before = book.State;
        book.State = JsonSerializer.Deserialize(append.Row.State, SessionJson.Default.SessionState)!;
        var bodies = new List<SessionEventBody>(append.Events.Count);
        var sequence = append.Expected;
        foreach (var e in append.Events)
        {
            sequence = sequence.Next;
            book.Kinds.Add(e.Kind);
            bodies.Add(EventCodec.Read(session, new StoredEvent(sequence, e.Kind, e.SchemaVersion, e.At, e.Data)).Body);
        }

        world.Trace.Add("commit", $"{session} {append.Expected}: {string.Join(", ", append.Events.Select(e => e.Kind))} → {book.State.Status.Name}");
        foreach (var effect in append.Effects)
            Pending.Add(effect.Effect, SessionProjection.ReadEffect(effect));
        foreach (var row in append.Sandboxes)
        {
            if (row.State == "gone")
                owners.Remove(row.Sandbox);
            else
                owners[row.Sandbox] = row;
        }

        foreach (var body in bodies)
            CommitRules.Apply(world, book, body);
        CommitRules.Check(world, book, before, append, bodies);
        Forget(append.CompletedEffects, isReported: true);
    }

    public void Completed(IReadOnlyList<EffectId> effects) => Forget(effects, isReported: false);

    public void DeadLettered(EffectId effect)
    {
        if (!Pending.Remove(effect))
            return;
        Dead.Add(effect);
        if (Find(SessionOf(effect)) is { Exists: true } book && !book.GivenUp.Contains(effect.Value))
            world.Violate("D1", $"{effect} is dead, and its session was not told");
    }

    public void Purged(SessionId session, bool done)
    {
        if (!done)
            return;
        var book = sessions[session];
        world.Trace.Add("commit", $"{session} is purged");
        book.IsPurged = true;
        foreach (var effect in Pending.Keys.Concat(Dead).Where(e => SessionOf(e) == session).ToArray())
        {
            Pending.Remove(effect);
            Dead.Remove(effect);
        }

        foreach (var row in owners.Values.Where(row => row.Session == session).ToArray())
            owners.Remove(row.Sandbox);
    }

    /// <summary>S1, B1.</summary>
    public void RequireOwned(SandboxId sandbox, SessionId session, string what)
    {
        if (Find(session) is not { Exists: true })
            world.Violate("S1", $"{what} {sandbox} for {session}, which is not in the store");
        else if (!owners.TryGetValue(sandbox, out var row) || row.Session != session)
            world.Violate("B1", $"{what} {sandbox}, which no row owns");
    }

    /// <summary>B2: what works is not ended by cleaning up.</summary>
    public void RequireNotInUse(SimulatedSandbox sandbox, string what)
    {
        if (Find(sandbox.Session) is { Exists: true, State: { } state }
            && state.Sandbox.Sandbox == sandbox.Id
            && state.Agent is AgentHold.Live
            && state.Status is SessionStatus.Running { Turn.Phase: TurnPhase.Confirmed } or SessionStatus.AwaitingInput
            && sandbox.Processes.Any(p => p.IsSpeaking))
            world.Violate("B2", $"{what} of {sandbox.Id}, in which {state.Status.ActiveTurn!.Turn} is under way");
    }

    /// <summary>B3: nothing is destroyed that is not saved.</summary>
    public void RequireSaved(SimulatedSandbox sandbox)
    {
        if (sandbox.IsDirty && Find(sandbox.Session) is { Exists: true, State.Status: not SessionStatus.Deleted })
            world.Violate("B3", $"{sandbox.Id} is destroyed with work that no checkpoint holds");
    }

    public void Issued(ResumeCursor cursor, SessionId session) => cursors[cursor.Value] = (cursor.Agent, session);

    public void Rejected(SessionId session, string cursor) => Find(session)?.RejectedCursors.TryAdd(cursor, false);

    /// <summary>S6: a cursor goes only to its issuer, and never again once its rejection is durable.</summary>
    public void Offered(ResumeCursor cursor, string agent, SimulatedProcess process)
    {
        var session = process.Sandbox.Session;
        if (!cursors.TryGetValue(cursor.Value, out var issued) || issued.Agent != agent || issued.Session != session)
            world.Violate("S6", $"{cursor.Value} is offered to {agent} of {session}, which has not issued it");
        if (Find(session)?.RejectedCursors.GetValueOrDefault(cursor.Value) == true)
            world.Violate("S6", $"{cursor.Value} is offered again to process {process.Number}, after {session} has recorded its rejection");
    }

    /// <summary>S4, S6: each prompt at most once, only after that was recorded, and with the conversation where it is not known.</summary>
    public void HandedOver(SessionId session, TurnInput input, ConversationMemory memory, SimulatedProcess process)
    {
        if (Find(session) is not { Exists: true } book || !book.Turns.TryGetValue(new TurnId(input.Tag!), out var turn))
        {
            world.Violate("S1", $"process {process.Number} is given {input.Tag}, which is not in the store");
            return;
        }

        turn.HandedOver++;
        if (turn.HandedOver > turn.Sent)
            world.Violate("S4", $"{turn.Turn} is handed over {turn.HandedOver} times, and recorded {turn.Sent} times");
        if (turn.HandedOver > 1 + turn.Continued)
            world.Violate("S4", $"an agent is given {turn.Turn} again, and nobody continued it");
        bool isFresh = memory.IsEmpty;
        foreach (var earlier in book.Turns.Values.Where(t => t != turn && (isFresh ? t.Sent > 0 : t.IsConfirmed)))
        {
            bool knows = memory.Knows(earlier.Prompt.Text) || input.Conversation?.Contains(earlier.Prompt.Text, StringComparison.Ordinal) == true;

            // A retry asks the same again: which of the two is meant cannot be told from the text.
            bool sameElsewhere = book.Turns.Values.Any(t => t != earlier && !t.IsTakenBack && t.Prompt.Text == earlier.Prompt.Text);
            if (knows == earlier.IsTakenBack && !(earlier.IsTakenBack && sameElsewhere))
            {
                string what = knows ? "knows of a turn that was taken back" : "does not know of a turn before";
                world.Violate("S6", $"process {process.Number}, {(isFresh ? "new" : "resumed or live")}, {what}: {earlier.Turn}");
                return;
            }
        }
    }

    public void SaidCompleted(string tag) => completedByAgent.Add(tag);

    public bool WasCompletedByAgent(TurnId turn) => completedByAgent.Contains(turn.Value);

    public void Rested(SimulatedProcess process, string tag, AgentReport report)
        => RestReports.Add((process, new TurnId(tag), report, world.Scheduler.Now));

    /// <summary>S8: a late interrupt does not hit the next turn.</summary>
    public void Interrupted(string tag)
    {
        foreach (var book in sessions.Values)
        {
            if (book.Turns.TryGetValue(new TurnId(tag), out var turn) && !turn.IsStopping && !turn.HasEnded)
                world.Violate("S8", $"an interrupt reaches {tag}, which nobody has stopped");
        }
    }

    /// <summary>S4: the same key, the same prompt.</summary>
    public void Promise(SessionId session, string key, PromptId prompt)
    {
        if (promised.TryGetValue((session, key), out var earlier) && earlier != prompt)
            world.Violate("S4", $"key {key} answers {prompt}, and answered {earlier} before");
        promised[(session, key)] = prompt;
        if (Find(session) is { IsPurged: false } book && !book.Prompts.ContainsKey(prompt))
            world.Violate("S4", $"{prompt} was accepted and is not in the log");
    }

    private void Forget(IReadOnlyList<EffectId> effects, bool isReported)
    {
        foreach (var effect in effects)
        {
            Dead.Remove(effect);
            if (Pending.Remove(effect, out var what) && !isReported && Find(SessionOf(effect)) is { Exists: true } book)
                CommitRules.RequireOutcome(world, book, effect, what);
        }
    }

    /// <summary>Something is still to be done for the session.</summary>
    public bool IsPending(SessionId session) => Pending.Keys.Any(effect => SessionOf(effect) == session);

    /// <summary>Something was given up for the session.</summary>
    public bool IsDead(SessionId session) => Dead.Any(effect => SessionOf(effect) == session);

    private static SessionId SessionOf(EffectId effect) => new(effect.Value[..effect.Value.IndexOf('.')]);
}
