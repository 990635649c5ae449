using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Delivery;
using Offstage.Sandboxes;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;
using Offstage.Sql;

namespace Offstage.Sessions.Effects;

/// <summary>
/// Does in the world what decisions planned, and reports the outcome as a command. Each effect first looks whether what it
/// is for still stands, so a late or repeated one does nothing (S8, D1).
/// </summary>
internal sealed class SessionEffectHandler(
    SessionLog log,
    ISessionStore store,
    LiveAgents agents,
    AgentStartTask start,
    ISandboxDriver driver,
    IWorkspaces workspaces,
    ConversationText conversation,
    TimeProvider timeProvider,
    ILogger<SessionEffectHandler> logger) : IEffectHandler
{
    private const string ContinueText =
        "Your process was lost while you worked on the last message. Look at what is already done, and go on where you left off.";

    /// <summary>For asking an agent to stop, or giving it an answer: it may not listen any more.</summary>
    private static readonly TimeSpan TalkTimeout = TimeSpan.FromSeconds(5);

    public async Task<EffectOutcome> HandleAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        var session = entry.Session;
        return SessionProjection.ReadEffect(entry) switch
        {
            SessionEffect.EnsureAgent e => await start.RunAsync(session, e, cancellationToken),
            SessionEffect.StartTurn e => await StartTurnAsync(session, entry.Effect, e, cancellationToken),
            SessionEffect.SteerTurn e => await SteerAsync(session, e, cancellationToken),
            SessionEffect.InterruptTurn e => await InterruptAsync(session, e, cancellationToken),
            SessionEffect.StopAgent e => await StopAgentAsync(session, e, cancellationToken),
            SessionEffect.AnswerRequest e => await AnswerAsync(session, e, cancellationToken),
            SessionEffect.CaptureCheckpoint e => await CaptureAsync(session, entry.Effect, e, cancellationToken),
            SessionEffect.RevertWorkspace e => await RevertAsync(session, entry.Effect, e, cancellationToken),
            SessionEffect.DestroySandbox e => await DestroyAsync(session, e, cancellationToken),
            SessionEffect.PurgeSession => await PurgeAsync(session, cancellationToken),
            _ => throw new UnreachableException(),
        };
    }

    public Task GiveUpAsync(OutboxEntry entry, string error, CancellationToken cancellationToken)
        => log.ReportAsync(entry.Session, new SessionCommand.ReportEffectGivenUp(entry.Effect, SessionProjection.ReadEffect(entry), error), cancellationToken);

    private async Task<EffectOutcome> StartTurnAsync(
        SessionId session, EffectId effect, SessionEffect.StartTurn e, CancellationToken cancellationToken)
    {
        if (await log.FindAsync(session, cancellationToken) is not { } state
            || state.Status is not SessionStatus.Running { Turn: { Phase: TurnPhase.Waiting } turn }
            || turn.Turn != e.Turn
            || state.Agent.Generation != e.Generation)
            return new EffectOutcome.Done();

        if (agents.Find(session, e.Generation) is not { } agent)
        {
            await log.ReportAsync(session, new SessionCommand.ReportAgentLost(e.Generation), cancellationToken);
            return new EffectOutcome.Done();
        }

        if (!agent.Offer.Adapter.Capabilities.CanSwitchModel && agent.StartedWithModel != turn.Prompt.Model)
        {
            await log.ReportAsync(session, new SessionCommand.ReportAgentUnfit(e.Generation, "model_changed"), cancellationToken);
            return new EffectOutcome.Done();
        }

        var input = await ToInputAsync(state, turn, agent, cancellationToken);

        // Recorded before it is done: after a crash in between it is known that the agent may have seen it (S4).
        if (await log.ReportAsync(session, new SessionCommand.BeginHandover(e.Turn, e.Generation), cancellationToken) is not CommandResult.Accepted)
            return new EffectOutcome.Done();
        if (input.Images.Count > 0 && !agent.Offer.Adapter.Capabilities.TakesImages)
        {
            var failure = new Failure("images_unsupported", $"The agent '{agent.Offer.Name}' takes no images.");
            await log.ReportAsync(session, new SessionCommand.ReportTurnRefused(e.Turn, e.Generation, failure), cancellationToken);
            return new EffectOutcome.Done();
        }

        try
        {
            await agent.Session.StartTurnAsync(input, cancellationToken);
        }
        catch (AgentException refused)
        {
            await log.ReportAsync(session, new SessionCommand.ReportTurnRefused(e.Turn, e.Generation, new Failure(refused.Code, refused.Message)), cancellationToken);
            return new EffectOutcome.Done();
        }

        var confirmed = await log.ReportAsync(session, new SessionCommand.ReportTurnConfirmed(e.Turn, e.Generation), cancellationToken, effect);
        return new EffectOutcome.Done(AlreadyCompleted: confirmed is CommandResult.Accepted { Events.Count: > 0 });
    }

    private async Task<TurnInput> ToInputAsync(SessionState state, ActiveTurn turn, LiveAgent agent, CancellationToken cancellationToken)
    {
        string? soFar = !state.AgentKnows && state.HasConversation
            ? await conversation.BuildAsync(state, turn.Prompt.Prompt, cancellationToken)
            : null;
        string text = turn.Continued && state.AgentKnows ? ContinueText : turn.Prompt.Text;
        bool asksAnew = ReferenceEquals(text, turn.Prompt.Text);
        var review = asksAnew ? turn.Prompt.Review : null;
        return new TurnInput(text == review?.Sentence ? "" : text, turn.Prompt.Model ?? agent.Offer.DefaultModel, turn.Prompt.Effort, soFar)
        {
            Tag = turn.Turn.Value,
            Mode = turn.Prompt.Mode,
            Images = asksAnew ? await ReadImagesAsync(state.Session, turn.Prompt.Attachments, cancellationToken) : [],
            Review = ToReview(review, state),
        };
    }

    private async Task<IReadOnlyList<ImageInput>> ReadImagesAsync(
        SessionId session, IReadOnlyList<Attachment>? attachments, CancellationToken cancellationToken)
    {
        var images = new List<ImageInput>();
        foreach (var attachment in attachments ?? [])
        {
            var stored = await store.FindAttachmentAsync(session, attachment.Id, cancellationToken);
            Invariant.Require(stored is not null, "S1");
            images.Add(new ImageInput(stored.Name, stored.MediaType, stored.Data));
        }

        return images;
    }

    /// <summary>An agent knows no sessions: for it the changes of one are those since the commit it began at.</summary>
    private static ReviewTarget? ToReview(ReviewTarget? asked, SessionState state)
        => asked is ReviewTarget.Session && state.BaseCommit is { } start ? new ReviewTarget.Since(start) : asked;

    /// <summary>Text that does not reach its turn is asked as a prompt; of which that is not known, that is said (S4).</summary>
    private async Task<EffectOutcome> SteerAsync(SessionId session, SessionEffect.SteerTurn e, CancellationToken cancellationToken)
    {
        if (await log.FindAsync(session, cancellationToken) is not { } state || state.Steers.FirstOrDefault(s => s.Prompt == e.Prompt) is not { } steer)
            return new EffectOutcome.Done();
        bool? taken = steer.Sent ? null : false;
        if (!steer.Sent && state.Status.ActiveTurn?.Turn == e.Turn && agents.Find(session, e.Generation) is { } agent)
        {
            if (await log.ReportAsync(session, new SessionCommand.BeginSteer(e.Prompt), cancellationToken) is not CommandResult.Accepted)
                return new EffectOutcome.Done();
            try
            {
                using var bound = new CancellationTokenSource(TalkTimeout, timeProvider);
                using var talk = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, bound.Token);
                taken = await agent.Session.SteerAsync(steer.Text, talk.Token);
            }
            catch (Exception failed) when (failed is AgentException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                logger.SteerFailed(session.Value, failed.Message);
                taken = null;
            }
        }

        await log.ReportAsync(session, new SessionCommand.ReportSteered(e.Prompt, taken), cancellationToken);
        return new EffectOutcome.Done();
    }

    private async Task<EffectOutcome> InterruptAsync(SessionId session, SessionEffect.InterruptTurn e, CancellationToken cancellationToken)
    {
        // Delivered late or twice, it must not hit the turn that came after (S8).
        if (await log.FindAsync(session, cancellationToken) is not { Status: SessionStatus.Stopping stopping } || stopping.Turn.Turn != e.Turn)
            return new EffectOutcome.Done();

        if (agents.Find(session, e.Generation) is not { } agent)
        {
            await log.ReportAsync(session, new SessionCommand.ReportAgentLost(e.Generation), cancellationToken);
            return new EffectOutcome.Done();
        }

        try
        {
            using var bound = new CancellationTokenSource(TalkTimeout, timeProvider);
            using var talk = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, bound.Token);
            await agent.Session.InterruptAsync(talk.Token);
        }
        catch (Exception e2) when (e2 is AgentException || (e2 is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            logger.InterruptFailed(session.Value, e2.Message);
        }

        return new EffectOutcome.Done();
    }

    private async Task<EffectOutcome> StopAgentAsync(SessionId session, SessionEffect.StopAgent e, CancellationToken cancellationToken)
    {
        var slot = agents.Slot(session);
        slot.CancelStart(e.UpTo);
        await slot.Gate.EnterAsync(cancellationToken);
        try
        {
            // A newer agent has the sandbox: its start has ended whatever was there before.
            if (slot.Agent is { } agent && agent.Generation.Value > e.UpTo.Value)
                return new EffectOutcome.Done();
            var state = await log.FindEvenDeletedAsync(session, cancellationToken);
            bool newerIsStarting = state?.Agent.Generation is { } now && now.Value > e.UpTo.Value;
            if (slot.Agent is { } old)
            {
                slot.Agent = null;
                await old.DisposeAsync();
            }

            if (e.Sandbox is { } sandbox && !newerIsStarting)
                await driver.StopAsync(sandbox, cancellationToken);
            if (state?.Agent.Generation is { } held && held.Value <= e.UpTo.Value)
                await log.ReportAsync(session, new SessionCommand.ReportAgentLost(held), cancellationToken);
        }
        finally
        {
            slot.Gate.Leave();
        }

        return new EffectOutcome.Done();
    }

    private async Task<EffectOutcome> AnswerAsync(SessionId session, SessionEffect.AnswerRequest e, CancellationToken cancellationToken)
    {
        if (agents.Find(session, e.Generation) is not { } agent)
            return new EffectOutcome.Done();
        using var bound = new CancellationTokenSource(TalkTimeout, timeProvider);
        using var talk = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, bound.Token);
        try
        {
            await agent.Session.AnswerAsync(e.AgentKey, e.Answer, talk.Token);
            return new EffectOutcome.Done();
        }
        catch (AgentException gone)
        {
            return new EffectOutcome.Retry(gone.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new EffectOutcome.Retry("The agent did not take the answer in time.");
        }
    }

    private async Task<EffectOutcome> CaptureAsync(
        SessionId session, EffectId effect, SessionEffect.CaptureCheckpoint e, CancellationToken cancellationToken)
    {
        if (await log.FindAsync(session, cancellationToken) is not { } state)
            return new EffectOutcome.Done();
        try
        {
            var outcome = await workspaces.CaptureAsync(state, e.Sandbox, e.Number, e.CommitMessage, e.Author, cancellationToken);
            var reported = await log.ReportAsync(
                session, new SessionCommand.ReportCheckpoint(e.Turn, outcome.Result, outcome.Commit), cancellationToken, effect);
            return new EffectOutcome.Done(AlreadyCompleted: reported is CommandResult.Accepted { Events.Count: > 0 });
        }
        catch (WorkspaceException failed)
        {
            return failed.Retryable ? new EffectOutcome.Retry(failed.Message) : new EffectOutcome.Impossible(failed.Message);
        }
    }

    private async Task<EffectOutcome> RevertAsync(
        SessionId session, EffectId effect, SessionEffect.RevertWorkspace e, CancellationToken cancellationToken)
    {
        if (await log.FindAsync(session, cancellationToken) is not { } state || state.Reverting?.To != e.To)
            return new EffectOutcome.Done();
        try
        {
            var saved = await workspaces.RevertAsync(state, e.Sandbox, e.Files, e.SavedAs, cancellationToken);
            bool followed = await RollBackAgentAsync(state, effect, e, cancellationToken);
            await log.ReportAsync(session, new SessionCommand.ReportReverted(e.To, saved, followed), cancellationToken);
        }
        catch (WorkspaceException failed) when (!failed.Retryable)
        {
            await log.ReportAsync(session, new SessionCommand.ReportRevertFailed(e.To, failed.Message), cancellationToken);
        }
        catch (WorkspaceException failed)
        {
            return new EffectOutcome.Retry(failed.Message);
        }

        return new EffectOutcome.Done();
    }

    /// <returns>False when a fresh agent session must begin with what is left of the conversation.</returns>
    private async Task<bool> RollBackAgentAsync(SessionState state, EffectId effect, SessionEffect.RevertWorkspace e, CancellationToken cancellationToken)
    {
        if (state.Agent is not AgentHold.Live live || agents.Find(state.Session, live.Of) is not { } agent || !agent.Offer.Adapter.Capabilities.CanRollBack)
            return false;
        if (agent.RolledBackFor == effect)
            return true;
        if (await AgentTurns.CountAfterAsync(store, state.Session, e.To, cancellationToken) is not { } turns)
            return false;
        try
        {
            using var bound = new CancellationTokenSource(TalkTimeout, timeProvider);
            using var talk = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, bound.Token);
            if (turns > 0 && !await agent.Session.RollBackAsync(turns, talk.Token))
                return false;
            agent.RolledBackFor = effect;
            return true;
        }
        catch (Exception failed) when (failed is AgentException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            logger.RollBackFailed(state.Session.Value, failed.Message);
            return false;
        }
    }

    /// <summary>Deletes only what is saved: when the last state cannot be saved, nothing is deleted (B3).</summary>
    private async Task<EffectOutcome> DestroyAsync(SessionId session, SessionEffect.DestroySandbox e, CancellationToken cancellationToken)
    {
        if (await log.FindEvenDeletedAsync(session, cancellationToken) is not { } state || !state.ReleasedSandboxes.Contains(e.Sandbox))
            return new EffectOutcome.Done();
        try
        {
            await driver.StopAsync(e.Sandbox, cancellationToken);
            if (e.SaveAs is { } number && state.Setup.Workspace is Workspace.Repository)
                await SaveAsync(session, state, e, number, cancellationToken);
            await driver.DestroyAsync(e.Sandbox, cancellationToken);
        }
        catch (Exception failed) when (failed is WorkspaceException or SandboxException)
        {
            return new EffectOutcome.Retry(failed.Message);
        }

        await log.ReportAsync(session, new SessionCommand.ReportSandboxDestroyed(e.Sandbox), cancellationToken);
        return new EffectOutcome.Done();
    }

    private async Task SaveAsync(
        SessionId session, SessionState state, SessionEffect.DestroySandbox e, CheckpointNumber number, CancellationToken cancellationToken)
    {
        // Gone already: an earlier delivery saved and destroyed it, and its report was lost.
        if (!(await driver.ListAsync(cancellationToken)).Any(s => s.Sandbox == e.Sandbox && s.State != SandboxState.Partial))
            return;
        var saved = await workspaces.CaptureAsync(
            state, e.Sandbox, number, $"Work in progress\n\nOffstage-Session: {session.Value}\n", e.Author, cancellationToken);
        await log.ReportAsync(session, new SessionCommand.ReportCheckpoint(null, saved.Result, saved.Commit), cancellationToken);
    }

    private async Task<EffectOutcome> PurgeAsync(SessionId session, CancellationToken cancellationToken)
    {
        if (await log.FindEvenDeletedAsync(session, cancellationToken) is not { Status: SessionStatus.Deleted } state)
            return new EffectOutcome.Done();
        try
        {
            await workspaces.ForgetAsync(state, cancellationToken);
        }
        catch (WorkspaceException failed) when (failed.Retryable)
        {
            return new EffectOutcome.Retry(failed.Message);
        }

        await store.PurgeSessionAsync(session, cancellationToken);
        log.Forget(session);
        agents.Forget(session);
        return new EffectOutcome.Done(AlreadyCompleted: true);
    }
}
