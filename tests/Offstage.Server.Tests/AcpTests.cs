using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>An agent over the Agent Client Protocol in the real sandbox, over a model server on loopback.</summary>
public sealed class AcpTests
{
    [Fact]
    public async Task Claude_agent_works_on_a_repository_and_goes_on_after_its_stored_conversation_was_deleted_S6()
    {
        Needs.Bubblewrap();
        string agent = Needs.Agent("claude-agent-acp");
        await using var model = await FakeModelServer.StartAsync();
        var environment = new Dictionary<string, string>
        {
            ["OFFSTAGE_CLAUDE_AGENT_ACP"] = agent,
            ["ANTHROPIC_BASE_URL"] = model.BaseUrl[..^"/v1".Length],
            ["ANTHROPIC_API_KEY"] = "stub",
        };
        await using var server = await TestServer.StartAsync(environment: environment, limits: l => l with { IdleTimeoutMs = 1000 });
        string session = await server.CreateAsync("echo hi > b.txt\n@say the word is apricot", b => b["agent"] = "claude-agent-acp");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        await server.WaitForEventAsync(session, "branch.committed");
        Assert.Equal("b.txt", (string?)(await server.GetAsync($"/v1/sessions/{session}/diff"))["files"]![0]!["path"]);

        await server.WaitForEventAsync(session, "sandbox.stopped");
        string home = Path.Combine(Path.GetDirectoryName((string)(await server.SessionAsync(session))["workspacePath"]!)!, "home");
        Directory.Delete(Path.Combine(home, ".claude", "projects"), recursive: true);

        await server.PromptAsync(session, "@prompt");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
        var events = await server.EventsAsync(session);
        Assert.Contains(events, e => (string?)e["kind"] == "agent.cursor_forgotten");
        Assert.Contains("apricot", events.Last(e => (string?)e["kind"] == "item.completed").ToJsonString(), StringComparison.Ordinal);
    }
}
