using Offstage.Contracts;

namespace Offstage.Agents.Tests.Script;

public sealed class ScriptActTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Items_come_in_order_and_all()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (listener, end) = await RunAsync(rig, "@items 500");

        Assert.Equal(AgentTurnOutcome.Completed, end.Outcome);
        Assert.Equal(
            Enumerable.Range(1, 500).Select(n => $"item {n}"), listener.Completed<ItemBody.Message>().Select(one => one.Text));
    }

    [Fact]
    public async Task An_unknown_act_fails_the_turn_and_lists_the_acts()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (_, end) = await RunAsync(rig, "@dance");

        Assert.Equal(AgentTurnOutcome.Failed, end.Outcome);
        Assert.Contains("@dance", end.Error, StringComparison.Ordinal);
        Assert.Contains("@reject-cursor", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_command_is_a_failed_item_in_a_turn_that_goes_on()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (listener, end) = await RunAsync(rig, "echo out; echo err >&2; exit 3\n@say next");

        Assert.Equal(AgentTurnOutcome.Completed, end.Outcome);
        var item = listener.Of<AgentEvent.ItemCompleted>().First().Item;
        var command = Assert.IsType<ItemBody.Command>(item.Body);
        Assert.Equal((ItemStatus.Failed, 3, "out\nerr\n"), (item.Status, command.ExitCode, command.Output));
    }

    [Fact]
    public async Task Output_comes_live()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("echo begun; sleep 300"), Cancellation);

        var delta = await listener.NextAsync<AgentEvent.Delta>();

        Assert.Equal((DeltaKind.CommandOutput, "begun\n"), (delta.Kind, delta.Text));
    }

    [Fact]
    public async Task A_background_child_that_holds_the_output_does_not_hold_the_turn()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (listener, end) = await RunAsync(rig, "sleep 300 & echo on");

        Assert.Equal(AgentTurnOutcome.Completed, end.Outcome);
        Assert.Equal("on\n", Assert.Single(listener.Completed<ItemBody.Command>()).Output);
    }

    [Fact]
    public async Task A_hanging_turn_ignores_the_interrupt_and_dies_with_its_process()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@say before\n@hang"), Cancellation);
        await listener.NextAsync<AgentEvent.ItemCompleted>();

        await session.InterruptAsync(Cancellation);
        Assert.Empty(listener.Of<AgentEvent.TurnEnded>());
        await session.DisposeAsync();

        Assert.Empty(rig.Alive);
        Assert.Empty((await listener.EndAsync()).OfType<AgentEvent.TurnEnded>());
    }

    [Fact]
    public async Task A_crash_has_its_own_code_and_what_was_said_before_arrives()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@items 3\n@crash"), Cancellation);

        var seen = await listener.EndAsync();

        Assert.Equal(3, seen.OfType<AgentEvent.ItemCompleted>().Count());
        Assert.Equal(70, ((AgentEvent.Exited)seen[^1]).ExitCode);
    }

    [Theory]
    [InlineData("ready", AgentReport.Ready)]
    [InlineData("interrupted", AgentReport.Interrupted)]
    [InlineData("stopped", AgentReport.Stopped)]
    [InlineData("error", AgentReport.Error)]
    public async Task A_state_can_be_reported_without_an_end_of_the_turn(string state, AgentReport report)
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput($"@started\n@end {state}"), Cancellation);

        Assert.Equal(AgentReport.Started, (await listener.NextAsync<AgentEvent.Reported>()).Report);
        Assert.Equal(report, (await listener.NextAsync<AgentEvent.Reported>()).Report);
        Assert.Empty(listener.Of<AgentEvent.TurnEnded>());
    }

    [Fact]
    public async Task Events_after_the_end_of_a_turn_arrive_as_they_were_said()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@late"), Cancellation);

        await listener.NextAsync<AgentEvent.TurnEnded>();
        await listener.NextAsync<AgentEvent.ItemCompleted>();
        await listener.NextAsync<AgentEvent.TurnEnded>();
    }

    [Fact]
    public async Task A_flood_within_the_limit_is_kept_raw()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (listener, end) = await RunAsync(rig, $"@flood {8 * 1024 * 1024}\n@usage 7");

        Assert.Equal(AgentTurnOutcome.Completed, end.Outcome);
        Assert.Equal("flood", Assert.Single(listener.Of<AgentEvent.Raw>()).Kind);
        Assert.Equal(7, Assert.Single(listener.Of<AgentEvent.UsageReported>()).Usage.InputTokens);
    }

    [Fact]
    public async Task An_answer_is_said_back()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@ask Which?"), Cancellation);
        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();

        var answer = new Dictionary<string, IReadOnlyList<string>> { ["answer"] = ["red", "blue"] };
        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Answers(answer), Cancellation));
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal("red, blue", listener.LastMessage);
    }

    [Fact]
    public async Task The_program_says_what_it_is()
    {
        await using var rig = ScriptConformanceTests.CreateRig();
        var installation = await rig.Adapter.InspectAsync(rig.Environment, Cancellation);
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            Path.Combine(installation.ReadOnlyPaths[0], "Offstage.ScriptAgent"), ["--help"])
        { RedirectStandardError = true })!;

        Assert.Contains("deterministic", await process.StandardError.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
    }

    private static async Task<(AgentListener Listener, AgentEvent.TurnEnded End)> RunAsync(AgentRig rig, string prompt)
    {
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput(prompt), Cancellation);
        return (listener, await listener.NextAsync<AgentEvent.TurnEnded>());
    }
}
