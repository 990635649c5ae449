using Microsoft.Extensions.Logging;
using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Delivery;
using Offstage.Sandboxes;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Effects;

/// <summary>Gets a session its sandbox and its agent, and says what came of it. Idempotent by generation.</summary>
internal sealed class AgentStartTask(
    SessionLog log,
    LiveAgents agents,
    AgentPump pump,
    ISandboxDriver driver,
    IWorkspaces workspaces,
    AgentCatalog catalog,
    ILogger<AgentStartTask> logger)
{
    public async Task<EffectOutcome> RunAsync(SessionId session, SessionEffect.EnsureAgent effect, CancellationToken cancellationToken)
    {
        if (await log.FindAsync(session, cancellationToken) is not { } state || state.Agent.Generation != effect.Generation)
            return new EffectOutcome.Done();

        var slot = agents.Slot(session);
        using var calledOff = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        slot.BeginStart(effect.Generation, calledOff);
        try
        {
            await slot.Gate.EnterAsync(calledOff.Token);
            try
            {
                await StartAsync(session, state, effect, slot, calledOff.Token);
            }
            finally
            {
                slot.Gate.Leave();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Called off: whoever did so has recorded it, and ends what is left of it.
        }
        finally
        {
            slot.EndStart(calledOff);
        }

        return new EffectOutcome.Done();
    }

    private async Task StartAsync(
        SessionId session, SessionState state, SessionEffect.EnsureAgent effect, AgentSlot slot, CancellationToken cancellationToken)
    {
        if (slot.Agent is { } already && already.Generation == effect.Generation)
        {
            // Started by an earlier delivery whose report was lost.
            await ReportStartedAsync(session, slot, already, already.WasResumed, cancellationToken);
            return;
        }

        AgentStartResult result;
        AgentOffer offer;
        try
        {
            offer = catalog.Require(state);
            if (slot.Agent is { } older)
            {
                slot.Agent = null;
                await older.DisposeAsync();
            }

            var info = await PrepareSandboxAsync(session, state, effect, cancellationToken);
            result = await offer.Adapter.StartAsync(
                catalog.ToStart(state, info, (spec, token) => driver.StartProcessAsync(effect.Sandbox, spec, token)), cancellationToken);
        }
        catch (SandboxException e)
        {
            await FailAsync(session, effect, new Failure(e.Code, e.Message), e.Retryable, cancellationToken);
            return;
        }
        catch (WorkspaceException e)
        {
            await FailAsync(session, effect, new Failure("workspace_failed", e.Message), e.Retryable, cancellationToken);
            return;
        }

        switch (result)
        {
            case AgentStartResult.Started started:
                bool resumed = catalog.UsableCursor(state) is not null;
                var agent = agents.Take(session, slot, new LiveAgent(effect.Generation, started.Session, offer)
                {
                    WasResumed = resumed,
                    StartedWithModel = state.Status.ActiveTurn?.Prompt.Model,
                });
                await ReportStartedAsync(session, slot, agent, resumed, cancellationToken);
                break;
            case AgentStartResult.CursorRejected rejected:
                await log.ReportAsync(session, new SessionCommand.ReportCursorRejected(effect.Generation, rejected.Reason), cancellationToken);
                break;
            case AgentStartResult.Failed failed:
                await FailAsync(session, effect, new Failure(failed.Code, failed.Reason), failed.Retryable, cancellationToken);
                break;
        }
    }

    private async Task<SandboxInfo> PrepareSandboxAsync(
        SessionId session, SessionState state, SessionEffect.EnsureAgent effect, CancellationToken cancellationToken)
    {
        var spec = await catalog.ToSandboxAsync(state, cancellationToken);
        var info = await driver.CreateAsync(effect.Sandbox, spec, cancellationToken);

        // Nothing of an older agent may still write while the new one works.
        if (info.State == SandboxState.Running)
            await driver.StopAsync(effect.Sandbox, cancellationToken);

        await log.ReportAsync(
            session, new SessionCommand.ReportSandboxReady(effect.Sandbox, info.WorkspacePath, info.BaseCommit), cancellationToken);
        if (state.Setup.Workspace is Workspace.Repository && state.LatestCheckpoint is null)
        {
            var baseline = await workspaces.CaptureAsync(
                state, effect.Sandbox, CheckpointNumber.Baseline, commitMessage: null, state.Setup.CreatedBy, cancellationToken);
            await log.ReportAsync(session, new SessionCommand.ReportCheckpoint(null, baseline.Result, null), cancellationToken);
        }

        return info;
    }

    private async Task ReportStartedAsync(SessionId session, AgentSlot slot, LiveAgent agent, bool resumed, CancellationToken cancellationToken)
    {
        var report = new SessionCommand.ReportAgentStarted(agent.Generation, agent.Session.Cursor, resumed, agent.Offer.Binding, agent.Offer.Adapter.Capabilities.CountsUsageFromZero);
        var result = await log.ReportAsync(session, report, cancellationToken);
        if (result is CommandResult.Rejected)
        {
            slot.Agent = null;
            await agent.DisposeAsync();
            return;
        }

        if (agent.TryBeginPump())
            agent.Pump = pump.RunAsync(session, agent);
        logger.AgentStarted(session.Value, agent.Generation.Value, resumed);
    }

    private async Task FailAsync(
        SessionId session, SessionEffect.EnsureAgent effect, Failure failure, bool retryable, CancellationToken cancellationToken)
    {
        logger.AgentStartFailed(session.Value, effect.Generation.Value, failure.Code, failure.Message);
        await log.ReportAsync(
            session, new SessionCommand.ReportProvisionFailed(effect.Generation, failure, retryable), cancellationToken);
    }
}
