using Offstage.Contracts;

namespace Offstage.Agents.Tests.ClaudeCode;

/// <summary>What the real Claude Code 2.1.197 said to scripted prompts, replayed. Folders are replaced; of its list of
/// commands and skills nothing is kept.</summary>
public sealed class ClaudeRecordingTests
{
    [Fact]
    public void An_approved_command_is_asked_run_and_reported()
    {
        var seen = ClaudeReplay.Run("command-approved").Seen;

        Assert.Equal(
            [
                "TurnStarted", "ItemCompleted UserMessage", "ItemStarted Command", "RequestOpened ApproveCommand", "RequestClosed",
                "ItemCompleted Command", "ItemStarted Reasoning", "Delta", "ItemCompleted Reasoning",
                "ItemStarted Message", "Delta", "ItemCompleted Message", "UsageReported", "TurnEnded",
            ],
            Outline(seen));
        var command = Assert.Single(Completed<ItemBody.Command>(seen));
        Assert.Equal((0, "/workspace", "hi"), (command.ExitCode, command.WorkingDirectory, command.Output));
        Assert.Equal(
            new TokenUsage(200, 0, 20, null, 110, 200000, 0.0015m), seen.OfType<AgentEvent.UsageReported>().Last().Usage);
        Assert.True(seen.OfType<AgentEvent.RequestOpened>().Single().OffersSession);
    }

    [Fact]
    public void In_mode_auto_the_same_command_is_allowed_without_a_person()
    {
        var replay = ClaudeReplay.Run("command-approved", AgentMode.Auto);

        Assert.Empty(replay.Seen.OfType<AgentEvent.RequestOpened>());
        Assert.Contains("\"behavior\":\"allow\"", Assert.Single(replay.Replies).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_declined_command_completes_as_declined()
    {
        var seen = ClaudeReplay.Run("command-declined").Seen;

        Assert.Contains(seen.OfType<AgentEvent.ItemCompleted>(), one => one.Item is { Status: ItemStatus.Declined, Body: ItemBody.Command });
        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null), seen[^1]);
    }

    [Fact]
    public void Changes_are_asked_with_what_they_would_do_and_told_with_what_they_did()
    {
        var seen = ClaudeReplay.Run("changes").Seen;

        Assert.Equal(
            [
                new ChangedFile("/workspace/a.txt", "add", "hello\n"),
                new ChangedFile("/workspace/a.txt", "update", "-hello\n+good day\n"),
            ],
            seen.OfType<AgentEvent.RequestOpened>().Select(one => Assert.Single(Assert.IsType<RequestBody.ApproveFileChange>(one.Request).Files)));
        Assert.Equal(
            [
                new ChangedFile("a.txt", "add", "hello\n"),
                new ChangedFile("/workspace/a.txt", "update", "@@ -1,1 +1,1 @@\n-hello\n+good day\n"),
            ],
            Completed<ItemBody.FileChange>(seen).Select(one => Assert.Single(one.Files)));
    }

    [Fact]
    public void In_mode_edit_changes_are_free()
    {
        Assert.Empty(ClaudeReplay.Run("changes", AgentMode.Edit).Seen.OfType<AgentEvent.RequestOpened>());
        Assert.Single(ClaudeReplay.Run("command-approved", AgentMode.Edit).Seen.OfType<AgentEvent.RequestOpened>());
    }

    [Fact]
    public void A_question_carries_its_options()
    {
        var asked = Assert.Single(ClaudeReplay.Run("question").Seen.OfType<AgentEvent.RequestOpened>());

        var question = Assert.Single(Assert.IsType<RequestBody.Questions>(asked.Request).Items);
        Assert.Equal(("q1", "Which colour?", false), (question.Id, question.Text, question.AllowsMany));
        Assert.Equal([new QuestionOption("yes", "Yes"), new QuestionOption("no", "No")], question.Options);
    }

    [Fact]
    public void A_result_that_calls_itself_a_success_and_an_error_fails_the_turn_with_its_reason()
    {
        var seen = ClaudeReplay.Run("failed").Seen;

        Assert.Equal(["TurnStarted", "ItemCompleted UserMessage", "Notice Error", "UsageReported", "TurnEnded"], Outline(seen));
        var end = Assert.IsType<AgentEvent.TurnEnded>(seen[^1]);
        Assert.Equal(AgentTurnOutcome.Failed, end.Outcome);
        Assert.Contains("broken on purpose", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_turn_leaves_no_item_open()
    {
        var seen = ClaudeReplay.Run("interrupted").Seen;

        Assert.Equal(
            [AgentTurnOutcome.Interrupted, AgentTurnOutcome.Interrupted], seen.OfType<AgentEvent.TurnEnded>().Select(one => one.Outcome));
        Assert.Empty(
            seen.OfType<AgentEvent.ItemStarted>().Select(one => one.Item.Id)
                .Except(seen.OfType<AgentEvent.ItemCompleted>().Select(one => one.Item.Id)));
        Assert.Contains(seen.OfType<AgentEvent.ItemCompleted>(), one => one.Item is { Status: ItemStatus.Failed, Body: ItemBody.Command });
    }

    [Fact]
    public void A_plan_goes_to_the_person_and_nothing_is_asked_while_planning()
    {
        var replay = ClaudeReplay.Run("plan", AgentMode.Plan);

        Assert.Equal("first this, then that", Assert.Single(Completed<ItemBody.ProposedPlan>(replay.Seen)).Text);
        Assert.Empty(replay.Seen.OfType<AgentEvent.RequestOpened>());
        Assert.Equal(2, replay.Replies.Count);
        Assert.All(replay.Replies, reply => Assert.Contains("\"behavior\":\"deny\"", reply.ToJsonString(), StringComparison.Ordinal));
        Assert.Equal(
            [ItemStatus.Declined, ItemStatus.Completed],
            replay.Seen.OfType<AgentEvent.ItemCompleted>().Where(one => one.Item.Body is ItemBody.Command).Select(one => one.Item.Status));
    }

    [Fact]
    public void What_is_added_belongs_to_the_turn_even_when_the_model_had_said_its_last_word()
    {
        var seen = ClaudeReplay.Run("steered").Seen;

        Assert.Equal(2, seen.OfType<AgentEvent.TurnStarted>().Count());
        Assert.Equal(2, seen.OfType<AgentEvent.TurnEnded>().Count());
        Assert.Equal(["steered", "x", "steered late"], Completed<ItemBody.Message>(seen).Select(one => one.Text));
        Assert.Equal(4, Completed<ItemBody.UserMessage>(seen).Count());
    }

    [Fact]
    public void The_items_of_a_sub_agent_stand_below_its_call()
    {
        var items = ClaudeReplay.Run("sub-agent").Seen.OfType<AgentEvent.ItemCompleted>().Select(one => one.Item).ToList();

        var call = Assert.Single(items, item => item.Body is ItemBody.ToolCall);
        Assert.Equal(("Task", null), (((ItemBody.ToolCall)call.Body).Tool, call.ParentId));
        var below = items.Where(item => item.ParentId == call.Id).Select(item => item.Body).ToList();
        Assert.Equal("in the sub-agent", Assert.Single(below.OfType<ItemBody.Command>()).Output);
        Assert.Contains("from below", ((ItemBody.ToolCall)call.Body).Result, StringComparison.Ordinal);
        Assert.Equal("from above", Assert.Single(items, item => item is { ParentId: null, Body: ItemBody.Message }).Body is ItemBody.Message said ? said.Text : "");
    }

    [Fact]
    public void Steps_are_one_list_that_grows_and_completes_with_the_turn()
    {
        var seen = ClaudeReplay.Run("steps").Seen;

        Assert.Single(seen.OfType<AgentEvent.ItemStarted>(), one => one.Item.Body is ItemBody.Plan);
        Assert.Equal(2, seen.OfType<AgentEvent.ItemUpdated>().Count());
        Assert.Equal(
            [new PlanStep("look", ItemStatus.Completed), new PlanStep("build", ItemStatus.InProgress)],
            Assert.Single(Completed<ItemBody.Plan>(seen)).Steps);
        Assert.Empty(Completed<ItemBody.ToolCall>(seen));
    }

    [Fact]
    public void Tools_that_fail_say_how()
    {
        var seen = ClaudeReplay.Run("tools", AgentMode.Auto).Seen;

        var command = Assert.Single(Completed<ItemBody.Command>(seen));
        Assert.Equal((4, "out\nerr"), (command.ExitCode, command.Output));
        Assert.Equal("how", Assert.Single(Completed<ItemBody.WebSearch>(seen)).Query);
        Assert.Contains(Completed<ItemBody.ToolCall>(seen), call => call.Tool == "Nonsense" && call.Error!.Contains("No such tool", StringComparison.Ordinal));
    }

    [Fact]
    public void A_failing_model_is_told_while_Claude_tries_again()
    {
        var seen = ClaudeReplay.Run("retried").Seen;

        Assert.Contains("500", Assert.Single(seen.OfType<AgentEvent.Notice>()).Text, StringComparison.Ordinal);
        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null), seen[^1]);
    }

    [Fact]
    public void An_unknown_conversation_rejects_the_cursor()
    {
        var replay = ClaudeReplay.Run("unknown-session");

        Assert.Contains("No conversation found", Assert.IsType<AgentEvent.CursorRejected>(Assert.Single(replay.Seen)).Reason, StringComparison.Ordinal);
        Assert.NotNull(replay.Translator.CursorRefusal);
    }

    private static IEnumerable<T> Completed<T>(IEnumerable<AgentEvent> seen)
        where T : ItemBody => seen.OfType<AgentEvent.ItemCompleted>().Select(one => one.Item.Body).OfType<T>();

    private static IEnumerable<string> Outline(IEnumerable<AgentEvent> seen)
    {
        var last = "";
        foreach (var one in seen.Where(one => one is not (AgentEvent.Raw or AgentEvent.CursorChanged)))
        {
            var name = one switch
            {
                AgentEvent.ItemStarted item => $"ItemStarted {item.Item.Body.GetType().Name}",
                AgentEvent.ItemCompleted item => $"ItemCompleted {item.Item.Body.GetType().Name}",
                AgentEvent.RequestOpened request => $"RequestOpened {request.Request.GetType().Name}",
                AgentEvent.Notice notice => $"Notice {notice.Level}",
                _ => one.GetType().Name,
            };
            if (name == "Delta" && last == "Delta")
                continue;
            yield return last = name;
        }
    }
}
