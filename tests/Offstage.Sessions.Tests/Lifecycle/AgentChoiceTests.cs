using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Tests.Lifecycle;

/// <summary>Which agent works on a turn, with what, and what becomes of the conversation when that changes.</summary>
public sealed class AgentChoiceTests
{
    private static readonly AgentEvent Done = new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null);

    [Fact]
    public void Another_agent_ends_the_first_begins_fresh_and_stays_for_what_follows()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(Done);
        m.Ask("go on", agent: "claude");

        Assert.IsType<SessionStatus.Provisioning>(m.State!.Status);
        Assert.Contains(m.Effects, e => e.What is SessionEffect.StopAgent);
        Assert.Equal("claude", m.Events<ProvisioningStarted>().Last().Agent);
        m.Run();
        Assert.Equal("agent_changed", Assert.Single(m.Events<CursorForgotten>()).Reason);
        Assert.Equal("claude", m.State.Cursor!.Agent);
        m.Says(Done);

        m.Ask("and on");
        Assert.IsType<SessionStatus.Running>(m.State.Status);
        Assert.Equal("claude", m.State.Status.ActiveTurn!.Prompt.Agent);
    }

    [Fact]
    public void An_agent_that_comes_back_is_not_given_its_old_cursor_for_it_missed_the_turns_between()
    {
        var m = SessionModel.Created();
        foreach (string agent in (string[])["script", "claude"])
        {
            m.Ask("do it", agent);
            m.Run();
            m.Says(Done);
        }

        m.Ask("do it", "script");

        Assert.NotEqual("script", m.State!.Cursor?.Agent);
    }

    [Fact]
    public void A_model_stays_with_its_agent_and_a_mode_with_its_prompt()
    {
        var m = SessionModel.Created(s => s with { Model = "one" });
        m.Ask("plan it", mode: AgentMode.Plan);
        Assert.Equal(("one", AgentMode.Plan), (m.State!.Status.ActiveTurn!.Prompt.Model, m.State.Status.ActiveTurn.Prompt.Mode));
        m.Run();
        m.Says(Done);
        m.Ask("do it", "claude");
        Assert.Equal((null, AgentMode.Auto), (m.State.Status.ActiveTurn!.Prompt.Model, m.State.Status.ActiveTurn.Prompt.Mode));
    }

    [Fact]
    public void What_is_chosen_for_the_session_holds_from_the_next_turn_on()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Do(new SessionCommand.Choose(new AgentChoice("claude", "opus", "high", AgentMode.Ask)));
        Assert.Equal("script", m.State!.Status.ActiveTurn!.Prompt.Agent);
        m.Says(Done);
        m.Ask();
        var prompt = m.State.Status.ActiveTurn!.Prompt;
        Assert.Equal(("claude", "opus", "high", AgentMode.Ask), (prompt.Agent, prompt.Model, prompt.Effort, prompt.Mode));
    }

    [Fact]
    public void A_live_agent_that_cannot_change_its_model_is_started_anew_and_not_for_ever()
    {
        var m = SessionModel.Created();
        m.Ask(model: "other");
        for (int i = 0; i < 50 && m.State!.Status is SessionStatus.Provisioning; i++)
        {
            m.Do(new SessionCommand.ReportSandboxReady(m.State.Sandbox.Sandbox!.Value, "/w", "base"));
            m.Do(new SessionCommand.ReportAgentStarted(m.State.LastGeneration, null, false, "b"));
            m.Do(new SessionCommand.ReportAgentUnfit(m.State.LastGeneration, "model_changed"));
        }

        Assert.IsType<SessionStatus.Failed>(m.State!.Status);
    }

    [Fact]
    public void A_cursor_says_what_it_is_bound_to()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(new AgentEvent.CursorChanged(new ResumeCursor("any", "later")));
        Assert.Equal(new SavedCursor("script", "later", "b"), m.State!.Cursor);
    }

    [Fact]
    public void A_plan_can_be_accepted_until_the_next_turn_begins()
    {
        var m = SessionModel.Created();
        m.Ask("plan it", mode: AgentMode.Plan);
        var turn = m.Run();
        m.Says(new AgentEvent.ItemCompleted(new Item("p", ItemStatus.Completed, new ItemBody.ProposedPlan("first this"))), Done);
        Assert.Equal(turn, m.State!.PlanOffer!.TurnId);
        Assert.IsType<ItemCompleted>(m.Log[(int)m.State.PlanOffer.Sequence.Value - 1].Body);
        m.Ask("no, that");
        Assert.Null(m.State.PlanOffer);
    }

    [Fact]
    public void What_is_added_to_a_turn_goes_to_its_agent_and_is_asked_when_it_came_too_late_S4()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Ask("queued");
        var steer = new NewPrompt(m.Ids.NewPrompt(), "also this", null, null, SessionModel.Ann);
        m.Do(new SessionCommand.Steer(steer));
        Assert.Equal(steer.Prompt, Assert.Single(m.Effects.Select(e => e.What).OfType<SessionEffect.SteerTurn>()).Prompt);
        m.Says(Done);
        m.Do(new SessionCommand.ReportSteered(steer.Prompt, Taken: false));
        Assert.IsType<Rejection.Stale>(m.Try(new SessionCommand.ReportSteered(steer.Prompt, Taken: false)));
        Assert.Equal(["also this"], m.State!.Queue.Select(p => p.Text));
        m.Run();
        m.Says(Done);
        Assert.Equal("also this", m.State.Status.ActiveTurn!.Prompt.Text);
    }

    [Theory]
    [InlineData(true, "taken")]
    [InlineData(null, "unconfirmed")]
    public void What_an_agent_took_or_may_have_taken_is_not_asked_again_S4(bool? taken, string outcome)
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        var steer = new NewPrompt(m.Ids.NewPrompt(), "also this", null, null, SessionModel.Ann);
        m.Do(new SessionCommand.Steer(steer));
        m.Do(new SessionCommand.BeginSteer(steer.Prompt));
        m.Do(new SessionCommand.ReportSteered(steer.Prompt, taken));
        Assert.Equal(outcome, Assert.Single(m.Events<SteerSettled>()).Outcome);
        Assert.Empty(m.State!.Queue);
    }

    [Fact]
    public void Without_a_turn_what_would_be_added_is_asked()
    {
        var m = SessionModel.Created();
        m.Do(new SessionCommand.Steer(new NewPrompt(m.Ids.NewPrompt(), "do it", null, null, SessionModel.Ann)));
        Assert.Equal("do it", m.State!.Status.ActiveTurn!.Prompt.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_revert_an_agent_that_could_not_follow_is_not_gone_on_with(bool followed)
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(Done);
        m.Do(new SessionCommand.ReportCheckpoint(null, new CheckpointResult.Captured(new CheckpointNumber(1), "c1", 1, 1, 0), null));
        m.Do(new SessionCommand.Revert(CheckpointNumber.Baseline, CheckpointNumber.Baseline, SessionModel.Ann));
        m.Do(new SessionCommand.ReportReverted(CheckpointNumber.Baseline, new CheckpointResult.Unchanged(), followed));
        Assert.Equal(followed, m.State!.Cursor is not null);
        Assert.Equal(followed, m.State.Agent is AgentHold.Live);
    }
}
