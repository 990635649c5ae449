using Offstage.Contracts;

namespace Offstage.Agents.Tests.Codex;

/// <summary>What the real Codex 0.169.0 said to scripted prompts, replayed. The recordings hold its side only, with
/// folders and host names replaced.</summary>
public sealed class CodexRecordingTests
{
    [Fact]
    public void An_approved_command_is_asked_run_and_reported()
    {
        var seen = Replay("command-approved");

        Assert.Equal(
            [
                "TurnStarted", "ItemStarted UserMessage", "ItemCompleted UserMessage", "ItemStarted Command", "RequestOpened ApproveCommand",
                "RequestClosed", "ItemCompleted Command", "UsageReported", "ItemStarted Message", "Delta", "ItemCompleted Message",
                "UsageReported", "TurnEnded",
            ],
            Outline(seen));
        var command = Assert.Single(seen.OfType<AgentEvent.ItemCompleted>().Select(one => one.Item.Body).OfType<ItemBody.Command>());
        Assert.Equal((0, "/workspace"), (command.ExitCode, command.WorkingDirectory));
        Assert.Contains("hi", command.Output, StringComparison.Ordinal);
        Assert.Equal(
            new TokenUsage(200, 0, 20, 0, 110, 258400, null), seen.OfType<AgentEvent.UsageReported>().Last().Usage);
    }

    [Fact]
    public void A_declined_command_completes_as_declined()
    {
        var seen = Replay("command-declined");

        Assert.Contains(seen.OfType<AgentEvent.ItemCompleted>(), one => one.Item is { Status: ItemStatus.Declined, Body: ItemBody.Command });
        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null), seen[^1]);
    }

    [Fact]
    public void A_file_change_is_asked_with_the_files_of_its_item_and_gives_a_diff()
    {
        var seen = Replay("patch-approved");

        var asked = Assert.IsType<RequestBody.ApproveFileChange>(Assert.Single(seen.OfType<AgentEvent.RequestOpened>()).Request);
        Assert.Equal([new ChangedFile("/workspace/b.txt", "add", "hello\n")], asked.Files);
        Assert.Contains("+hello", seen.OfType<AgentEvent.DiffReported>().Last().UnifiedDiff, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_carries_its_options()
    {
        var asked = Assert.Single(Replay("question").OfType<AgentEvent.RequestOpened>());

        var question = Assert.Single(Assert.IsType<RequestBody.Questions>(asked.Request).Items);
        Assert.Equal(("q1", "Which colour?"), (question.Id, question.Text));
        Assert.Equal([new QuestionOption("red", "Warm"), new QuestionOption("blue", "Cold")], question.Options);
    }

    [Fact]
    public void A_failed_turn_ends_once_with_its_reason_although_the_thread_reports_an_error_first()
    {
        var seen = Replay("failed");

        Assert.Equal(["TurnStarted", "ItemStarted UserMessage", "ItemCompleted UserMessage", "Notice", "TurnEnded"], Outline(seen));
        var end = Assert.IsType<AgentEvent.TurnEnded>(seen[^1]);
        Assert.Equal(AgentTurnOutcome.Failed, end.Outcome);
        Assert.Contains("bad request says the stub", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_turn_leaves_no_item_open()
    {
        var seen = Replay("interrupted");

        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null), seen[^1]);
        Assert.Equal(
            seen.OfType<AgentEvent.ItemStarted>().Select(one => one.Item.Id),
            seen.OfType<AgentEvent.ItemCompleted>().Select(one => one.Item.Id));
    }

    [Fact]
    public void Output_comes_live_before_its_command_ends()
    {
        var seen = Replay("output-deltas");

        Assert.Contains(seen.OfType<AgentEvent.Delta>(), one => one.Kind == DeltaKind.CommandOutput);
    }

    private static IEnumerable<string> Outline(IEnumerable<AgentEvent> seen)
    {
        var last = "";
        foreach (var one in seen.Where(one => one is not (AgentEvent.Raw or AgentEvent.Notice { Level: NoticeLevel.Warning })))
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

    private static List<AgentEvent> Replay(string name)
    {
        var replay = new CodexReplay();
        List<AgentEvent> seen = [.. CodexReplay.Lines(name).SelectMany(replay.Tell)];
        Assert.Null(replay.Translator.TurnId);
        Assert.Null(replay.Translator.GraceEndsAt);
        return seen;
    }
}
