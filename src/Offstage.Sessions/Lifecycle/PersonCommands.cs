using System.Diagnostics;
using Offstage.Contracts;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Lifecycle;

/// <summary>What people ask of a session.</summary>
internal static class PersonCommands
{
    public static Rejection? Decide(DecisionBuilder b, SessionCommand command) => command switch
    {
        SessionCommand.Ask ask => Ask(b, ask.Prompt),
        SessionCommand.Steer steer => Steer(b, steer.Prompt),
        SessionCommand.Choose choose => Choose(b, choose.Choice),
        SessionCommand.ChangeLimits change => ChangeLimits(b, change.Limits),
        SessionCommand.Withdraw withdraw => Withdraw(b, withdraw.Prompt),
        SessionCommand.Interrupt => Interrupt(b),
        SessionCommand.Answer answer => Answer(b, answer),
        SessionCommand.Rename rename => Rename(b, rename.Title),
        SessionCommand.Retry retry => Retry(b, retry.Fresh),
        SessionCommand.Archive => Archive(b),
        SessionCommand.Unarchive => Unarchive(b),
        SessionCommand.Delete => Delete(b),
        SessionCommand.Revert revert => Revert(b, revert),
        _ => throw new UnreachableException(),
    };

    private static Rejection? Ask(DecisionBuilder b, NewPrompt prompt)
    {
        if (b.Status is SessionStatus.Archived)
            return new Rejection.SessionArchived();
        if (b.State.Queue.Count >= b.State.Limits.QueueMax)
            return new Rejection.QueueFull(b.State.Limits.QueueMax);
        if (SpendingLimits.ExceededByAnother(b.State) is { } reached)
            return new Rejection.LimitReached(reached.Message);
        if (b.State.TurnCount + b.State.Queue.Count >= b.State.Limits.MaxTurns)
            return new Rejection.LimitReached($"With the prompts that wait, the session's limit maxTurns of {b.State.Limits.MaxTurns} is reached.");
        b.Queue(prompt);
        b.TitleFrom(prompt.Text);
        b.Dispatch(evenIfFailed: true);
        return null;
    }

    private static Rejection? Steer(DecisionBuilder b, NewPrompt prompt)
    {
        if (b.Status is not (SessionStatus.Running { Turn.Phase: TurnPhase.Confirmed } or SessionStatus.AwaitingInput)
            || b.State.Agent is not AgentHold.Live live)
            return Ask(b, prompt);
        if (b.State.Steers.Count >= b.State.Limits.QueueMax)
            return new Rejection.QueueFull(b.State.Limits.QueueMax);
        var turn = b.Status.ActiveTurn!.Turn;
        b.Emit(new TurnSteered(turn, prompt.Prompt, prompt.Text, prompt.Author));
        b.Plan(new SessionEffect.SteerTurn(turn, live.Of, prompt.Prompt));
        return null;
    }

    private static Rejection? Choose(DecisionBuilder b, AgentChoice choice)
    {
        if (choice != b.State.Choice)
            b.Emit(new AgentChosen(choice));
        return null;
    }

    private static Rejection? ChangeLimits(DecisionBuilder b, SessionLimits limits)
    {
        if (limits != b.State.Limits)
            b.Emit(new LimitsChanged(limits));
        b.EnforceLimits();
        return null;
    }

    private static Rejection? Withdraw(DecisionBuilder b, PromptId prompt)
    {
        if (!b.State.Queue.Any(p => p.Prompt == prompt))
            return new Rejection.PromptNotWaiting();
        b.Emit(new PromptWithdrawn(prompt, "person"));
        return null;
    }

    private static Rejection? Interrupt(DecisionBuilder b)
    {
        switch (b.Status)
        {
            case SessionStatus.Stopping:
                return null;
            case SessionStatus.Running { Turn.Phase: not TurnPhase.Waiting } or SessionStatus.AwaitingInput:
                bool confirmed = b.Status.ActiveTurn!.Phase == TurnPhase.Confirmed;
                b.BeginStopping(new TurnOutcome.Interrupted("stopped", confirmed));
                return null;
            case SessionStatus.Running or SessionStatus.Provisioning:
                b.EndTurn(new TurnOutcome.Interrupted("stopped", Confirmed: false));
                return null;
            default:
                return new Rejection.NoActiveTurn();
        }
    }

    private static Rejection? Answer(DecisionBuilder b, SessionCommand.Answer answer)
    {
        if (b.Status is not SessionStatus.AwaitingInput waiting
            || waiting.Requests.FirstOrDefault(r => r.Request == answer.Request) is not { } request)
            return TooLate(b.State, answer.Request);
        if (Misfit(request.Body, answer.Given) is { } detail)
            return new Rejection.AnswerDoesNotFit(detail);

        b.Emit(new RequestAnswered(request.Request, Redact(request.Body, answer.Given), answer.By));
        if (answer.Given is RequestAnswer.Cancel)
            return Interrupt(b);
        b.Plan(new SessionEffect.AnswerRequest(request.Request, request.AgentKey, request.Generation, answer.Given));
        return null;
    }

    /// <summary>Who comes second is told what became of it.</summary>
    private static Rejection TooLate(SessionState state, RequestId request)
        => state.ClosedRequests.LastOrDefault(r => r.Request == request) switch
        {
            { By: { } by } => new Rejection.RequestAnswered(by.Name),
            { How: "stale" } => new Rejection.RequestStale(),
            { How: "expired" } => new Rejection.RequestExpired(),
            _ => new Rejection.RequestNotOpen(),
        };

    private static string? Misfit(RequestBody body, RequestAnswer answer)
    {
        if (body is not RequestBody.Questions questions)
            return answer is RequestAnswer.Answers ? "This request wants to be approved or declined." : null;
        switch (answer)
        {
            case RequestAnswer.Approve:
                return "This request asks questions: answer them, or decline.";
            case RequestAnswer.Answers answers:
                string? missing = questions.Items.FirstOrDefault(q => !answers.ByQuestion.ContainsKey(q.Id))?.Id;
                return missing is null ? null : $"The question '{missing}' has no answer.";
            default:
                return null;
        }
    }

    /// <summary>What was asked for as a secret reaches the agent and not the log.</summary>
    private static RequestAnswer Redact(RequestBody body, RequestAnswer answer)
    {
        if (body is not RequestBody.Questions questions || answer is not RequestAnswer.Answers answers || !questions.Items.Any(q => q.Secret))
            return answer;
        var secret = questions.Items.Where(q => q.Secret).Select(q => q.Id).ToHashSet();
        return new RequestAnswer.Answers(answers.ByQuestion.ToDictionary(
            pair => pair.Key,
            pair => secret.Contains(pair.Key) ? (IReadOnlyList<string>)["(not kept)"] : pair.Value));
    }

    private static Rejection? Rename(DecisionBuilder b, string title)
    {
        if (b.State.Title != title || !b.State.TitledByPerson)
            b.Emit(new SessionRenamed(title, ByPerson: true));
        return null;
    }

    private static Rejection? Retry(DecisionBuilder b, PromptId fresh)
    {
        bool failed = b.Status is SessionStatus.Failed or SessionStatus.Idle { Last: TurnOutcome.Failed or TurnOutcome.Interrupted };
        if (!failed || b.State.LastPrompt is not { } last)
            return b.Status is SessionStatus.Archived ? new Rejection.SessionArchived() : new Rejection.NothingToRetry();
        b.Emit(new PromptQueued(fresh, last.Text, last.Model, last.Effort, last.Author, RetryOf: last.Prompt, last.Agent, last.Mode, last.Attachments, last.Review));
        b.Dispatch(evenIfFailed: true);
        return null;
    }

    private static Rejection? Archive(DecisionBuilder b)
    {
        if (b.Status is SessionStatus.Archived)
            return null;
        EndEverything(b, "archived");
        b.ReleaseSandbox("archived", saveAs: b.State.LastCheckpointNumber.Next);
        b.Emit(new SessionArchived());
        return null;
    }

    private static Rejection? Unarchive(DecisionBuilder b)
    {
        if (b.Status is not SessionStatus.Archived)
            return new Rejection.SessionNotArchived();
        b.Emit(new SessionUnarchived());
        return null;
    }

    private static Rejection? Delete(DecisionBuilder b)
    {
        EndEverything(b, "deleted");
        b.ReleaseSandbox("deleted", saveAs: null);
        b.Emit(new SessionDeleted());
        if (b.State.ReleasedSandboxes.Count == 0)
            b.Plan(new SessionEffect.PurgeSession());
        return null;
    }

    private static void EndEverything(DecisionBuilder b, string reason)
    {
        foreach (var prompt in b.State.Queue)
            b.Emit(new PromptWithdrawn(prompt.Prompt, reason));
        if (b.State.Reverting is { } revert)
            b.Emit(new RevertFailed(revert.To, reason));
        b.StopAgent(reason);
        if (b.Status.ActiveTurn is { } turn)
            b.EndTurn(new TurnOutcome.Interrupted(reason, turn.Phase == TurnPhase.Confirmed));
    }

    private static Rejection? Revert(DecisionBuilder b, SessionCommand.Revert revert)
    {
        if (b.Status is SessionStatus.Archived)
            return new Rejection.SessionArchived();
        if (b.Status.ActiveTurn is not null || b.State.Reverting is not null)
            return new Rejection.SessionBusy();
        if (b.State.Sandbox is not (SandboxHold.Ready or SandboxHold.Stopped) || b.State.LatestCheckpoint is not { } latest)
            return new Rejection.NoWorkspace();
        if (revert.Files.Value < 0 || revert.Files.Value > latest.Value || revert.To.Value < revert.Files.Value || revert.To.Value > b.State.LastCheckpointNumber.Value)
            return new Rejection.CheckpointNotFound();
        b.Emit(new RevertRequested(revert.To, revert.By));
        b.Plan(new SessionEffect.RevertWorkspace(b.State.Sandbox.Sandbox!.Value, revert.To, revert.Files, b.State.Reverting!.SavedAs));
        return null;
    }
}
