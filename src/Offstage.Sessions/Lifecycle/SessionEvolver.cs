using Offstage.Contracts;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Lifecycle;

/// <summary>What an event makes of a state. Total and pure: replaying a log gives the state that was live.</summary>
internal static class SessionEvolver
{
    private const int GivenUpMax = 8;
    private const int ClosedRequestsMax = 16;

    /// <param name="state">Null before <see cref="SessionCreated"/>.</param>
    public static SessionState Evolve(SessionState? state, SessionId session, DateTimeOffset at, SessionEventBody body)
    {
        if (body is SessionCreated created)
        {
            Invariant.Require(state is null, "S7");
            return new SessionState
            {
                Session = session,
                Sequence = EventSequence.None.Next,
                Setup = created.Setup,
                Title = created.Title,
                TitledByPerson = created.Title is not null,
                CreatedAt = at,
                UpdatedAt = at,
                HasConversation = created.Setup.ForkedFrom is not null,
                Status = new SessionStatus.Created { Since = at },
            };
        }

        Invariant.Require(state is not null, "S1");
        var next = Apply(state, at, body) with { Sequence = state.Sequence.Next, UpdatedAt = at };

        // Whatever ends it: time in which the agent worked is counted when it stops working.
        return state.Status is SessionStatus.Running running && next.Status is not SessionStatus.Running
            ? next with { WorkedMs = next.WorkedMs + Math.Max(0, (long)(at - running.Since).TotalMilliseconds) }
            : next;
    }

    private static SessionState Apply(SessionState s, DateTimeOffset at, SessionEventBody body) => body switch
    {
        SessionRenamed e => s with { Title = e.Title, TitledByPerson = e.ByPerson },
        AgentChosen e => s with { Chosen = e.Choice },
        LimitsChanged e => s with { ChangedLimits = e.Limits },
        SessionFailed e => s with { Status = new SessionStatus.Failed(e.Reason) { Since = at } },
        SessionArchived => s with
        {
            Status = new SessionStatus.Archived { Since = at },
            LastCheckpointNumber = s.LastCheckpointNumber.Next,
        },
        SessionUnarchived => s with { Status = new SessionStatus.Idle(null, null) { Since = at } },
        SessionDeleted => s with { Status = new SessionStatus.Deleted { Since = at } },
        PromptQueued e => Queue(s, at, e),
        PromptWithdrawn e => s with { Queue = [.. s.Queue.Where(p => p.Prompt != e.Prompt)] },
        ProvisioningStarted e => StartProvisioning(s, at, e),
        ProvisioningFailed e => FailProvisioning(s, at, e),
        SandboxReady e => s with
        {
            Sandbox = new SandboxHold.Ready(e.Sandbox),
            WorkspacePath = e.WorkspacePath,
            BaseCommit = e.BaseCommit ?? s.BaseCommit,
        },
        SandboxStopped e => s with { Sandbox = new SandboxHold.Stopped(e.Sandbox), Status = WithoutReap(s.Status) },
        SandboxReleased e => s with
        {
            Sandbox = new SandboxHold.None(),
            WorkspacePath = null,
            ReleasedSandboxes = [.. s.ReleasedSandboxes, e.Sandbox],
            Status = WithoutReap(s.Status),
        },
        SandboxDestroyed e => s with { ReleasedSandboxes = [.. s.ReleasedSandboxes.Where(id => id != e.Sandbox)] },
        AgentStarted e => StartAgent(s, at, e),
        CursorSaved e => s with { Cursor = new SavedCursor(e.Agent, e.Cursor, e.Binding) },
        CursorForgotten => s with { Cursor = null },
        AgentStopped => s with { Agent = new AgentHold.None() },
        TurnCreated e => CreateTurn(s, at, e),
        TurnSent => InTurn(s, turn => turn with { Phase = TurnPhase.Sent }) with { HasConversation = true },
        TurnStarted e => ConfirmTurn(s, e),
        TurnContinued => Reprovision(InTurn(s, turn => turn with { Phase = TurnPhase.Waiting, Continued = true }), at),
        TurnStopping e => s with
        {
            Status = new SessionStatus.Stopping(RequireTurn(s), e.Ending, e.Deadline, Forced: false) { Since = at },
        },
        TurnStopForced e => s.Status is SessionStatus.Stopping stopping
            ? s with { Status = stopping with { Forced = true, Deadline = e.Deadline } }
            : s,
        TurnEnded e => EndTurn(s, at, e),
        TurnSteered e => s with { Steers = [.. s.Steers, new PendingSteer(e.Prompt, e.Text, e.Author, Sent: false)] },
        SteerSent e => s with { Steers = [.. s.Steers.Select(one => one.Prompt == e.Prompt ? one with { Sent = true } : one)] },
        SteerSettled e => s with { Steers = [.. s.Steers.Where(one => one.Prompt != e.Prompt)] },
        RequestOpened e => OpenRequest(s, at, e),
        RequestAnswered e => CloseRequest(s, at, new ClosedRequest(e.Request, "answered", e.By)),
        RequestClosed e => CloseRequest(s, at, new ClosedRequest(e.Request, e.Reason, By: null)),
        UsageReported e => s with { Usage = s.Usage.Add(e.Usage) },
        ItemCompleted { Item.Body: ItemBody.ProposedPlan } e => s with { PlanOffer = new PlanOffer(e.Turn, s.Sequence.Next) },
        CheckpointCaptured e => s with { LatestCheckpoint = e.Checkpoint },
        RevertRequested e => s with
        {
            Reverting = new PendingRevert(e.Checkpoint, s.LastCheckpointNumber.Next),
            LastCheckpointNumber = s.LastCheckpointNumber.Next,
        },
        WorkspaceReverted or RevertFailed => s with { Reverting = null },
        EffectGivenUp e => s with { GivenUp = [.. s.GivenUp.TakeLast(GivenUpMax - 1), $"{e.EffectKind}: {e.Error}"] },
        _ => s,
    };

    private static SessionState Queue(SessionState s, DateTimeOffset at, PromptQueued e)
    {
        var prompt = new QueuedPrompt(e.Prompt, e.Text, e.Model, e.Effort, e.Author, at, e.Agent, e.Mode, e.Attachments, e.Review);

        // What is asked again goes before what was asked later.
        return s with { Queue = e.RetryOf is null ? [.. s.Queue, prompt] : [prompt, .. s.Queue] };
    }

    private static SessionState CreateTurn(SessionState s, DateTimeOffset at, TurnCreated e)
    {
        Invariant.Require(s.Status.ActiveTurn is null, "S3");
        var prompt = s.Queue.Single(p => p.Prompt == e.Prompt);
        var checkpoint = s.LastCheckpointNumber.Next;
        var choice = ChoiceFor(s.Choice, prompt);
        var resolved = prompt with { Agent = choice.Agent, Model = choice.Model, Effort = choice.Effort, Mode = choice.Mode };
        var turn = new ActiveTurn(e.Turn, resolved, checkpoint, TurnPhase.Waiting, Continued: false, Starts: 0);
        var next = s with
        {
            Chosen = prompt.Agent is null ? s.Chosen : choice with { Mode = s.Choice.Mode },
            TurnCount = s.TurnCount + 1,
            Usage = s.Usage.BeginTurn(),
            PlanOffer = null,
            Queue = [.. s.Queue.Where(p => p.Prompt != e.Prompt)],
            LastPrompt = prompt,
            LastCheckpointNumber = checkpoint,
        };
        return s.Agent is AgentHold.Live
            ? next with { Status = new SessionStatus.Running(turn, at + HandoverTimeout(s)) { Since = at } }
            : Reprovision(next with { Status = new SessionStatus.Running(turn, at) { Since = at } }, at);
    }

    /// <summary>A model belongs to an agent: another agent begins with its own default.</summary>
    private static AgentChoice ChoiceFor(AgentChoice choice, QueuedPrompt prompt)
    {
        bool same = prompt.Agent is null || prompt.Agent == choice.Agent;
        return new AgentChoice(
            prompt.Agent ?? choice.Agent,
            prompt.Model ?? (same ? choice.Model : null),
            prompt.Effort ?? (same ? choice.Effort : null),
            prompt.Mode ?? choice.Mode);
    }

    /// <summary>The turn waits for an agent again. The deadline is due at once: an attempt begins in the same append.</summary>
    private static SessionState Reprovision(SessionState s, DateTimeOffset at)
        => s with { Status = new SessionStatus.Provisioning(RequireTurn(s), 0, at, BackingOff: false) { Since = at } };

    private static SessionState StartProvisioning(SessionState s, DateTimeOffset at, ProvisioningStarted e)
    {
        var before = RequireTurn(s);
        var turn = before with { Phase = TurnPhase.Waiting, Starts = before.Starts + 1 };
        return s with
        {
            LastGeneration = e.Generation,
            RunningAgent = new RunningAgent(e.Agent ?? s.Setup.Agent, Binding: null),
            Agent = new AgentHold.Starting(e.Generation),
            Sandbox = s.Sandbox.Sandbox == e.Sandbox ? s.Sandbox : new SandboxHold.Creating(e.Sandbox),
            Status = new SessionStatus.Provisioning(turn, e.Attempt, e.Deadline, BackingOff: false)
            {
                Since = s.Status is SessionStatus.Provisioning p ? p.Since : at,
            },
        };
    }

    private static SessionState FailProvisioning(SessionState s, DateTimeOffset at, ProvisioningFailed e)
        => s.Status is SessionStatus.Provisioning p && e.RetryAt is { } retryAt
            ? s with { Agent = new AgentHold.None(), Status = p with { Deadline = retryAt, BackingOff = true } }
            : s with { Agent = new AgentHold.None() };

    private static SessionState StartAgent(SessionState s, DateTimeOffset at, AgentStarted e)
        => s with
        {
            Agent = new AgentHold.Live(e.Generation),
            RunningAgent = s.RunningAgent is { } running ? running with { Binding = e.Binding } : null,
            AgentKnows = e.Resumed && s.AgentKnows,
            Usage = e.Resumed && !e.CountsFromZero ? s.Usage : s.Usage.BeginConversation(),
            Status = s.Status is SessionStatus.Provisioning p
                ? new SessionStatus.Running(p.Turn, at + HandoverTimeout(s)) { Since = at }
                : s.Status,
        };

    private static SessionState ConfirmTurn(SessionState s, TurnStarted e)
    {
        var next = InTurn(s, turn => turn with { Phase = TurnPhase.Confirmed }) with { AgentKnows = true };
        return next.Status is SessionStatus.Running running
            ? next with { Status = running with { Deadline = e.Deadline } }
            : next;
    }

    private static SessionState EndTurn(SessionState s, DateTimeOffset at, TurnEnded e)
    {
        Invariant.Require(s.Status.ActiveTurn?.Turn == e.Turn, "S3");
        bool processes = s.Sandbox is not (SandboxHold.None or SandboxHold.Stopped);
        DateTimeOffset? reapAt = processes ? at + TimeSpan.FromMilliseconds(s.Limits.IdleTimeoutMs) : null;
        return s with { Status = new SessionStatus.Idle(e.Outcome, reapAt) { Since = at } };
    }

    private static SessionState OpenRequest(SessionState s, DateTimeOffset at, RequestOpened e)
    {
        var request = new OpenRequest(e.Request, e.AgentKey, e.Generation, e.Body, e.ExpiresAt, e.OffersSession);
        return s.Status switch
        {
            SessionStatus.Running running => s with
            {
                Status = new SessionStatus.AwaitingInput(
                    running.Turn, [request], Math.Max(0, (long)(running.Deadline - at).TotalMilliseconds))
                { Since = at },
            },
            SessionStatus.AwaitingInput waiting => s with { Status = waiting with { Requests = [.. waiting.Requests, request] } },
            _ => s,
        };
    }

    private static SessionState CloseRequest(SessionState s, DateTimeOffset at, ClosedRequest closed)
    {
        if (s.Status is not SessionStatus.AwaitingInput waiting)
            return s;
        OpenRequest[] left = [.. waiting.Requests.Where(r => r.Request != closed.Request)];
        return s with
        {
            ClosedRequests = [.. s.ClosedRequests.TakeLast(ClosedRequestsMax - 1), closed],
            Status = left.Length > 0
                ? waiting with { Requests = left }
                : new SessionStatus.Running(waiting.Turn, at + TimeSpan.FromMilliseconds(waiting.RemainingMs)) { Since = at },
        };
    }

    private static SessionStatus WithoutReap(SessionStatus status)
        => status is SessionStatus.Idle idle ? idle with { ReapAt = null } : status;

    private static SessionState InTurn(SessionState s, Func<ActiveTurn, ActiveTurn> change) => s with
    {
        Status = s.Status switch
        {
            SessionStatus.Provisioning p => p with { Turn = change(p.Turn) },
            SessionStatus.Running r => r with { Turn = change(r.Turn) },
            SessionStatus.AwaitingInput a => a with { Turn = change(a.Turn) },
            SessionStatus.Stopping t => t with { Turn = change(t.Turn) },
            var resting => resting,
        },
    };

    private static ActiveTurn RequireTurn(SessionState s)
    {
        var turn = s.Status.ActiveTurn;
        Invariant.Require(turn is not null, "S3");
        return turn;
    }

    /// <summary>From a live agent to its confirmation.</summary>
    private static TimeSpan HandoverTimeout(SessionState s) => TimeSpan.FromMilliseconds(s.Limits.ProvisionTimeoutMs);
}
