using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;
using Offstage.Simulation.Tests.World;
using Offstage.Sql;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Simulation.Tests.Checking;

/// <summary>What every commit must keep.</summary>
internal static class CommitRules
{
    private static readonly TimeSpan DeadlineMax = TimeSpan.FromHours(1);

    /// <summary>Takes one event into the books.</summary>
    public static void Apply(SimulatedWorld world, SessionLedger book, SessionEventBody body)
    {
        switch (body)
        {
            case PromptQueued e when !book.Prompts.TryAdd(e.Prompt, new PromptFate(e.Text)):
                world.Violate("S4", $"{e.Prompt} is queued twice");
                break;
            case PromptWithdrawn e:
                book.Prompts[e.Prompt].IsWithdrawn = true;
                break;
            case TurnCreated e:
                CreateTurn(world, book, e);
                break;
            case TurnSent e:
                RequireOpen(world, book, e.Turn, body);
                book.Turns[e.Turn].Sent++;
                break;
            case TurnContinued e:
                RequireOpen(world, book, e.Turn, body);
                book.Turns[e.Turn].Continued++;
                break;
            case TurnStarted e:
                RequireOpen(world, book, e.Turn, body);
                book.Turns[e.Turn].IsConfirmed = true;
                break;
            case TurnStopping e:
                RequireOpen(world, book, e.Turn, body);
                book.Turns[e.Turn].IsStopping = true;
                break;
            case TurnEnded e:
                EndTurn(world, book, e);
                break;
            case ItemStarted e:
                RequireOwnItem(world, book, e.Turn, e.Item);
                break;
            case ItemCompleted e:
                RequireOwnItem(world, book, e.Turn, e.Item);
                break;
            case RequestOpened e:
                RequireOpen(world, book, e.Turn, body);
                break;
            case WorkspaceReverted e:
                foreach (var taken in book.Turns.Values.Where(t => t.Number.Value > e.Checkpoint.Value))
                    taken.IsTakenBack = true;
                break;
            case EffectGivenUp e:
                book.GivenUp.Add(e.Effect.Value);
                break;
            case AgentStopped { Reason: "cursor_rejected" } or ProvisioningFailed { Failure.Code: "cursor_rejected" }:
                foreach (string cursor in book.RejectedCursors.Keys.ToArray())
                    book.RejectedCursors[cursor] = true;
                break;
        }
    }

    public static void Check(SimulatedWorld world, SessionLedger book, SessionState? before, Append append, IReadOnlyList<SessionEventBody> bodies)
    {
        var s = book.State!;
        if (book.Kinds.Count != s.Sequence.Value || append.Expected != (before?.Sequence ?? EventSequence.None))
            world.Violate("S7", $"{s.Session} is at {s.Sequence} with {book.Kinds.Count} events");
        if (s.Status.ActiveTurn?.Turn != book.OpenTurn?.Turn)
            world.Violate("S3", $"{s.Session} is {s.Status.Name} and its open turn is {book.OpenTurn?.Turn.Value ?? "none"}");
        CheckLiveness(world, s, append);
        if (s.Cursor is { } cursor && book.RejectedCursors.GetValueOrDefault(cursor.Value))
            world.Violate("S6", $"{s.Session} keeps {cursor.Value} in the append that records its rejection");
        if (bodies.Any(b => b is SandboxStopped { Reason: "idle" }) && s.Status.ActiveTurn is not null && before?.Status is not SessionStatus.Idle)
            world.Violate("B2", $"{s.Session} is reaped while {s.Status.ActiveTurn.Turn} is under way");
        CheckExplanation(world, s);
    }

    /// <summary>S2: an effect that gets an agent is not over while the session still waits for what it does.</summary>
    public static void RequireOutcome(SimulatedWorld world, SessionLedger book, EffectId effect, SessionEffect what)
    {
        switch (what)
        {
            case SessionEffect.EnsureAgent e when book.State!.Status is SessionStatus.Provisioning { BackingOff: false }
                && book.State.Agent is AgentHold.Starting starting && starting.Of == e.Generation:
                world.Violate("S2", $"{effect} is over, and {book.Session} still waits for agent {e.Generation}");
                break;
            case SessionEffect.StartTurn e when book.State!.Status is SessionStatus.Running { Turn.Phase: TurnPhase.Waiting } running
                && running.Turn.Turn == e.Turn && book.State.Agent.Generation == e.Generation:
                world.Violate("S2", $"{effect} is over, and {e.Turn} was not handed over");
                break;
            case SessionEffect.DestroySandbox e when book.State!.ReleasedSandboxes.Contains(e.Sandbox):
                world.Violate("D1", $"{effect} is over, and {e.Sandbox} is not known to be gone");
                break;
            case SessionEffect.RevertWorkspace e when book.State!.Reverting?.To == e.To && book.State.Reverting.SavedAs == e.SavedAs:
                world.Violate("D1", $"{effect} is over, and {book.Session} still waits for the revert");
                break;
            case SessionEffect.StopAgent { Sandbox: { } sandbox } when book.State!.Agent is AgentHold.None
                && !world.Ledger.IsPending(book.Session)
                && world.Shelf.Find(sandbox) is { Processes: [var left, ..] }:
                world.Violate("S9", $"{effect} is over, and process {left.Number} lives on");
                break;
            case SessionEffect.PurgeSession:
                world.Violate("D1", $"{effect} is over, and {book.Session} is still there");
                break;
        }
    }

    private static void CheckLiveness(SimulatedWorld world, SessionState s, Append append)
    {
        bool works = s.Status is SessionStatus.Provisioning or SessionStatus.Running or SessionStatus.AwaitingInput or SessionStatus.Stopping;
        if (works && append.Row.WakeAt is null)
            world.Violate("S5", $"{s.Session} is {s.Status.Name} without a deadline");
        if (append.Row.WakeAt is { } wakeAt && wakeAt > world.Scheduler.Now + DeadlineMax)
            world.Violate("S5", $"{s.Session} is {s.Status.Name} with a deadline beyond all limits");
        if (works && s.Status is not SessionStatus.Provisioning && s.Agent is not AgentHold.Live)
            world.Violate("S2", $"{s.Session} is {s.Status.Name} and holds no agent");
        if (s.Status is SessionStatus.Provisioning { BackingOff: false } && s.Agent is not AgentHold.Starting)
            world.Violate("S2", $"{s.Session} is provisioning and nothing is being started");
        if (s.Agent is not AgentHold.None && append.Row.LiveHost is null)
            world.Violate("S2", $"{s.Session} holds an agent, and recovery would not find it");
        if (s.Status is SessionStatus.Created or SessionStatus.Idle && s.Queue.Count > 0 && s.Reverting is null)
            world.Violate("S4", $"{s.Session} rests while {s.Queue.Count} prompts wait");
    }

    private static void CheckExplanation(SimulatedWorld world, SessionState s)
    {
        var explanation = Explanation.Of(s);
        bool complete = explanation is { Why.Length: > 0, Kept.Length: > 0, MovesOn.Length: > 0 };
        if (!complete || explanation.Until != s.WakeAt || explanation.Since > world.Scheduler.Now)
            world.Violate("S10", $"{s.Session} does not explain why it is {s.Status.Name}");
    }

    private static void CreateTurn(SimulatedWorld world, SessionLedger book, TurnCreated e)
    {
        var prompt = book.Prompts[e.Prompt];
        if (book.OpenTurn is { } open)
            world.Violate("S3", $"{e.Turn} is created while {open.Turn} is open");
        if (prompt.Turn is not null || prompt.IsWithdrawn)
            world.Violate("S4", $"{e.Prompt} starts a second turn, or was withdrawn");
        var turn = new TurnFate(e.Turn, prompt) { Number = e.Checkpoint!.Value };
        if (!book.Turns.TryAdd(e.Turn, turn))
            world.Violate("S4", $"{e.Turn} is created twice");
        prompt.Turn = turn;
        book.OpenTurn = turn;
    }

    private static void EndTurn(SimulatedWorld world, SessionLedger book, TurnEnded e)
    {
        RequireOpen(world, book, e.Turn, e);
        var turn = book.Turns[e.Turn];
        if (e.Outcome is TurnOutcome.Completed && !world.Ledger.WasCompletedByAgent(e.Turn))
            world.Violate("S8", $"{e.Turn} is completed, and its agent has not said so");
        if (e.Outcome is TurnOutcome.Completed && turn.Sent == 0)
            world.Violate("S4", $"{e.Turn} is completed, and was never handed over");
        turn.HasEnded = true;
        book.OpenTurn = null;
    }

    private static void RequireOpen(SimulatedWorld world, SessionLedger book, TurnId turn, SessionEventBody body)
    {
        if (book.OpenTurn?.Turn != turn)
            world.Violate("S8", $"{body.GetType().Name} of {turn}, which is not open");
    }

    private static void RequireOwnItem(SimulatedWorld world, SessionLedger book, TurnId turn, Item item)
    {
        if (book.OpenTurn?.Turn != turn || !item.Id.StartsWith(turn.Value, StringComparison.Ordinal))
            world.Violate("S8", $"item {item.Id} is recorded as part of {turn}, open is {book.OpenTurn?.Turn.Value ?? "none"}");
    }
}
