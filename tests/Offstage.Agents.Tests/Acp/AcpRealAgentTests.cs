using Offstage.Agents.Acp;
using Offstage.Agents.Tests.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.Acp;

/// <summary>Agents of others, as far as they go without an account.</summary>
public sealed class AcpRealAgentTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gemini_without_a_key_is_a_failed_start_that_says_so()
    {
        await using var rig = CreateRig(AcpOptions.Gemini);

        var failed = Assert.IsType<AgentStartResult.Failed>(await rig.Adapter.StartAsync(rig.Start(), Cancellation));

        Assert.Equal(("agent_start_failed", false), (failed.Code, failed.Retryable));
        Assert.Contains("not signed in", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("GEMINI_API_KEY", failed.Reason, StringComparison.Ordinal);
        Assert.Empty(rig.Alive);
    }

    [Fact]
    public async Task Gemini_with_a_key_opens_a_session_and_does_not_know_a_foreign_one()
    {
        await using var rig = CreateRig(AcpOptions.Gemini, Loopback());
        var start = rig.Start() with { Model = "gemini-2.5-pro" };
        var (session, _) = await rig.OpenAsync(start);
        Assert.Equal("gemini", session.Cursor!.Agent);

        var result = await rig.Adapter.StartAsync(start with { Cursor = new ResumeCursor("gemini", Guid.NewGuid().ToString()) }, Cancellation);

        Assert.NotEmpty(Assert.IsType<AgentStartResult.CursorRejected>(result).Reason);
    }

    [Fact]
    public async Task Gemini_whose_model_does_not_answer_is_interrupted()
    {
        await using var rig = CreateRig(AcpOptions.Gemini, Loopback());
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Plan) with { Model = "gemini-2.5-pro" });
        await session.StartTurnAsync(new TurnInput("hello"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnStarted>();

        await session.InterruptAsync(Cancellation);

        Assert.Equal(AgentTurnOutcome.Interrupted, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
    }

    [Fact]
    public async Task Claude_agent_opens_a_session_and_its_prompt_fails_without_a_sign_in()
    {
        await using var rig = CreateRig(AcpOptions.ClaudeAgent);
        var (session, listener) = await rig.OpenAsync(rig.Start() with { Model = "haiku" });
        Assert.Equal("claude-agent-acp", session.Cursor!.Agent);

        await session.StartTurnAsync(new TurnInput("hello") { Mode = AgentMode.Edit }, Cancellation);
        var end = await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal(AgentTurnOutcome.Failed, end.Outcome);
        Assert.Contains("Authentication required", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Claude_agent_does_not_know_a_foreign_session()
    {
        await using var rig = CreateRig(AcpOptions.ClaudeAgent);
        var start = rig.Start(cursor: new ResumeCursor("claude-agent-acp", Guid.NewGuid().ToString())) with { Model = null };

        Assert.IsType<AgentStartResult.CursorRejected>(await rig.Adapter.StartAsync(start, Cancellation));
        Assert.Empty(rig.Alive);
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("claude-agent-acp")]
    public async Task The_installation_says_version_folders_and_sign_in(string name)
    {
        await using var rig = CreateRig(name == "gemini" ? AcpOptions.Gemini : AcpOptions.ClaudeAgent);

        var installation = await rig.Adapter.InspectAsync(rig.Environment, Cancellation);

        Assert.Null(installation.Unusable);
        Assert.Matches(@"^\d+\.\d+\.\d+$", installation.Version);
        Assert.Contains(installation.ReadOnlyPaths, path => path.EndsWith("/node_modules", StringComparison.Ordinal));
        Assert.Equal(name == "gemini" ? AgentSignIn.Missing : AgentSignIn.Unknown, installation.SignIn);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named_with_the_way_to_get_it()
    {
        await using var rig = new AgentRig(
            new AcpAdapter(AcpOptions.Gemini with { Program = "/nowhere/gemini" }, Probes.Shared, TimeProvider.System), new Dictionary<string, string>());

        Assert.Contains("npm install", (await rig.Adapter.InspectAsync(rig.Environment, Cancellation)).Unusable, StringComparison.Ordinal);
        Assert.Equal("agent_not_installed", Assert.IsType<AgentStartResult.Failed>(await rig.Adapter.StartAsync(rig.Start(), Cancellation)).Code);
    }

    // Nobody listens on the discard port, and nothing leaves the machine.
    private static Dictionary<string, string> Loopback() =>
        new() { ["GEMINI_API_KEY"] = "none", ["GOOGLE_GEMINI_BASE_URL"] = "http://127.0.0.1:9" };

    private static AgentRig CreateRig(AcpOptions options, IReadOnlyDictionary<string, string>? environment = null)
    {
        string program = Requires.Agent(options.Name);
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        return new AgentRig(
            new AcpAdapter(options with { Program = program, SearchFolders = folders }, Probes.Shared, TimeProvider.System),
            environment ?? new Dictionary<string, string>());
    }
}
