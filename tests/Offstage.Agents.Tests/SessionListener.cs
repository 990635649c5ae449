using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;
using Offstage.Sessions.Tests.Lifecycle;

namespace Offstage.Agents.Tests;

/// <summary>
/// A session that hears what an adapter makes of its agent's speech, while people ask, answer and interrupt. Whatever comes, it never
/// carries a turn at rest (S3), each turn has a deadline and comes to an end (S5), and what is late changes nothing (S8).
/// </summary>
internal sealed class SessionListener
{
    private const int StepsToRestMax = 50;

    private readonly Random random;
    private readonly SessionModel model;
    private readonly Dictionary<string, TurnId> turns = new(StringComparer.Ordinal);

    public SessionListener(Random random)
    {
        this.random = random;
        var policy = random.Next(2) == 0 ? AgentLostPolicy.End : AgentLostPolicy.Continue;
        model = SessionModel.Created(s => s with { Limits = s.Limits with { OnAgentLost = policy } }, random.Next());
    }

    public void See(AgentEvent happened)
    {
        model.Now += TimeSpan.FromMilliseconds(random.Next(500));
        DoWhatOthersDo();
        var active = model.State!.Status.ActiveTurn;
        var turn = TurnOf(happened, active);
        var generation = random.Next(50) == 0 ? new AgentGeneration(model.State.LastGeneration.Value - 1) : model.State.LastGeneration;
        bool isLate = generation != model.State.LastGeneration || (turn is not null && turn != active?.Turn);
        int logged = model.Log.Count;
        var rejection = model.Try(new SessionCommand.ReportAgent(
            generation, turn, [new AgentReportEntry(happened, happened is AgentEvent.RequestOpened ? model.Ids.NewRequest() : null)]));

        if (isLate)
            Assert.DoesNotContain(model.Log.Skip(logged), e => ChangesATurn(e.Body));
        if (rejection is null && !isLate && active is { Phase: not TurnPhase.Waiting } && happened is AgentEvent.TurnEnded or AgentEvent.Reported { Report: not AgentReport.Started })
            Assert.NotEqual(active?.Turn, model.State.Status.ActiveTurn?.Turn);
    }

    /// <summary>The agent's process ends, and so does all that was under way, without anybody's help.</summary>
    public void End()
    {
        model.Try(new SessionCommand.ReportAgent(model.State!.LastGeneration, null, [new AgentReportEntry(new AgentEvent.Exited(1, "", null), null)]));
        for (int step = 0; model.State!.Status.ActiveTurn is not null; step++)
        {
            Assert.True(step < StepsToRestMax, $"S5: {model.State.Status} does not end by itself");
            model.Now = model.State.WakeAt!.Value;
            model.Try(new SessionCommand.Wake());
        }

        Assert.Equal(SessionModel.Write(model.State), model.Replayed());
    }

    private static bool ChangesATurn(SessionEventBody body) => body
        is SessionEventBody.TurnStarted or SessionEventBody.TurnEnded or SessionEventBody.ItemStarted or SessionEventBody.ItemCompleted or SessionEventBody.RequestOpened;

    /// <summary>The first name that is heard while a turn is being handed over is the agent's own name for that turn.</summary>
    private TurnId? TurnOf(AgentEvent happened, ActiveTurn? active)
    {
        if (happened.TurnTag is not { } tag)
            return null;
        if (!turns.TryGetValue(tag, out var turn))
            turns[tag] = turn = active is { Phase: not TurnPhase.Waiting } && !turns.ContainsValue(active.Turn) ? active.Turn : model.Ids.NewTurn();
        return turn;
    }

    private void DoWhatOthersDo()
    {
        var state = model.State!;
        var generation = state.LastGeneration;
        switch (state.Status)
        {
            case SessionStatus.Provisioning when state.Agent is AgentHold.Starting:
                model.Try(new SessionCommand.ReportSandboxReady(state.Sandbox.Sandbox!.Value, "/w", "b"));
                model.Try(random.Next(10) == 0
                    ? new SessionCommand.ReportCursorRejected(generation, "unknown")
                    : new SessionCommand.ReportAgentStarted(generation, new ResumeCursor("script", "c"), Resumed: false, "b"));
                break;
            case SessionStatus.Provisioning or SessionStatus.Stopping when random.Next(5) == 0:
            case SessionStatus.Running when random.Next(200) == 0:
                model.Now = state.WakeAt!.Value;
                model.Try(new SessionCommand.Wake());
                break;
            case { ActiveTurn: { Phase: TurnPhase.Waiting } turn }:
                model.Try(new SessionCommand.BeginHandover(turn.Turn, generation));
                break;
            case { ActiveTurn: { Phase: TurnPhase.Sent } turn } when random.Next(4) == 0:
                model.Try(new SessionCommand.ReportTurnConfirmed(turn.Turn, generation));
                break;
            case SessionStatus.AwaitingInput waiting when random.Next(4) == 0:
                model.Try(new SessionCommand.Answer(waiting.Requests[0].Request, random.Next(4) == 0 ? new RequestAnswer.Cancel() : new RequestAnswer.Approve(), SessionModel.Ann));
                break;
            case { ActiveTurn: not null } when random.Next(60) == 0:
                model.Try(random.Next(2) == 0 ? new SessionCommand.Interrupt() : new SessionCommand.ReportAgentLost(generation));
                break;
            case { ActiveTurn: null } when random.Next(3) > 0:
                model.Ask();
                break;
        }
    }
}
