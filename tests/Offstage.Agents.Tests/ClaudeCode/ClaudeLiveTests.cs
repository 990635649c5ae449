using Offstage.Agents.ClaudeCode;
using Offstage.Agents.Tests.Processes;
using Offstage.Contracts;
using Offstage.ModelServer;

namespace Offstage.Agents.Tests.ClaudeCode;

/// <summary>What the real Claude Code does and not every agent can, against a model server on loopback.</summary>
public sealed class ClaudeLiveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_rolled_back_stays_forgotten_after_a_resume()
    {
        await using var rig = await ClaudeConformanceTests.CreateRigAsync();
        var (first, listener) = await rig.OpenAsync(rig.Start());
        foreach (string prompt in (string[])["@say one", "@say two", "@say three"])
            await RunAsync(first, listener, prompt);
        Assert.False(await first.RollBackAsync(3, Cancellation));
        Assert.True(await first.RollBackAsync(2, Cancellation));
        await first.DisposeAsync();

        var (second, again) = await rig.OpenAsync(rig.Start(cursor: first.Cursor));
        Assert.False(await second.RollBackAsync(1, Cancellation));
        await RunAsync(second, again, "@history");

        Assert.Equal("1 earlier turns", again.LastMessage);
    }

    [Fact]
    public async Task A_turn_that_was_added_to_is_rolled_back_with_what_was_added()
    {
        await using var rig = await ClaudeConformanceTests.CreateRigAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await RunAsync(session, listener, "@say one");
        await session.StartTurnAsync(new TurnInput("sleep 1"), Cancellation);
        await listener.NextAsync<AgentEvent.ItemStarted>(one => one.Item.Body is ItemBody.Command);
        Assert.True(await session.SteerAsync("@say two", Cancellation));
        await listener.NextAsync<AgentEvent.TurnEnded>();
        await session.StartTurnAsync(new TurnInput("@sleep 1\n@say three"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnStarted>();
        Assert.True(await session.SteerAsync("@say four", Cancellation));
        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.Equal("four", listener.LastMessage);

        Assert.True(await session.RollBackAsync(2, Cancellation));
        await RunAsync(session, listener, "@history");

        Assert.Equal("1 earlier turns", listener.LastMessage);
    }

    [Fact]
    public async Task An_interrupt_takes_back_what_was_added()
    {
        await using var rig = await ClaudeConformanceTests.CreateRigAsync();
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("sleep 60"), Cancellation);
        await listener.NextAsync<AgentEvent.ItemStarted>(one => one.Item.Body is ItemBody.Command);
        Assert.True(await session.SteerAsync("@say never", Cancellation));

        await session.InterruptAsync(Cancellation);
        Assert.Equal(AgentTurnOutcome.Interrupted, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
        await RunAsync(session, listener, "@say next");

        Assert.Equal(["next"], listener.Completed<ItemBody.Message>().Select(one => one.Text));
    }

    [Fact]
    public async Task An_answer_reaches_the_model_and_so_do_another_model_and_effort()
    {
        await using var server = await FakeModelServer.StartAsync();
        var options = new ClaudeOptions { Program = Requires.Agent("claude"), BaseUrl = server.BaseUrl[..^"/v1".Length] };
        await using var rig = new AgentRig(
            new ClaudeAdapter(options, Probes.Shared, TimeProvider.System), new Dictionary<string, string> { ["ANTHROPIC_API_KEY"] = "none" });
        var (session, listener) = await rig.OpenAsync(rig.Start());
        await session.StartTurnAsync(new TurnInput("@ask Which colour?", Model: "another", Effort: "high"), Cancellation);
        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        var question = Assert.Single(Assert.IsType<RequestBody.Questions>(asked.Request).Items);
        await session.AnswerAsync(
            asked.Key, new RequestAnswer.Answers(new Dictionary<string, IReadOnlyList<string>> { [question.Id] = ["blue"] }), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        var last = server.Requests.Last();
        Assert.Equal("another", last.GetProperty("model").GetString());
        Assert.Equal("high", last.GetProperty("output_config").GetProperty("effort").GetString());
        Assert.Contains("blue", last.GetProperty("messages").GetRawText(), StringComparison.Ordinal);
        Assert.Equal(200, listener.Of<AgentEvent.UsageReported>().Last().Usage.InputTokens);
    }

    [Fact]
    public async Task A_cursor_that_is_no_session_id_is_rejected_and_a_key_is_a_sign_in()
    {
        await using var rig = await ClaudeConformanceTests.CreateRigAsync();

        Assert.IsType<AgentStartResult.CursorRejected>(
            await rig.Adapter.StartAsync(rig.Start(cursor: new ResumeCursor("claude", "what was that again")), Cancellation));
        Assert.Empty(rig.Alive);
        Assert.Equal(AgentSignIn.Present, (await rig.Adapter.InspectAsync(rig.Environment, Cancellation)).SignIn);
        Assert.Equal(AgentSignIn.Missing, (await rig.Adapter.InspectAsync(new Dictionary<string, string>(), Cancellation)).SignIn);
    }

    [Fact]
    public async Task The_installed_version_is_the_one_that_this_adapter_was_written_against()
    {
        await using var rig = await ClaudeConformanceTests.CreateRigAsync();

        Assert.Equal(ClaudeProtocol.Version, (await rig.Adapter.InspectAsync(rig.Environment, Cancellation)).Version);
    }

    private static async Task RunAsync(IAgentSession session, AgentListener listener, string prompt)
    {
        await session.StartTurnAsync(new TurnInput(prompt), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
    }
}
