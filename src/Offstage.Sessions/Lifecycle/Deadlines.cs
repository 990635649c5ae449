using Offstage.Contracts;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Lifecycle;

/// <summary>What time brings. Called with whatever state there is; does nothing when nothing is due (S5).</summary>
internal static class Deadlines
{
    public static Rejection? Decide(DecisionBuilder b)
    {
        if (b.State.WakeAt is not { } due || due > b.Now)
            return new Rejection.Stale();
        switch (b.Status)
        {
            case SessionStatus.Provisioning { BackingOff: true } provisioning:
                b.StartAttempt(provisioning.Attempt + 1);
                break;
            case SessionStatus.Provisioning:
                b.FailAttempt(b.State.LastGeneration, new Failure("provision_timeout", "Sandbox and agent were not ready in time."), retryable: true);
                break;
            case SessionStatus.Running running:
                TimeOut(b, running);
                break;
            case SessionStatus.AwaitingInput waiting:
                Expire(b, waiting);
                break;
            case SessionStatus.Stopping stopping:
                Force(b, stopping);
                break;
            case SessionStatus.Idle:
                Reap(b);
                break;
        }

        return null;
    }

    private static void TimeOut(DecisionBuilder b, SessionStatus.Running running)
    {
        long workedMs = (long)(b.Now - running.Since).TotalMilliseconds;
        var failure = SpendingLimits.Exceeded(b.State, workedMs) ?? (running.Turn.Phase == TurnPhase.Confirmed
            ? new Failure("turn_timeout", "The turn took longer than its limit.")
            : new Failure("handover_timeout", "The agent did not take the prompt in time."));
        b.BeginStopping(new TurnOutcome.Failed(failure));
    }

    private static void Expire(DecisionBuilder b, SessionStatus.AwaitingInput waiting)
    {
        foreach (var request in waiting.Requests.Where(r => r.ExpiresAt <= b.Now))
        {
            b.Emit(new RequestClosed(request.Request, "expired"));
            b.Plan(new SessionEffect.AnswerRequest(request.Request, request.AgentKey, request.Generation, new RequestAnswer.Decline()));
        }
    }

    /// <summary>Bounded in waiting, then forced; and when even the kill is not confirmed, the sandbox is replaced (S9).</summary>
    private static void Force(DecisionBuilder b, SessionStatus.Stopping stopping)
    {
        if (!stopping.Forced)
        {
            b.Emit(new TurnStopForced(stopping.Turn.Turn, b.Now + DecisionBuilder.KillTimeout));
            b.PlanStop();
            return;
        }

        b.StopAgent("kill_unconfirmed");
        b.EndTurn(stopping.Ending, dispatch: false);
        b.ReleaseSandbox("kill_unconfirmed", saveAs: b.State.LastCheckpointNumber);
        b.Dispatch();
    }

    /// <summary>The processes are ended, the files stay (B2).</summary>
    private static void Reap(DecisionBuilder b)
    {
        if (b.State.Agent.Generation is { } generation)
            b.Emit(new AgentStopped(generation, "idle"));
        if (b.State.Sandbox.Sandbox is { } sandbox)
            b.Emit(new SandboxStopped(sandbox, "idle"));
        b.PlanStop();
    }
}
