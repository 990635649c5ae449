using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Tests.Lifecycle;

/// <summary>What a session may use, and what is said when it has.</summary>
public sealed class LimitTests
{
    private static readonly AgentEvent Done = new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null);

    [Fact]
    public void Totals_that_an_agent_tells_become_the_usage_of_each_turn_and_of_the_session()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(Used(100, 10, 0.5m), Used(150, 20, 0.75m), Done);
        m.Ask();
        m.Run();
        m.Says(Used(250, 30, 1m), Done);

        Assert.Equal([(150, 20, 0.75m), (100, 10, 0.25m)], m.Events<TurnEnded>().Select(e => (e.Usage!.InputTokens!.Value, e.Usage.OutputTokens!.Value, e.Usage.CostUsd!.Value)));
        Assert.Equal((250, 30, 1m), (m.State!.Usage.Session!.InputTokens!.Value, m.State.Usage.Session.OutputTokens!.Value, m.State.Usage.Session.CostUsd!.Value));
    }

    [Fact]
    public void An_agent_that_counts_from_zero_again_adds_to_what_was_used_before()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(Used(100, 10, null), Done);
        m.Ask(agent: "claude");
        m.Run();
        m.Says(Used(120, 15, null), Done);
        Assert.Equal((220, 25), (m.State!.Usage.Session!.InputTokens!.Value, m.State.Usage.Session.OutputTokens!.Value));
    }

    [Fact]
    public void An_agent_that_counts_from_zero_when_it_resumes_has_all_of_it_counted()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(Used(100, 10, null), Done);
        m.Do(new SessionCommand.ReportAgentLost(null));
        m.Ask();
        m.Do(new SessionCommand.ReportSandboxReady(m.State!.Sandbox.Sandbox!.Value, "/w", "base"));
        m.Do(new SessionCommand.ReportAgentStarted(m.State.LastGeneration, null, true, "b", CountsFromZero: true));
        m.Run();
        m.Says(Used(150, 20, null), Done);
        Assert.Equal((250, 30), (m.State.Usage.Session!.InputTokens!.Value, m.State.Usage.Session.OutputTokens!.Value));
    }

    [Theory]
    [InlineData("limit_tokens", "maxTokens")]
    [InlineData("limit_cost", "maxCostUsd")]
    public void A_turn_that_goes_over_a_limit_is_stopped_and_names_it(string code, string name)
    {
        var m = SessionModel.Created(s => s with { Limits = s.Limits with { MaxTokens = code == "limit_tokens" ? 100 : null, MaxCostUsd = code == "limit_cost" ? 1 : null } });
        m.Ask();
        m.Run();
        m.Ask("waits");
        m.Says(Used(90, 20, 2m));

        var ending = Assert.IsType<TurnOutcome.Failed>(Assert.IsType<SessionStatus.Stopping>(m.State!.Status).Ending);
        Assert.Equal(code, ending.Failure.Code);
        Assert.Contains(name, ending.Failure.Message, StringComparison.Ordinal);
        Assert.Contains(m.Effects, e => e.What is SessionEffect.InterruptTurn);
        m.Says(new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null));
        Assert.Equal("limit_reached", Assert.Single(m.Events<PromptWithdrawn>()).Reason);
        Assert.IsType<Rejection.LimitReached>(m.Try(new SessionCommand.Ask(new NewPrompt(m.Ids.NewPrompt(), "more", null, null, SessionModel.Ann))));

        m.Do(new SessionCommand.ChangeLimits(m.State.Limits with { MaxTokens = 1000, MaxCostUsd = 10 }));
        m.Ask("more");
        Assert.NotNull(m.State.Status.ActiveTurn);
    }

    [Fact]
    public void Prompts_over_the_number_of_turns_are_refused()
    {
        var m = SessionModel.Created(s => s with { Limits = s.Limits with { MaxTurns = 2 } });
        m.Ask();
        m.Ask();
        Assert.IsType<Rejection.LimitReached>(m.Try(new SessionCommand.Ask(new NewPrompt(m.Ids.NewPrompt(), "more", null, null, SessionModel.Ann))));
    }

    [Fact]
    public void Minutes_are_those_of_work_and_not_of_waiting_for_a_person()
    {
        var m = SessionModel.Created(s => s with { Limits = s.Limits with { MaxMinutes = 10 } });
        m.Ask();
        m.Run();
        m.Now += TimeSpan.FromMinutes(4);
        m.Says(new AgentEvent.RequestOpened("k", null, new RequestBody.ApproveCommand("make", null, null)));
        m.Now += TimeSpan.FromHours(3);
        m.Says(new AgentEvent.RequestClosed("k"));
        m.Now += TimeSpan.FromMinutes(5);
        m.Says(Done);
        Assert.Equal(TimeSpan.FromMinutes(9).TotalMilliseconds, m.State!.WorkedMs);

        m.Ask();
        m.Run();
        m.Now += TimeSpan.FromMinutes(1);
        m.Do(new SessionCommand.Wake());
        Assert.Equal("limit_minutes", Assert.IsType<TurnOutcome.Failed>(Assert.IsType<SessionStatus.Stopping>(m.State.Status).Ending).Failure.Code);
    }

    private static AgentEvent.UsageReported Used(long input, long output, decimal? cost) => new(new TokenUsage(input, null, output, null, null, null, cost));
}
