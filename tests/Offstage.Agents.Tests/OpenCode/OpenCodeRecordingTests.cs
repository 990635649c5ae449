using System.Text.Json;
using Offstage.Agents.OpenCode;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.OpenCode;

public sealed class OpenCodeRecordingTests
{
    [Fact]
    public void An_approved_command_is_asked_run_and_reported()
    {
        var (seen, replies, translator) = Recording.Replay("command-approved", AgentMode.Ask);

        Assert.Equal(
            [
                "TurnStarted", "ItemStarted UserMessage", "ItemCompleted UserMessage", "ItemStarted Command", "TitleSuggested", "RequestOpened ApproveCommand",
                "RequestClosed", "Delta", "ItemCompleted Command", "UsageReported", "ItemStarted Reasoning", "Delta", "ItemCompleted Reasoning",
                "ItemStarted Message", "Delta", "ItemCompleted Message", "UsageReported", "TurnEnded",
            ],
            Outline(seen));
        Assert.Empty(replies);
        var command = Assert.Single(Completed<ItemBody.Command>(seen));
        Assert.Equal(("echo one > f.txt; cat f.txt", "one\n", 0), (command.CommandLine, command.Output, command.ExitCode));
        Assert.Equal("one\n", Assert.Single(seen.OfType<AgentEvent.Delta>(), one => one.Kind == DeltaKind.CommandOutput).Text);
        Assert.Equal(["thinking hard"], Completed<ItemBody.Reasoning>(seen).Select(one => one.Text));
        Assert.Equal(new TokenUsage(200, 0, 20, 0, 110, null, null), seen.OfType<AgentEvent.UsageReported>().Last().Usage);
        Assert.Equal("echo one > f.txt; cat f.txt", Assert.IsType<RequestBody.ApproveCommand>(Asked(seen).Request).CommandLine);
        Assert.True(Asked(seen).OffersSession);
        Assert.Equal("A scripted title", Assert.Single(seen.OfType<AgentEvent.TitleSuggested>()).Title);
        Assert.False(translator.HasTurn);
    }

    [Fact]
    public void In_mode_auto_the_same_is_answered_at_once_and_nobody_is_asked()
    {
        var (seen, replies, _) = Recording.Replay("command-approved", AgentMode.Auto);

        Assert.Empty(seen.OfType<AgentEvent.RequestOpened>());
        var reply = Assert.Single(replies);
        Assert.EndsWith("/reply", reply.Path, StringComparison.Ordinal);
        Assert.Equal("""{"reply":"once"}""", reply.Body.ToJsonString());
    }

    [Fact]
    public void A_declined_command_completes_as_declined_and_the_turn_goes_on()
    {
        var (seen, _, _) = Recording.Replay("command-declined", AgentMode.Ask);

        Assert.Contains(seen.OfType<AgentEvent.ItemCompleted>(), one => one.Item is { Status: ItemStatus.Declined, Body: ItemBody.Command });
        Assert.Equal("went on", Completed<ItemBody.Message>(seen).Last().Text);
        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null), Last(seen));
    }

    [Theory]
    [InlineData(AgentMode.Ask, 1)]
    [InlineData(AgentMode.Edit, 0)]
    public void A_file_change_carries_its_diff_and_is_free_in_mode_edit(AgentMode mode, int asked)
    {
        var (seen, replies, _) = Recording.Replay("write-approved", mode);

        const string diff = "--- /workspace/b.txt\n+++ /workspace/b.txt\n@@ -0,0 +1,1 @@\n+hello\n";
        Assert.Equal([new ChangedFile("/workspace/b.txt", "add", diff)], Assert.Single(Completed<ItemBody.FileChange>(seen)).Files);
        Assert.Equal((asked, 1 - asked), (seen.OfType<AgentEvent.RequestOpened>().Count(), replies.Count));
        if (asked == 1)
            Assert.Equal([new ChangedFile("/workspace/b.txt", "add", diff)], Assert.IsType<RequestBody.ApproveFileChange>(Asked(seen).Request).Files);
    }

    [Fact]
    public void A_question_carries_its_options()
    {
        var (seen, _, _) = Recording.Replay("question", AgentMode.Auto);

        var question = Assert.Single(Assert.IsType<RequestBody.Questions>(Asked(seen).Request).Items);
        Assert.Equal(("q0", "Which colour?", false), (question.Id, question.Text, question.AllowsMany));
        Assert.Equal([new QuestionOption("yes", "Yes"), new QuestionOption("no", "No")], question.Options);
        Assert.Single(seen.OfType<AgentEvent.RequestClosed>());
    }

    [Fact]
    public void A_failed_turn_ends_once_with_its_reason_although_the_server_rests_twice()
    {
        var (seen, _, _) = Recording.Replay("failed", AgentMode.Auto);

        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Failed, "broken on purpose (HTTP 400)"), Assert.Single(seen.OfType<AgentEvent.TurnEnded>()));
        Assert.DoesNotContain(seen, one => one is AgentEvent.Notice);
    }

    [Theory]
    [InlineData("interrupted")]
    [InlineData("interrupted-asked")]
    public void An_interrupted_turn_ends_once_with_nothing_open_although_the_server_rests_before_it_has_told_all(string name)
    {
        var (seen, _, _) = Recording.Replay(name, AgentMode.Ask);

        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null), Assert.Single(seen.OfType<AgentEvent.TurnEnded>()));
        Assert.Equal(
            seen.OfType<AgentEvent.ItemStarted>().Select(one => one.Item.Id).Order(),
            seen.OfType<AgentEvent.ItemCompleted>().Select(one => one.Item.Id).Order());
        Assert.Equal(
            seen.OfType<AgentEvent.RequestOpened>().Select(one => one.Key), seen.OfType<AgentEvent.RequestClosed>().Select(one => one.Key));
        Assert.Contains(seen.OfType<AgentEvent.ItemCompleted>(), one => one.Item is { Status: ItemStatus.Failed, Body: ItemBody.Command });
    }

    [Fact]
    public void A_steered_turn_is_one_turn()
    {
        var lines = Recording.Lines("steered");
        var translator = Recording.Prompted("steered", AgentMode.Auto);
        List<AgentEvent> seen = [];
        foreach (var line in lines)
        {
            // Handed over while the command runs, before the server tells of it.
            if (line.Contains("permission.replied", StringComparison.Ordinal))
                Assert.True(translator.TrySteer());
            seen.AddRange(translator.Receive(JsonElement.Parse(line), Recording.Now).Events);
        }

        Assert.Single(seen.OfType<AgentEvent.TurnStarted>());
        Assert.Single(seen.OfType<AgentEvent.TurnEnded>());
        Assert.Equal(["sleep 1\n@say first", "@say steered"], Completed<ItemBody.UserMessage>(seen).Select(one => one.Text));
        Assert.Equal("steered", Completed<ItemBody.Message>(seen).Last().Text);
    }

    [Fact]
    public void The_last_words_of_a_plan_are_the_plan_and_those_before_are_messages()
    {
        var (seen, _, _) = Recording.Replay("planned", AgentMode.Plan);

        Assert.Equal(["looking around first"], Completed<ItemBody.Message>(seen).Select(one => one.Text));
        Assert.Equal(["first this, then that"], Completed<ItemBody.ProposedPlan>(seen).Select(one => one.Text));
        Assert.Single(Completed<ItemBody.ToolCall>(seen), one => one.Tool == "glob");
    }

    [Fact]
    public void In_mode_plan_a_command_is_refused_and_nobody_is_asked()
    {
        var (seen, replies, _) = Recording.Replay("command-declined", AgentMode.Plan);

        Assert.Empty(seen.OfType<AgentEvent.RequestOpened>());
        Assert.Equal("reject", Assert.Single(replies).Body["reply"]!.GetValue<string>());
        Assert.Contains(seen.OfType<AgentEvent.ItemCompleted>(), one => one.Item is { Status: ItemStatus.Declined, Body: ItemBody.Command });
    }

    [Fact]
    public void Items_of_a_sub_agent_belong_to_the_item_that_started_it()
    {
        var (seen, _, _) = Recording.Replay("sub-agent", AgentMode.Ask);

        var task = Assert.Single(seen.OfType<AgentEvent.ItemStarted>(), one => one.Item.Body is ItemBody.ToolCall { Tool: "task" }).Item;
        Assert.Null(task.ParentId);
        var nested = seen.OfType<AgentEvent.ItemCompleted>().Where(one => one.Item.ParentId == task.Id).Select(one => one.Item.Body).ToList();
        Assert.Single(nested.OfType<ItemBody.Command>(), one => one.Output == "child\n");
        Assert.Single(nested.OfType<ItemBody.Message>(), one => one.Text == "child says");
        Assert.Single(Completed<ItemBody.UserMessage>(seen));
        Assert.Equal("parent", Completed<ItemBody.Message>(seen).Last().Text);
        Assert.Single(seen.OfType<AgentEvent.RequestOpened>());
    }

    [Fact]
    public void A_list_of_things_to_do_is_a_plan_item()
    {
        var (seen, _, _) = Recording.Replay("todo", AgentMode.Auto);

        Assert.Equal(
            [new PlanStep("a", ItemStatus.Completed), new PlanStep("b", ItemStatus.InProgress)], Assert.Single(Completed<ItemBody.Plan>(seen)).Steps);
    }

    [Theory]
    [InlineData("unknown-model", "Model not found: offstage/nope.")]
    [InlineData("unknown-agent", "Agent not found: \"nope\". Available agents: build, explore, general, plan")]
    public void A_turn_that_could_not_begin_fails_after_the_grace_with_the_first_reason(string name, string why)
    {
        var (seen, _, translator) = Recording.Replay(name, AgentMode.Auto);
        Assert.Equal(Recording.Now + OpenCodeTranslator.Grace, translator.GraceEndsAt);

        seen.AddRange(translator.EndGrace());

        Assert.Single(seen.OfType<AgentEvent.TurnStarted>());
        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Failed, why), seen[^1]);
    }

    [Fact]
    public void An_attempt_that_failed_and_is_made_again_is_a_warning()
    {
        var (seen, _, _) = Recording.Replay("retried", AgentMode.Auto);

        Assert.StartsWith(
            "Cannot connect to API", Assert.Single(seen.OfType<AgentEvent.Notice>(), one => one.Level == NoticeLevel.Warning).Text, StringComparison.Ordinal);
    }

    private static IEnumerable<T> Completed<T>(IEnumerable<AgentEvent> seen)
        where T : ItemBody => seen.OfType<AgentEvent.ItemCompleted>().Select(one => one.Item.Body).OfType<T>();

    private static AgentEvent.RequestOpened Asked(IEnumerable<AgentEvent> seen) => Assert.Single(seen.OfType<AgentEvent.RequestOpened>());

    private static AgentEvent Last(IEnumerable<AgentEvent> seen) => seen.Last(one => one is not AgentEvent.Raw);

    private static IEnumerable<string> Outline(IEnumerable<AgentEvent> seen)
    {
        var last = "";
        foreach (var one in seen.Where(one => one is not (AgentEvent.Raw or AgentEvent.ItemUpdated)))
        {
            var name = one switch
            {
                AgentEvent.ItemStarted item => $"ItemStarted {item.Item.Body.GetType().Name}",
                AgentEvent.ItemCompleted item => $"ItemCompleted {item.Item.Body.GetType().Name}",
                AgentEvent.RequestOpened request => $"RequestOpened {request.Request.GetType().Name}",
                _ => one.GetType().Name,
            };
            if (name == "Delta" && last == "Delta")
                continue;
            yield return last = name;
        }
    }
}
