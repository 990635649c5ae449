using System.Text.Json.Nodes;
using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>The real Codex in the real sandbox, over a model server on loopback.</summary>
public sealed class CodexTests
{
    [Fact]
    public async Task Codex_works_on_a_repository_and_goes_on_after_its_stored_thread_was_deleted_S6()
    {
        Needs.Bubblewrap();
        string codex = Needs.Agent("codex");
        await using var model = await FakeModelServer.StartAsync();
        var environment = new Dictionary<string, string>
        {
            ["OFFSTAGE_CODEX"] = codex,
            ["OPENAI_BASE_URL"] = model.BaseUrl,
            ["OPENAI_API_KEY"] = "stub",
        };
        await using var server = await TestServer.StartAsync(environment: environment, limits: l => l with { IdleTimeoutMs = 1000 });
        string session = await server.CreateAsync("echo hi > b.txt\n@say the word is apricot", b => b["agent"] = "codex");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        await server.WaitForEventAsync(session, "branch.committed");
        Assert.Equal("b.txt", (string?)(await server.GetAsync($"/v1/sessions/{session}/diff"))["files"]![0]!["path"]);

        await server.WaitForEventAsync(session, "sandbox.stopped");
        string home = Path.Combine(Path.GetDirectoryName((string)(await server.SessionAsync(session))["workspacePath"]!)!, "home");
        var stored = Directory.GetFiles(home, "rollout-*", SearchOption.AllDirectories);
        Assert.NotEmpty(stored);
        foreach (string file in stored)
            File.Delete(file);
        foreach (string database in Directory.GetFiles(home, "*.sqlite*", SearchOption.AllDirectories))
            File.Delete(database);

        await server.PromptAsync(session, "@prompt");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
        var events = await server.EventsAsync(session);
        Assert.Contains(events, e => (string?)e["kind"] == "agent.cursor_forgotten");
        Assert.Contains("apricot", events.Last(e => (string?)e["kind"] == "item.completed").ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Codex_asks_before_it_acts_and_does_not_when_declined()
    {
        Needs.Bubblewrap();
        string codex = Needs.Agent("codex");
        await using var model = await FakeModelServer.StartAsync();
        var environment = new Dictionary<string, string>
        {
            ["OFFSTAGE_CODEX"] = codex,
            ["OPENAI_BASE_URL"] = model.BaseUrl,
            ["OPENAI_API_KEY"] = "stub",
        };
        await using var server = await TestServer.StartAsync(environment: environment);
        string session = await server.CreateAsync("touch asked.txt", b =>
        {
            b["agent"] = "codex";
            b["mode"] = "ask";
        });
        await server.WaitForEventAsync(session, "request.opened");
        var view = await server.SessionAsync(session);
        Assert.Equal("approve_command", (string?)view["requests"]![0]!["body"]!["type"]);
        await server.PostAsync(
            $"/v1/sessions/{session}/requests/{(string)view["requests"]![0]!["id"]!}/answer",
            new JsonObject { ["answer"] = new JsonObject { ["type"] = "decline" } });
        await server.WaitForTurnAsync(session);

        Assert.False(File.Exists(Path.Combine((string)view["workspacePath"]!, "asked.txt")));
    }
}
