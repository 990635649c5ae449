using Offstage.Agents;
using Offstage.Contracts;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Lifecycle;

/// <summary>What agents say. Only what the session's own agent says of its own turn counts (S8).</summary>
internal static class AgentReports
{
    /// <summary>Requests one turn may have open; more are declined as they come.</summary>
    private const int OpenRequestsMax = 16;

    /// <summary>128 + SIGHUP, SIGINT, SIGTERM: what whoever ends the server sends to its agents too.</summary>
    private static readonly int[] EndedFromOutside = [129, 130, 143];

    public static Rejection? Decide(DecisionBuilder b, SessionCommand.ReportAgent report)
    {
        bool any = false;
        foreach (var entry in report.Entries)
        {
            // Asked anew for each: an event may have ended the turn, or let go of the agent.
            if (b.State.Agent is not AgentHold.Live live || live.Of != report.Generation)
                break;
            var turn = b.Status.ActiveTurn is { Phase: not TurnPhase.Waiting } active
                && (report.Turn is null || report.Turn == active.Turn) ? active : null;
            Apply(b, entry, turn);
            any = true;
        }

        return any ? null : new Rejection.Stale();
    }

    /// <summary>The agent went down with the process that held it.</summary>
    public static Rejection? DecideLost(DecisionBuilder b, SessionCommand.ReportAgentLost report)
    {
        if (b.State.Agent.Generation is not { } generation || (report.Generation is { } of && of != generation))
            return new Rejection.Stale();

        b.Emit(new AgentStopped(generation, "agent_lost"));
        switch (b.Status)
        {
            case SessionStatus.Provisioning provisioning:
                b.StartAttempt(Math.Max(1, provisioning.Attempt));
                break;
            case SessionStatus.Stopping stopping:
                b.EndTurn(stopping.Ending);
                break;
            case SessionStatus.Running { Turn.Phase: TurnPhase.Waiting }:
                b.StartAttempt(1);
                break;
            case { ActiveTurn: { } turn }:
                LoseTurn(b, turn);
                break;
        }

        return null;
    }

    /// <summary>Continued once where the session wishes it, otherwise interrupted.</summary>
    private static void LoseTurn(DecisionBuilder b, ActiveTurn turn)
    {
        if (turn is not { Phase: TurnPhase.Confirmed, Continued: false } || b.State.Limits.OnAgentLost != AgentLostPolicy.Continue)
        {
            b.CloseRequests("stale");
            b.EndTurn(new TurnOutcome.Interrupted("agent_lost", turn.Phase == TurnPhase.Confirmed));
            return;
        }

        b.CloseRequests("stale");
        b.Emit(new TurnContinued(turn.Turn));
        b.StartAttempt(1);
    }

    private static void Apply(DecisionBuilder b, AgentReportEntry entry, ActiveTurn? turn)
    {
        switch (entry.Event)
        {
            case AgentEvent.TurnStarted when turn is { Phase: TurnPhase.Sent }:
                b.Emit(new TurnStarted(turn.Turn, SpendingLimits.TurnDeadline(b.State, b.Now)));
                break;
            case AgentEvent.TurnEnded e when turn is not null:
                EndByAgent(b, turn, e.Outcome, e.Error);
                break;
            case AgentEvent.Reported { Report: not AgentReport.Started } e when turn is not null:
                EndByReport(b, turn, e);
                break;
            case AgentEvent.ItemStarted e when turn is not null:
                b.Emit(new ItemStarted(turn.Turn, e.Item));
                break;
            case AgentEvent.ItemCompleted e when turn is not null:
                b.Emit(new ItemCompleted(turn.Turn, e.Item));
                break;
            case AgentEvent.RequestOpened e when turn is not null && entry.FreshRequest is { } id:
                OpenRequest(b, turn, e, id);
                break;
            case AgentEvent.RequestClosed e when b.Status is SessionStatus.AwaitingInput waiting
                && waiting.Requests.FirstOrDefault(r => r.AgentKey == e.Key) is { } open:
                b.Emit(new RequestClosed(open.Request, "agent"));
                break;
            case AgentEvent.UsageReported e:
                b.Emit(new UsageReported(turn?.Turn, e.Usage));
                b.EnforceLimits();
                break;
            case AgentEvent.TitleSuggested e:
                b.SuggestTitle(e.Title);
                break;
            case AgentEvent.CursorChanged e:
                b.SaveCursor(e.Cursor.Value);
                break;
            case AgentEvent.CursorRejected e:
                RejectCursor(b, e.Reason);
                break;
            case AgentEvent.Notice e:
                b.Emit(new AgentNotice(turn?.Turn, LevelName(e.Level), e.Text));
                break;
            case AgentEvent.Raw e:
                b.Emit(new AgentRaw(turn?.Turn, e.Kind, e.Payload));
                break;
            case AgentEvent.Exited e:
                Exit(b, e);
                break;
        }
    }

    private static void EndByAgent(DecisionBuilder b, ActiveTurn turn, AgentTurnOutcome outcome, string? error)
    {
        if (outcome == AgentTurnOutcome.Failed)
        {
            b.FailTurnOfAgent(new Failure("agent_error", error ?? "The agent ended its turn as failed and did not say why."));
            return;
        }

        if (b.Status is SessionStatus.Stopping stopping)
            b.EndTurn(stopping.Ending);
        else if (outcome == AgentTurnOutcome.Interrupted)
            b.EndTurn(new TurnOutcome.Interrupted("agent_stopped", turn.Phase == TurnPhase.Confirmed));
        else
            b.EndTurn(new TurnOutcome.Completed());
    }

    /// <summary>
    /// The agent says that it rests, and has not ended its turn. No turn may stay active (S3); what the agent is doing is not
    /// known, so its process is ended.
    /// </summary>
    private static void EndByReport(DecisionBuilder b, ActiveTurn turn, AgentEvent.Reported reported)
    {
        if (reported.Report == AgentReport.Error)
        {
            b.FailTurnOfAgent(new Failure("agent_error", reported.Message ?? "The agent reported an error and did not end its turn."));
            return;
        }

        string name = reported.Report switch
        {
            AgentReport.Ready => "ready",
            AgentReport.Interrupted => "interrupted",
            _ => "stopped",
        };
        b.Emit(new AgentNotice(turn.Turn, "warning", $"The agent reported itself {name} without ending its turn; the turn is ended for it."));
        TurnOutcome outcome = b.Status switch
        {
            SessionStatus.Stopping stopping => stopping.Ending,
            _ when reported.Report == AgentReport.Ready => new TurnOutcome.Completed(),
            _ => new TurnOutcome.Interrupted("agent_stopped", turn.Phase == TurnPhase.Confirmed),
        };
        b.StopAgent($"reported_{name}");
        b.EndTurn(outcome);
    }

    private static void OpenRequest(DecisionBuilder b, ActiveTurn turn, AgentEvent.RequestOpened e, RequestId id)
    {
        int open = b.Status is SessionStatus.AwaitingInput waiting ? waiting.Requests.Count : 0;
        var generation = b.State.Agent.Generation!.Value;
        if (b.Status is SessionStatus.Stopping || open >= OpenRequestsMax)
        {
            b.Emit(new AgentNotice(turn.Turn, "warning", "A request of the agent was declined: the turn is being stopped, or too many are open."));
            b.Plan(new SessionEffect.AnswerRequest(id, e.Key, generation, new RequestAnswer.Decline()));
            return;
        }

        if (turn.Phase == TurnPhase.Sent)
            b.Emit(new TurnStarted(turn.Turn, SpendingLimits.TurnDeadline(b.State, b.Now)));
        b.Emit(new RequestOpened(id, turn.Turn, generation, e.Key, e.ItemId, e.Request, b.Now + TimeSpan.FromMilliseconds(b.State.Limits.RequestTimeoutMs), e.OffersSession));
    }

    /// <summary>
    /// The conversation cannot be gone on with: the turn goes on in a fresh one (S6), once, and that is recorded when the agent
    /// may have seen the prompt (S4). An agent that rejects whatever it begins must not be tried for ever.
    /// </summary>
    private static void RejectCursor(DecisionBuilder b, string reason)
    {
        bool fresh = b.State.Cursor is null;
        var failure = new Failure("agent_error", $"The agent rejected a conversation that it had begun itself: {reason}");
        b.ForgetCursor(reason);
        switch (b.Status)
        {
            case SessionStatus.Stopping stopping:
                b.StopAgent("cursor_rejected");
                b.EndTurn(stopping.Ending);
                break;
            case { ActiveTurn: { } turn } when fresh || turn.Continued:
                b.FailTurnOfAgent(failure);
                break;
            case { ActiveTurn.Phase: TurnPhase.Waiting }:
                b.StopAgent("cursor_rejected");
                b.Reprovision(failure);
                break;
            case { ActiveTurn: { } turn }:
                b.StopAgent("cursor_rejected");
                b.CloseRequests("stale");
                b.Emit(new TurnContinued(turn.Turn));
                b.StartAttempt(1);
                break;
            default:
                b.StopAgent("cursor_rejected");
                break;
        }
    }

    private static void Exit(DecisionBuilder b, AgentEvent.Exited e)
    {
        // Ended from outside it is no fault of its own: a service manager that stops the server asks every process of it to end.
        bool lost = e.ProtocolError is null && EndedFromOutside.Contains(e.ExitCode);
        string code = e.ProtocolError is null ? "agent_exited" : "agent_protocol_error";
        string message = e.ProtocolError
            ?? $"The agent's process ended with code {e.ExitCode}{(e.StandardErrorTail.Length > 0 ? ": " + e.StandardErrorTail.Trim() : ".")}";
        b.Emit(new AgentStopped(b.State.Agent.Generation!.Value, lost ? "agent_lost" : code));
        b.PlanStop();
        switch (b.Status)
        {
            case SessionStatus.Stopping stopping:
                b.EndTurn(stopping.Ending);
                break;
            case SessionStatus.Running { Turn.Phase: TurnPhase.Waiting }:
                b.Reprovision(new Failure(code, message));
                break;
            case { ActiveTurn: { } turn } when lost:
                LoseTurn(b, turn);
                break;
            case { ActiveTurn: not null }:
                b.FailTurnOfAgent(new Failure(code, message));
                break;
        }
    }

    private static string LevelName(NoticeLevel level) => level switch
    {
        NoticeLevel.Info => "info",
        NoticeLevel.Warning => "warning",
        _ => "error",
    };
}
