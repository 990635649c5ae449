using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.Tests.Lifecycle;

/// <summary>The rules of a session's life, one finding each.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public void A_prompt_runs_to_its_end_and_the_next_one_follows()
    {
        var m = SessionModel.Created();
        m.Ask("first\nmore");
        m.Ask("second");
        m.Run();
        m.Says(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null));

        Assert.Equal("first", m.State!.Title);
        Assert.Equal("second", m.State.Status.ActiveTurn!.Prompt.Text);
        Assert.IsType<SessionStatus.Running>(m.State.Status);
        Assert.Single(m.Effects, e => e.What is SessionEffect.EnsureAgent);
    }

    [Fact]
    public void A_full_queue_refuses_and_keeps_what_it_has()
    {
        var m = SessionModel.Created();
        for (int i = 0; i < 4; i++)
            m.Ask($"p{i}");
        var refused = m.Try(new SessionCommand.Ask(new NewPrompt(m.Ids.NewPrompt(), "one too many", null, null, SessionModel.Ann)));

        Assert.Equal(new Rejection.QueueFull(3), refused);
        Assert.Equal(["p1", "p2", "p3"], m.State!.Queue.Select(p => p.Text));
    }

    [Fact]
    public void A_withdrawn_prompt_never_starts_and_a_started_one_is_not_withdrawn()
    {
        var m = SessionModel.Created();
        var started = m.Ask("a");
        var waiting = m.Ask("b");
        m.Do(new SessionCommand.Withdraw(waiting));

        Assert.Equal(new Rejection.PromptNotWaiting(), m.Try(new SessionCommand.Withdraw(started)));
        Assert.Equal(new Rejection.PromptNotWaiting(), m.Try(new SessionCommand.Withdraw(waiting)));
        Assert.Empty(m.State!.Queue);
    }

    [Theory]
    [InlineData(AgentReport.Ready)]
    [InlineData(AgentReport.Interrupted)]
    [InlineData(AgentReport.Stopped)]
    [InlineData(AgentReport.Error)]
    public void A_resting_report_in_a_turn_leaves_no_active_turn_and_can_be_reaped_S3(AgentReport report)
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(new AgentEvent.Reported(report, "why"));

        var idle = Assert.IsType<SessionStatus.Idle>(m.State!.Status);
        Assert.NotNull(idle.ReapAt);
        m.Now = idle.ReapAt.Value;
        m.Do(new SessionCommand.Wake());
        Assert.IsType<SandboxHold.Stopped>(m.State.Sandbox);
    }

    [Fact]
    public void A_start_reported_in_the_middle_of_a_turn_keeps_the_turn_S3()
    {
        var m = SessionModel.Created();
        m.Ask();
        var turn = m.Run();
        m.Says(new AgentEvent.Reported(AgentReport.Started, null), new AgentEvent.TurnStarted());

        Assert.Equal(turn, Assert.IsType<SessionStatus.Running>(m.State!.Status).Turn.Turn);
    }

    [Fact]
    public void A_failed_execution_forgets_the_cursor_in_the_same_append_S6()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        int before = m.Log.Count;
        m.Says(new AgentEvent.TurnEnded(AgentTurnOutcome.Failed, "context lost"));

        Assert.Null(m.State!.Cursor);
        var appended = m.Log.Skip(before).Select(e => e.Body).ToList();
        Assert.Contains(appended, e => e is CursorForgotten);
        Assert.Contains(appended, e => e is TurnEnded { Outcome: TurnOutcome.Failed { Failure.Message: "context lost" } });
        m.Ask("again");
        m.Run();
        Assert.IsType<SessionStatus.Running>(m.State.Status);
    }

    [Fact]
    public void A_rejected_cursor_is_forgotten_and_the_turn_goes_on_in_a_fresh_agent_S6()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null), new AgentEvent.Exited(0, "", null));
        m.Ask("second");
        var turn = m.State!.Status.ActiveTurn!.Turn;
        m.Do(new SessionCommand.ReportCursorRejected(m.State.LastGeneration, "no such thread"));

        Assert.Null(m.State.Cursor);
        Assert.Equal(turn, m.State.Status.ActiveTurn!.Turn);
        Assert.IsType<AgentHold.Starting>(m.State.Agent);
        Assert.Equal(turn, m.Run());
    }

    [Fact]
    public void A_fresh_conversation_that_is_rejected_again_and_again_ends_as_failed()
    {
        var m = SessionModel.Created();
        m.Ask();
        while (m.State!.Status is SessionStatus.Provisioning p)
        {
            if (p.BackingOff)
            {
                m.Now = p.Deadline;
                m.Do(new SessionCommand.Wake());
            }
            else
            {
                m.Do(new SessionCommand.ReportCursorRejected(m.State.LastGeneration, "nonsense"));
            }
        }

        Assert.IsType<SessionStatus.Failed>(m.State.Status);
        Assert.Equal(3, m.Events<ProvisioningStarted>().Count());
    }

    [Fact]
    public void A_cursor_that_is_rejected_during_the_turn_continues_it_once_and_says_so_S4()
    {
        var m = SessionModel.Created();
        m.Ask();
        var turn = m.Run();
        m.Says(new AgentEvent.CursorRejected("gone"));

        Assert.Equal(turn, Assert.Single(m.Events<TurnContinued>()).Turn);
        Assert.Null(m.State!.Cursor);
        Assert.Equal(turn, m.Run());
        m.Says(new AgentEvent.CursorRejected("gone again"));

        Assert.IsType<TurnOutcome.Failed>(Assert.IsType<SessionStatus.Idle>(m.State.Status).Last);
        Assert.Equal(2, m.Events<TurnSent>().Count());
    }

    [Theory]
    [InlineData(143)]
    [InlineData(130)]
    public void An_agent_that_was_ended_from_outside_is_lost_and_has_not_failed(int exitCode)
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(new AgentEvent.Exited(exitCode, "", null));
        Assert.Equal("agent_lost", Assert.IsType<TurnOutcome.Interrupted>(Assert.IsType<SessionStatus.Idle>(m.State!.Status).Last).Reason);
    }

    [Fact]
    public void What_an_older_agent_says_changes_nothing_S8()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        var old = m.State!.LastGeneration;
        m.Says(new AgentEvent.Exited(1, "boom", null));
        m.Ask("next");
        m.Run();
        string before = SessionModel.Write(m.State);

        Assert.IsType<Rejection.Stale>(m.Try(new SessionCommand.ReportAgent(
            old, null, [new AgentReportEntry(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null), null)])));
        Assert.Equal(before, SessionModel.Write(m.State));
    }

    [Fact]
    public void What_is_said_of_an_ended_turn_is_not_taken_for_the_next_S8()
    {
        var m = SessionModel.Created();
        m.Ask("a");
        m.Ask("b");
        var first = m.Run();
        m.Says(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null));
        var second = m.Run();
        m.Do(new SessionCommand.ReportAgent(
            m.State!.LastGeneration, first, [new AgentReportEntry(new AgentEvent.TurnEnded(AgentTurnOutcome.Failed, "late"), null)]));

        Assert.Equal(second, m.State.Status.ActiveTurn!.Turn);
        Assert.Single(m.Events<TurnEnded>());
    }

    [Fact]
    public void Stop_is_final_at_once_then_bounded_then_forced_S9()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Do(new SessionCommand.Interrupt());
        var stopping = Assert.IsType<SessionStatus.Stopping>(m.State!.Status);
        m.Do(new SessionCommand.Interrupt());

        m.Now = stopping.Deadline;
        m.Do(new SessionCommand.Wake());
        Assert.True(Assert.IsType<SessionStatus.Stopping>(m.State.Status).Forced);
        Assert.Contains(m.Effects, e => e.What is SessionEffect.StopAgent);

        m.Now = m.State.WakeAt!.Value;
        m.Do(new SessionCommand.Wake());
        var idle = Assert.IsType<SessionStatus.Idle>(m.State.Status);
        Assert.Equal(new TurnOutcome.Interrupted("stopped", Confirmed: true), idle.Last);
        Assert.Single(m.State.ReleasedSandboxes);
    }

    [Fact]
    public void An_agent_that_says_completed_while_it_is_being_stopped_does_not_change_the_outcome_S9()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Do(new SessionCommand.Interrupt());
        m.Says(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null));

        Assert.Equal(new TurnOutcome.Interrupted("stopped", true), Assert.IsType<SessionStatus.Idle>(m.State!.Status).Last);
    }

    [Fact]
    public void A_prompt_that_was_sent_and_not_confirmed_is_not_sent_again_S4()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Do(new SessionCommand.ReportSandboxReady(m.State!.Sandbox.Sandbox!.Value, "/w", "b"));
        m.Do(new SessionCommand.ReportAgentStarted(m.State.LastGeneration, null, false, "b"));
        m.Do(new SessionCommand.BeginHandover(m.State.Status.ActiveTurn!.Turn, m.State.LastGeneration));
        Assert.IsType<Rejection.Stale>(m.Try(new SessionCommand.BeginHandover(m.State.Status.ActiveTurn!.Turn, m.State.LastGeneration)));
        m.Do(new SessionCommand.ReportAgentLost(null));

        Assert.Equal(new TurnOutcome.Interrupted("agent_lost", Confirmed: false), Assert.IsType<SessionStatus.Idle>(m.State.Status).Last);
    }

    [Fact]
    public void A_prompt_that_no_agent_has_seen_gets_another_agent_S4()
    {
        var m = SessionModel.Created();
        m.Ask();
        var turn = m.State!.Status.ActiveTurn!.Turn;
        m.Do(new SessionCommand.ReportAgentStarted(m.State.LastGeneration, null, false, "b"));
        m.Do(new SessionCommand.ReportAgentLost(null));

        Assert.Equal(turn, m.Run());
        Assert.Single(m.Events<TurnCreated>());
    }

    [Fact]
    public void By_setting_a_lost_turn_goes_on_once_and_no_more()
    {
        var m = SessionModel.Created(s => s with { Limits = s.Limits with { OnAgentLost = AgentLostPolicy.Continue } });
        m.Ask();
        var turn = m.Run();
        m.Do(new SessionCommand.ReportAgentLost(null));
        Assert.Equal(turn, m.Run(resumed: true));
        m.Do(new SessionCommand.ReportAgentLost(null));

        Assert.Equal(new TurnOutcome.Interrupted("agent_lost", true), Assert.IsType<SessionStatus.Idle>(m.State!.Status).Last);
        Assert.Single(m.Events<TurnContinued>());
    }

    [Fact]
    public void A_start_that_fails_for_good_leaves_a_reason_a_retry_and_no_sandbox_S2()
    {
        var m = SessionModel.Created();
        m.Ask("try me");
        m.Do(new SessionCommand.ReportProvisionFailed(m.State!.LastGeneration, new Failure("repository_not_found", "gone"), Retryable: false));

        Assert.Equal("repository_not_found", Assert.IsType<SessionStatus.Failed>(m.State.Status).Reason.Code);
        Assert.IsType<SandboxHold.None>(m.State.Sandbox);
        Assert.Contains(m.Effects, e => e.What is SessionEffect.DestroySandbox);
        m.Do(new SessionCommand.Retry(m.Ids.NewPrompt()));
        Assert.Equal("try me", m.State.Status.ActiveTurn!.Prompt.Text);
        Assert.Equal(2, m.Events<TurnCreated>().Select(e => e.Turn).Distinct().Count());
    }

    [Fact]
    public void An_agent_that_dies_before_it_takes_the_prompt_is_not_tried_for_ever()
    {
        var m = SessionModel.Created();
        m.Ask();
        int rounds = 0;
        while (m.State!.Agent is AgentHold.Starting)
        {
            m.Do(new SessionCommand.ReportAgentStarted(m.State.LastGeneration, null, false, "b"));
            m.Says(new AgentEvent.Exited(1, "no licence", null));
            Assert.True(++rounds < 50, "tried again and again");
        }

        Assert.Contains("no licence", Assert.IsType<SessionStatus.Failed>(m.State.Status).Reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Questions_wait_for_a_person_and_are_declined_when_nobody_answers()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(new AgentEvent.RequestOpened("k", null, new RequestBody.ApproveCommand("rm -rf build", null, null)));
        var waiting = Assert.IsType<SessionStatus.AwaitingInput>(m.State!.Status);
        m.Now = waiting.Requests[0].ExpiresAt;
        m.Do(new SessionCommand.Wake());

        Assert.IsType<SessionStatus.Running>(m.State.Status);
        Assert.Contains(m.Effects, e => e.What is SessionEffect.AnswerRequest { Answer: RequestAnswer.Decline });
    }

    [Fact]
    public void An_answer_that_does_not_fit_or_comes_twice_is_refused()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(new AgentEvent.RequestOpened("k", null, new RequestBody.Questions([new Question("q", "Which?", [])])));
        var request = Assert.IsType<SessionStatus.AwaitingInput>(m.State!.Status).Requests[0].Request;

        Assert.IsType<Rejection.AnswerDoesNotFit>(m.Try(new SessionCommand.Answer(request, new RequestAnswer.Approve(), SessionModel.Ann)));
        var answers = new RequestAnswer.Answers(new Dictionary<string, IReadOnlyList<string>> { ["q"] = ["this"] });
        m.Do(new SessionCommand.Answer(request, answers, SessionModel.Ann));
        var second = Assert.IsType<Rejection.RequestAnswered>(m.Try(new SessionCommand.Answer(request, answers, SessionModel.Ann)));
        Assert.Contains("Ann", second.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_cancels_declines_and_stops_the_turn()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(new AgentEvent.RequestOpened("k", null, new RequestBody.ApproveCommand("rm -r .", null, null)));
        var request = Assert.IsType<SessionStatus.AwaitingInput>(m.State!.Status).Requests[0].Request;
        m.Do(new SessionCommand.Answer(request, new RequestAnswer.Cancel(), SessionModel.Ann));

        Assert.Equal("stopped", Assert.IsType<TurnOutcome.Interrupted>(Assert.IsType<SessionStatus.Stopping>(m.State.Status).Ending).Reason);
        Assert.Contains(m.Effects, e => e.What is SessionEffect.InterruptTurn);
        Assert.DoesNotContain(m.Effects, e => e.What is SessionEffect.AnswerRequest);
    }

    [Fact]
    public void A_request_whose_agent_is_gone_is_stale_and_says_so_to_whoever_answers()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(new AgentEvent.RequestOpened("k", null, new RequestBody.ApproveCommand("make", null, null)));
        var request = Assert.IsType<SessionStatus.AwaitingInput>(m.State!.Status).Requests[0].Request;
        m.Do(new SessionCommand.ReportAgentLost(null));

        Assert.Equal("stale", Assert.Single(m.Events<RequestClosed>()).Reason);
        Assert.Equal("agent_lost", Assert.IsType<TurnOutcome.Interrupted>(Assert.IsType<SessionStatus.Idle>(m.State.Status).Last).Reason);
        Assert.IsType<Rejection.RequestStale>(m.Try(new SessionCommand.Answer(request, new RequestAnswer.Approve(), SessionModel.Ann)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_running_session_that_is_archived_or_deleted_lets_go_of_agent_and_sandbox(bool archive)
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        var sandbox = m.State!.Sandbox.Sandbox!.Value;
        m.Do(archive ? new SessionCommand.Archive() : new SessionCommand.Delete());

        Assert.IsType<AgentHold.None>(m.State.Agent);
        Assert.IsType<SandboxHold.None>(m.State.Sandbox);
        Assert.Equal([sandbox], m.State.ReleasedSandboxes);
        m.Do(new SessionCommand.ReportSandboxDestroyed(sandbox));
        Assert.Equal(!archive, m.Effects.Any(e => e.What is SessionEffect.PurgeSession));
    }

    [Fact]
    public void A_turn_over_its_time_fails_as_turn_timeout_S5()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Now = m.State!.WakeAt!.Value;
        m.Do(new SessionCommand.Wake());
        m.Says(new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null));

        var failed = Assert.IsType<TurnOutcome.Failed>(Assert.IsType<SessionStatus.Idle>(m.State.Status).Last);
        Assert.Equal("turn_timeout", failed.Failure.Code);
    }

    [Fact]
    public void No_turn_starts_while_the_workspace_is_being_reverted()
    {
        var m = SessionModel.Created();
        m.Ask();
        m.Run();
        m.Says(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null));
        m.Do(new SessionCommand.ReportCheckpoint(null, new CheckpointResult.Captured(new CheckpointNumber(1), "c1", 1, 1, 0), null));
        m.Do(new SessionCommand.Revert(CheckpointNumber.Baseline, CheckpointNumber.Baseline, SessionModel.Ann));
        m.Ask("later");
        Assert.Null(m.State!.Status.ActiveTurn);
        m.Do(new SessionCommand.ReportRevertFailed(CheckpointNumber.Baseline, "disk full"));

        Assert.NotNull(m.State.Status.ActiveTurn);
    }
}
