using Offstage.Agents.Acp;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.Acp;

/// <summary>What claude-agent-acp 0.49.0, Gemini CLI 0.61.0 and our own agent said, replayed.</summary>
public sealed class AcpRecordingTests
{
    [Fact]
    public void An_approved_command_of_claude_is_asked_run_and_reported_with_its_code()
    {
        var seen = AcpReplay.Of("claude-command-approved").Seen;

        Assert.Equal(
            ["TurnStarted", "ItemStarted Command", "RequestOpened ApproveCommand", "RequestClosed", "ItemCompleted Command", "ItemStarted Message", "ItemCompleted Message", "TurnEnded"],
            Outline(seen));
        var command = Assert.Single(Completed<ItemBody.Command>(seen));
        Assert.Equal(("touch a.txt; echo hi", 0, "hi"), (command.CommandLine, command.ExitCode, command.Output?.Trim()));
        Assert.True(Assert.Single(seen.OfType<AgentEvent.RequestOpened>()).OffersSession);
        Assert.Equal(new TokenUsage(200, 0, 20, null, 110, 200000, 0.0015m), seen.OfType<AgentEvent.UsageReported>().Last().Usage);
    }

    [Fact]
    public void A_declined_command_of_claude_completes_as_declined()
    {
        var seen = AcpReplay.Of("claude-command-declined").Seen;

        Assert.Equal(ItemStatus.Declined, Assert.Single(seen.OfType<AgentEvent.ItemCompleted>(), one => one.Item.Body is ItemBody.Command).Item.Status);
        Assert.Equal("went on", Assert.Single(Completed<ItemBody.Message>(seen)).Text);
    }

    [Fact]
    public void A_change_of_claude_is_asked_once_and_then_free_in_mode_edit()
    {
        var replay = AcpReplay.Of("claude-change");

        var asked = Assert.IsType<RequestBody.ApproveFileChange>(Assert.Single(replay.Seen.OfType<AgentEvent.RequestOpened>()).Request);
        Assert.Equal([new ChangedFile("/workspace/b.txt", "add", "hello\n")], asked.Files);
        Assert.Equal(2, Completed<ItemBody.FileChange>(replay.Seen).Count());
        Assert.Equal(["allow", "allow"], replay.Works.OfType<AcpWork.Reply>().Select(one => (string?)one.Result["outcome"]?["optionId"]));
    }

    [Fact]
    public void A_question_of_claude_is_one_question_without_the_field_for_own_words()
    {
        var asked = Assert.Single(AcpReplay.Of("claude-question").Seen.OfType<AgentEvent.RequestOpened>());

        var question = Assert.Single(Assert.IsType<RequestBody.Questions>(asked.Request).Items);
        Assert.Equal("Which colour?", question.Text);
        Assert.Equal(["yes", "no"], question.Options.Select(option => option.Label));
    }

    [Fact]
    public void Claude_that_plans_is_refused_all_changes_and_presents_its_plan()
    {
        var replay = AcpReplay.Of("claude-plan");

        Assert.Equal("first this", Completed<ItemBody.ProposedPlan>(replay.Seen).First().Text);
        Assert.All(replay.Works.OfType<AcpWork.Reply>(), one => Assert.Equal("reject", (string?)one.Result["outcome"]?["optionId"]));
        Assert.Empty(replay.Seen.OfType<AgentEvent.RequestOpened>());
        Assert.Equal(2, replay.Seen.OfType<AgentEvent.ItemCompleted>().Count(one => one.Item.Status == ItemStatus.Declined));
    }

    [Fact]
    public void An_interrupted_turn_of_claude_leaves_no_item_open_and_the_next_is_whole()
    {
        var seen = AcpReplay.Of("claude-interrupted").Seen;

        Assert.Equal(
            [AgentTurnOutcome.Interrupted, AgentTurnOutcome.Completed], seen.OfType<AgentEvent.TurnEnded>().Select(one => one.Outcome));
        Assert.Equal("still here", Completed<ItemBody.Message>(seen).Last().Text);
    }

    [Theory]
    [InlineData("claude-failed", "broken on purpose")]
    [InlineData("gemini-failed", "bad request says the stub")]
    public void A_failed_turn_says_why(string name, string why)
    {
        var ends = AcpReplay.Of(name).Seen.OfType<AgentEvent.TurnEnded>().ToList();

        Assert.All(ends, end => Assert.Equal(AgentTurnOutcome.Failed, end.Outcome));
        Assert.Contains(why, ends[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Gemini_says_its_mode_outside_of_a_turn_and_it_is_no_message()
    {
        var seen = AcpReplay.Of("gemini-failed").Seen;

        Assert.Empty(Completed<ItemBody.Message>(seen));
        Assert.Contains(seen.OfType<AgentEvent.Raw>(), one => one.Payload.GetRawText().Contains("MODE_UPDATE", StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_session_noticed_at_the_prompt_rejects_the_cursor()
    {
        var replay = AcpReplay.Of("own-asked");
        foreach (string line in (string[])["""{"recorder":"turn","mode":"auto"}""", """{"id":9,"error":{"code":-32002,"message":"Resource not found: x"}}"""])
            replay.Hear(System.Text.Json.JsonElement.Parse(line));

        Assert.IsType<AgentEvent.CursorRejected>(replay.Seen[^2]);
        Assert.Equal(AgentTurnOutcome.Failed, Assert.IsType<AgentEvent.TurnEnded>(replay.Seen[^1]).Outcome);
    }

    [Theory]
    [InlineData("npm test", true)]
    [InlineData("bash -c npm test", true)]
    [InlineData("/bin/sh -lc npm test", true)]
    [InlineData("rm -rf x; bash -c npm test", false)]
    [InlineData("npm test --all", false)]
    [InlineData("echo c npm test", false)]
    public void An_approved_command_covers_itself_in_a_shell_and_nothing_else(string commandLine, bool covered)
        => Assert.Equal(covered, AcpGate.IsSameCommand("npm test", commandLine));

    [Theory]
    [InlineData("a\nb\n", "a\nc\n", "@@ -1,2 +1,2 @@\n a\n-b\n+c\n")]
    [InlineData("", "a\n", "@@ -0,0 +1,1 @@\n+a\n")]
    [InlineData("a\n", "a\n", "")]
    public void Two_texts_make_a_diff(string before, string after, string diff)
        => Assert.Equal(diff, TextDiff.Make(before, after));

    [Fact]
    public void All_recordings_keep_the_rules_of_a_turn()
    {
        Assert.NotEmpty(AcpReplay.Names);
        foreach (string name in AcpReplay.Names)
        {
            var replay = AcpReplay.Of(name);
            Assert.False(replay.Translator.IsTurnRunning, name);
            new TurnChecker(new Random(1)).See(replay.Seen);
        }
    }

    private static IEnumerable<T> Completed<T>(IEnumerable<AgentEvent> seen)
        where T : ItemBody => seen.OfType<AgentEvent.ItemCompleted>().Select(one => one.Item.Body).OfType<T>();

    private static IEnumerable<string> Outline(IEnumerable<AgentEvent> seen) => seen
        .Where(one => one is not (AgentEvent.Raw or AgentEvent.Delta or AgentEvent.ItemUpdated or AgentEvent.UsageReported))
        .Select(one => one switch
        {
            AgentEvent.ItemStarted item => $"ItemStarted {item.Item.Body.GetType().Name}",
            AgentEvent.ItemCompleted item => $"ItemCompleted {item.Item.Body.GetType().Name}",
            AgentEvent.RequestOpened request => $"RequestOpened {request.Request.GetType().Name}",
            _ => one.GetType().Name,
        });
}
