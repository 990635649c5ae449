using System.Text.Json.Nodes;
using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>The real Claude Code in the real sandbox, over a model server on loopback.</summary>
public sealed class ClaudeTests
{
    [Fact]
    public async Task Claude_works_on_a_repository_and_goes_on_after_its_stored_conversation_was_deleted_S6()
    {
        Needs.Bubblewrap();
        string claude = Needs.Agent("claude");
        await using var model = await FakeModelServer.StartAsync();
        var environment = new Dictionary<string, string>
        {
            ["OFFSTAGE_CLAUDE"] = claude,
            ["ANTHROPIC_BASE_URL"] = model.BaseUrl[..^"/v1".Length],
            ["ANTHROPIC_API_KEY"] = "stub",
        };
        await using var server = await TestServer.StartAsync(environment: environment, limits: l => l with { IdleTimeoutMs = 1000 });
        string session = await server.CreateAsync("echo hi > b.txt\n@say the word is apricot", b => b["agent"] = "claude");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        await server.WaitForEventAsync(session, "branch.committed");
        Assert.Equal("b.txt", (string?)(await server.GetAsync($"/v1/sessions/{session}/diff"))["files"]![0]!["path"]);

        await server.WaitForEventAsync(session, "sandbox.stopped");
        string home = Path.Combine(Path.GetDirectoryName((string)(await server.SessionAsync(session))["workspacePath"]!)!, "home");
        var stored = Directory.GetFiles(Path.Combine(home, ".claude", "projects"), "*.jsonl", SearchOption.AllDirectories);
        Assert.NotEmpty(stored);
        foreach (string file in stored)
            File.Delete(file);

        await server.PromptAsync(session, "@prompt");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
        var events = await server.EventsAsync(session);
        Assert.Contains(events, e => (string?)e["kind"] == "agent.cursor_forgotten");
        Assert.Contains("apricot", events.Last(e => (string?)e["kind"] == "item.completed").ToJsonString(), StringComparison.Ordinal);
    }
}
