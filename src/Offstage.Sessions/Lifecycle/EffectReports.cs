using System.Diagnostics;
using Offstage.Contracts;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Lifecycle;

/// <summary>What came of the effects.</summary>
internal static class EffectReports
{
    public static Rejection? Decide(DecisionBuilder b, SessionCommand command) => command switch
    {
        SessionCommand.ReportSandboxReady report => SandboxReady(b, report),
        SessionCommand.ReportAgentStarted report => AgentStarted(b, report),
        SessionCommand.ReportCursorRejected report => CursorRejected(b, report),
        SessionCommand.ReportProvisionFailed report => ProvisionFailed(b, report),
        SessionCommand.BeginHandover handover => BeginHandover(b, handover),
        SessionCommand.ReportTurnConfirmed report => TurnConfirmed(b, report),
        SessionCommand.ReportTurnRefused report => TurnRefused(b, report),
        SessionCommand.ReportAgentUnfit report => AgentUnfit(b, report),
        SessionCommand.BeginSteer begin => BeginSteer(b, begin),
        SessionCommand.ReportSteered report => Steered(b, report),
        SessionCommand.ReportCheckpoint report => Checkpoint(b, report),
        SessionCommand.ReportReverted report => Reverted(b, report),
        SessionCommand.ReportRevertFailed report => RevertFailed(b, report),
        SessionCommand.ReportSandboxDestroyed report => SandboxDestroyed(b, report),
        SessionCommand.ReportEffectGivenUp report => EffectGivenUp(b, report),
        _ => throw new UnreachableException(),
    };

    private static Rejection? SandboxReady(DecisionBuilder b, SessionCommand.ReportSandboxReady report)
    {
        bool wanted = b.State.Sandbox.Sandbox == report.Sandbox
            && (b.State.Sandbox is SandboxHold.Creating || b.State.Agent is AgentHold.Starting);
        if (!wanted)
            return new Rejection.Stale();
        if (b.State.Sandbox is not SandboxHold.Ready)
            b.Emit(new SandboxReady(report.Sandbox, report.WorkspacePath, report.BaseCommit));
        return null;
    }

    private static Rejection? AgentStarted(DecisionBuilder b, SessionCommand.ReportAgentStarted report)
    {
        if (b.State.Agent is AgentHold.Live live && live.Of == report.Generation)
            return null;
        if (!IsStarting(b, report.Generation))
            return new Rejection.Stale();
        b.Emit(new AgentStarted(report.Generation, report.Resumed, report.Binding, report.Resumed && report.CountsFromZero));

        // What another agent knows ends before this turn.
        if (b.State.Cursor is { } older && older.Agent != b.State.RunningAgent?.Name)
            b.ForgetCursor("agent_changed");
        if (report.Cursor is { } cursor)
            b.SaveCursor(cursor.Value);
        if (b.Status is SessionStatus.Running { Turn: var turn })
            b.Plan(new SessionEffect.StartTurn(turn.Turn, report.Generation));
        return null;
    }

    private static Rejection? CursorRejected(DecisionBuilder b, SessionCommand.ReportCursorRejected report)
    {
        if (!IsStarting(b, report.Generation) || b.Status is not SessionStatus.Provisioning provisioning)
            return new Rejection.Stale();
        if (b.State.Cursor is null)
        {
            b.FailAttempt(report.Generation, new Failure("agent_start_failed", $"The agent rejected a new conversation: {report.Reason}"), retryable: true);
            return null;
        }

        b.ForgetCursor(report.Reason);
        b.Emit(new AgentStopped(report.Generation, "cursor_rejected"));
        b.StartAttempt(provisioning.Attempt);
        return null;
    }

    private static Rejection? ProvisionFailed(DecisionBuilder b, SessionCommand.ReportProvisionFailed report)
    {
        if (!IsStarting(b, report.Generation) || b.Status is not SessionStatus.Provisioning)
            return new Rejection.Stale();
        b.FailAttempt(report.Generation, report.Failure, report.Retryable);
        return null;
    }

    private static Rejection? BeginHandover(DecisionBuilder b, SessionCommand.BeginHandover handover)
    {
        bool waits = b.Status is SessionStatus.Running { Turn: { Phase: TurnPhase.Waiting } turn }
            && turn.Turn == handover.Turn && IsLive(b, handover.Generation);
        if (!waits)
            return new Rejection.Stale();
        b.Emit(new TurnSent(handover.Turn, handover.Generation));
        return null;
    }

    private static Rejection? TurnConfirmed(DecisionBuilder b, SessionCommand.ReportTurnConfirmed report)
    {
        if (!IsSent(b, report.Turn, report.Generation))
            return new Rejection.Stale();
        b.Emit(new TurnStarted(report.Turn, SpendingLimits.TurnDeadline(b.State, b.Now)));
        return null;
    }

    private static Rejection? TurnRefused(DecisionBuilder b, SessionCommand.ReportTurnRefused report)
    {
        if (!IsSent(b, report.Turn, report.Generation))
            return new Rejection.Stale();
        b.FailTurnOfAgent(report.Failure);
        return null;
    }

    /// <summary>The live agent cannot do what this turn wants, another start of it can.</summary>
    private static Rejection? AgentUnfit(DecisionBuilder b, SessionCommand.ReportAgentUnfit report)
    {
        if (b.Status is not SessionStatus.Running { Turn.Phase: TurnPhase.Waiting } || !IsLive(b, report.Generation))
            return new Rejection.Stale();
        b.StopAgent(report.Why);
        b.Reprovision(new Failure("agent_start_failed", $"The agent was started anew again and again: {report.Why}."));
        return null;
    }

    private static Rejection? BeginSteer(DecisionBuilder b, SessionCommand.BeginSteer begin)
    {
        if (!b.State.Steers.Any(s => s.Prompt == begin.Prompt && !s.Sent))
            return new Rejection.Stale();
        b.Emit(new SteerSent(begin.Prompt));
        return null;
    }

    /// <summary>What did not reach its turn becomes a prompt, before those that wait (S4).</summary>
    private static Rejection? Steered(DecisionBuilder b, SessionCommand.ReportSteered report)
    {
        if (b.State.Steers.FirstOrDefault(s => s.Prompt == report.Prompt) is not { } steer)
            return new Rejection.Stale();
        b.Emit(new SteerSettled(steer.Prompt, report.Taken switch { true => "taken", false => "missed", null => "unconfirmed" }));
        if (report.Taken != false || b.Status is SessionStatus.Archived)
            return null;
        b.Emit(new PromptQueued(steer.Prompt, steer.Text, null, null, steer.Author, RetryOf: steer.Prompt));
        b.Dispatch();
        return null;
    }

    private static Rejection? Checkpoint(DecisionBuilder b, SessionCommand.ReportCheckpoint report)
    {
        switch (report.Result)
        {
            case CheckpointResult.Captured c when b.State.LatestCheckpoint is { } latest && c.Number.Value <= latest.Value:
                return new Rejection.Stale();
            case CheckpointResult.Captured c:
                b.Emit(new CheckpointCaptured(c.Number, report.Turn, c.Commit, c.FilesChanged, c.Additions, c.Deletions));
                break;
            case CheckpointResult.Unchanged when report.Turn is { } turn:
                b.Emit(new CheckpointUnchanged(turn));
                break;
            case CheckpointResult.Failed f:
                b.Emit(new CheckpointFailed(report.Turn, f.Reason));
                break;
        }

        if (report.Commit is { } commit)
            b.Emit(new BranchCommitted(report.Turn, commit.Branch, commit.Commit));
        return null;
    }

    private static Rejection? Reverted(DecisionBuilder b, SessionCommand.ReportReverted report)
    {
        if (b.State.Reverting?.To != report.To)
            return new Rejection.Stale();
        if (report.Saved is CheckpointResult.Captured c)
            b.Emit(new CheckpointCaptured(c.Number, Turn: null, c.Commit, c.FilesChanged, c.Additions, c.Deletions));
        b.Emit(new WorkspaceReverted(report.To));
        if (!report.AgentFollowed)
        {
            b.ForgetCursor("reverted");
            b.StopAgent("reverted");
        }

        b.Dispatch();
        return null;
    }

    private static Rejection? RevertFailed(DecisionBuilder b, SessionCommand.ReportRevertFailed report)
    {
        if (b.State.Reverting?.To != report.To)
            return new Rejection.Stale();
        b.Emit(new RevertFailed(report.To, report.Reason));
        b.Dispatch();
        return null;
    }

    private static Rejection? SandboxDestroyed(DecisionBuilder b, SessionCommand.ReportSandboxDestroyed report)
    {
        if (!b.State.ReleasedSandboxes.Contains(report.Sandbox))
            return new Rejection.Stale();
        b.Emit(new SandboxDestroyed(report.Sandbox));
        if (b.Status is SessionStatus.Deleted && b.State.ReleasedSandboxes.Count == 0)
            b.Plan(new SessionEffect.PurgeSession());
        return null;
    }

    /// <summary>Nothing waits for ever for an effect that will not be carried out.</summary>
    private static Rejection? EffectGivenUp(DecisionBuilder b, SessionCommand.ReportEffectGivenUp report)
    {
        b.Emit(new EffectGivenUp(report.Effect, report.What.Kind, report.Error));
        switch (report.What)
        {
            case SessionEffect.EnsureAgent e when IsStarting(b, e.Generation) && b.Status is SessionStatus.Provisioning:
                b.FailAttempt(e.Generation, new Failure("provision_failed", report.Error), retryable: false);
                break;
            case SessionEffect.StartTurn e when b.Status.ActiveTurn?.Turn == e.Turn && IsLive(b, e.Generation):
                b.FailTurnOfAgent(new Failure("handover_failed", report.Error));
                break;
            case SessionEffect.SteerTurn e:
                _ = Steered(b, new SessionCommand.ReportSteered(e.Prompt, b.State.Steers.Any(s => s.Prompt == e.Prompt && s.Sent) ? null : false));
                break;
            case SessionEffect.CaptureCheckpoint e:
                b.Emit(new CheckpointFailed(e.Turn, report.Error));
                break;
            case SessionEffect.RevertWorkspace e when b.State.Reverting?.To == e.To:
                b.Emit(new RevertFailed(e.To, report.Error));
                b.Dispatch();
                break;
        }

        return null;
    }

    private static bool IsStarting(DecisionBuilder b, AgentGeneration generation)
        => b.State.Agent is AgentHold.Starting starting && starting.Of == generation;

    private static bool IsLive(DecisionBuilder b, AgentGeneration generation)
        => b.State.Agent is AgentHold.Live live && live.Of == generation;

    private static bool IsSent(DecisionBuilder b, TurnId turn, AgentGeneration generation)
        => b.Status.ActiveTurn is { Phase: TurnPhase.Sent } active && active.Turn == turn && IsLive(b, generation);
}
