using Offstage.Agents.Acp;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.Acp;

/// <summary>What the protocol has besides what every agent promises, with our own agent.</summary>
public sealed class AcpActTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AgentMode.Ask, "default")]
    [InlineData(AgentMode.Edit, "acceptEdits")]
    [InlineData(AgentMode.Auto, "yolo")]
    [InlineData(AgentMode.Plan, "plan")]
    public async Task Each_mode_is_set_to_the_agents_own(AgentMode mode, string own)
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (listener, _) = await RunAsync(rig, "@mode\n@bare true", mode == AgentMode.Plan ? mode : AgentMode.Auto, mode);

        Assert.Contains(own, listener.Of<AgentEvent.Delta>().Select(one => one.Text));
    }

    [Fact]
    public async Task A_configured_mode_comes_before_those_that_are_known()
    {
        await using var rig = AcpConformanceTests.CreateRig(
            options => options with { Modes = new Dictionary<AgentMode, string> { [AgentMode.Auto] = "accept-edits" } });
        var (listener, _) = await RunAsync(rig, "@mode");

        Assert.Equal("acceptEdits", listener.LastMessage);
    }

    [Theory]
    [InlineData(AgentMode.Ask)]
    [InlineData(AgentMode.Edit)]
    public async Task A_command_in_a_terminal_is_asked_for_although_the_agent_does_not_ask(AgentMode mode)
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start(mode));
        await session.StartTurnAsync(new TurnInput("@bare touch one.txt\n@bare touch two.txt\n@bare touch two.txt"), Cancellation);

        var first = await listener.NextAsync<AgentEvent.RequestOpened>();
        Assert.Equal("call-1", first.ItemId);
        Assert.Contains("touch one.txt", Assert.IsType<RequestBody.ApproveCommand>(first.Request).CommandLine, StringComparison.Ordinal);
        Assert.True(await session.AnswerAsync(first.Key, new RequestAnswer.Decline(), Cancellation));
        var second = await listener.NextAsync<AgentEvent.RequestOpened>();
        Assert.True(second.OffersSession);
        Assert.True(await session.AnswerAsync(second.Key, new RequestAnswer.Approve(ForSession: true), Cancellation));
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.False(File.Exists(Path.Combine(rig.Workspace, "one.txt")));
        Assert.True(File.Exists(Path.Combine(rig.Workspace, "two.txt")));
        Assert.Equal(2, listener.Of<AgentEvent.RequestOpened>().Count());
        Assert.Equal(
            [ItemStatus.Declined, ItemStatus.Completed, ItemStatus.Completed],
            listener.Of<AgentEvent.ItemCompleted>().Where(one => one.Item.Body is ItemBody.Command).Select(one => one.Item.Status));
    }

    [Fact]
    public async Task A_write_is_asked_for_although_the_agent_does_not_ask_and_refused_while_planning()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Ask));
        await session.StartTurnAsync(new TurnInput("@barepatch one.txt hello"), Cancellation);
        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        var change = Assert.IsType<RequestBody.ApproveFileChange>(asked.Request);
        Assert.Equal([new ChangedFile(Path.Combine(rig.Workspace, "one.txt"), "add", "hello\n")], change.Files);
        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Decline(), Cancellation));
        await listener.NextAsync<AgentEvent.TurnEnded>();

        await session.StartTurnAsync(new TurnInput("@barepatch two.txt hello\n@bare touch three.txt") { Mode = AgentMode.Plan }, Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Empty(Directory.EnumerateFileSystemEntries(rig.Workspace));
        Assert.Single(listener.Of<AgentEvent.RequestOpened>());
        Assert.Equal(3, listener.Of<AgentEvent.ItemCompleted>().Count(one => one.Item.Status == ItemStatus.Declined));
    }

    [Fact]
    public async Task Files_are_read_and_written_in_the_sandbox()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (listener, _) = await RunAsync(rig, "@barepatch new/folder/a.txt grüße\n@read new/folder/a.txt\n@read none.txt");

        Assert.Equal("grüße\n-32002", string.Concat(listener.Completed<ItemBody.Message>().Select(one => one.Text)));
    }

    [Fact]
    public async Task A_presented_plan_is_the_proposal_and_is_not_carried_out()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (listener, _) = await RunAsync(rig, "@present # First this", AgentMode.Plan);

        Assert.Equal("# First this", Assert.Single(listener.Completed<ItemBody.ProposedPlan>()).Text);
        Assert.Equal("not accepted", listener.LastMessage);
        Assert.Empty(listener.Of<AgentEvent.RequestOpened>());
    }

    [Theory]
    [InlineData("refusal", "refused")]
    [InlineData("max_tokens", "tokens")]
    [InlineData("max_turn_requests", "requests")]
    [InlineData("tired", "'tired'")]
    public async Task A_turn_that_stops_short_says_why(string reason, string word)
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (_, end) = await RunAsync(rig, $"@stop {reason}");

        Assert.Equal(AgentTurnOutcome.Failed, end.Outcome);
        Assert.Contains(word, end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_between_tool_calls_is_several_messages_and_thoughts_are_apart()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (listener, _) = await RunAsync(rig, "@think hm\n@say before it\ntrue\n@say after it");

        Assert.Equal(["before it", "after it"], listener.Completed<ItemBody.Message>().Select(one => one.Text));
        Assert.Equal("hm", Assert.Single(listener.Completed<ItemBody.Reasoning>()).Text);
    }

    [Fact]
    public async Task Output_comes_live_and_a_failed_command_has_its_code()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("sleep 0.3; echo begun; while ! test -e go; do sleep 0.05; done; echo err >&2; exit 3"), Cancellation);
        var delta = await listener.NextAsync<AgentEvent.Delta>();
        Assert.Equal((DeltaKind.CommandOutput, "begun\n"), (delta.Kind, delta.Text));
        await File.WriteAllTextAsync(Path.Combine(rig.Workspace, "go"), "", Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        var item = listener.Of<AgentEvent.ItemCompleted>().First(one => one.Item.Body is ItemBody.Command).Item;
        var command = (ItemBody.Command)item.Body;
        Assert.Equal((ItemStatus.Failed, 3, "begun\nerr\n"), (item.Status, command.ExitCode, command.Output));
    }

    [Fact]
    public async Task A_plan_the_usage_and_a_title_are_told()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (listener, _) = await RunAsync(rig, "@todo a,b\n@todo c,d\n@usage 77\n@title Of all this");

        var plan = Assert.Single(listener.Completed<ItemBody.Plan>());
        Assert.Equal([new PlanStep("c", ItemStatus.Completed), new PlanStep("d", ItemStatus.InProgress)], plan.Steps);
        Assert.Equal(new TokenUsage(20, null, 10, null, 77, 1000, 0.25m), listener.Of<AgentEvent.UsageReported>().Last().Usage);
        Assert.Equal("Of all this", Assert.Single(listener.Of<AgentEvent.TitleSuggested>()).Title);
    }

    [Fact]
    public async Task A_tool_call_left_open_is_failed_before_the_end()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (listener, _) = await RunAsync(rig, "@leave something");

        var left = Assert.Single(listener.Of<AgentEvent.ItemCompleted>(), one => one.Item.Body is ItemBody.ToolCall);
        Assert.Equal(ItemStatus.Failed, left.Item.Status);
    }

    [Fact]
    public async Task What_comes_after_the_end_is_kept_raw_and_not_taken_for_the_next_turn()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("true\n@late"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        await listener.NextAsync<AgentEvent.Raw>();
        await listener.NextAsync<AgentEvent.Raw>();

        await session.StartTurnAsync(new TurnInput("@say next"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal(["Done.", "next"], listener.Completed<ItemBody.Message>().Select(one => one.Text));
    }

    [Fact]
    public async Task An_extension_is_refused_and_kept_raw()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (listener, _) = await RunAsync(rig, "@ext _vendor/dance");

        Assert.Equal("-32601", listener.LastMessage);
        Assert.Contains(listener.Of<AgentEvent.Raw>(), one => one.Kind == "_vendor/dance");
    }

    [Fact]
    public async Task The_past_of_a_resumed_conversation_is_not_told_again()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (first, listener) = await rig.OpenAsync(rig.Start());
        await first.StartTurnAsync(new TurnInput("@say one"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        await first.DisposeAsync();

        var (second, again) = await rig.OpenAsync(rig.Start(cursor: first.Cursor));
        await second.StartTurnAsync(new TurnInput("@say two"), Cancellation);
        await again.NextAsync<AgentEvent.TurnEnded>();

        Assert.IsType<AgentEvent.TurnStarted>(again.Seen[0]);
        Assert.Equal("two", Assert.Single(again.Completed<ItemBody.Message>()).Text);
    }

    [Fact]
    public async Task A_model_is_switched_and_an_unknown_one_refused()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@model", Model: "other"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.Equal("other", listener.LastMessage);

        var refusal = await Assert.ThrowsAsync<AgentException>(() => session.StartTurnAsync(new TurnInput("@model", Model: "none"), Cancellation));
        Assert.Equal("agent_refused", refusal.Code);
        Assert.Contains("scripted, other", refusal.Message, StringComparison.Ordinal);
        var start = await rig.Adapter.StartAsync(rig.Start() with { Model = "none" }, Cancellation);
        Assert.Equal("agent_start_failed", Assert.IsType<AgentStartResult.Failed>(start).Code);
    }

    [Fact]
    public async Task Own_words_answer_a_question_with_a_field_for_them()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@ask Which colour?"), Cancellation);
        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        var question = Assert.Single(((RequestBody.Questions)asked.Request).Items);
        Assert.Equal(["red", "blue"], question.Options.Select(option => option.Label));
        await Assert.ThrowsAsync<ArgumentException>(() => session.AnswerAsync(asked.Key, new RequestAnswer.Approve(), Cancellation));
        var answer = new Dictionary<string, IReadOnlyList<string>> { [question.Id] = ["green"] };
        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Answers(answer), Cancellation));
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Contains("\"answer_custom\":\"green\"", listener.LastMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_speaks_another_version_is_a_failed_start()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var start = rig.Start(change: spec => spec with
        {
            Command = ["/bin/sh", "-c", """read line; echo '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":7}}'; cat"""],
        });

        var failed = Assert.IsType<AgentStartResult.Failed>(await rig.Adapter.StartAsync(start, Cancellation));

        Assert.Equal("agent_protocol_error", failed.Code);
        Assert.Empty(rig.Alive);
    }

    [Fact]
    public async Task A_hanging_turn_dies_with_its_process()
    {
        await using var rig = AcpConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@say before\n@hang"), Cancellation);
        await listener.NextAsync<AgentEvent.Delta>();
        await session.InterruptAsync(Cancellation);
        await session.DisposeAsync();

        Assert.Empty(rig.Alive);
        Assert.Empty((await listener.EndAsync()).OfType<AgentEvent.TurnEnded>());
    }

    private static async Task<(AgentListener Listener, AgentEvent.TurnEnded End)> RunAsync(
        AgentRig rig, string prompt, AgentMode start = AgentMode.Auto, AgentMode? mode = null)
    {
        var (session, listener) = await rig.OpenAsync(rig.Start(start));
        await session.StartTurnAsync(new TurnInput(prompt) { Mode = mode }, Cancellation);
        if (mode is AgentMode.Ask or AgentMode.Edit)
            Assert.True(await session.AnswerAsync((await listener.NextAsync<AgentEvent.RequestOpened>()).Key, new RequestAnswer.Approve(), Cancellation));
        return (listener, await listener.NextAsync<AgentEvent.TurnEnded>());
    }
}
