using System.Text.Json.Nodes;
using Offstage.ModelServer;
using Offstage.Server.Hosting;

namespace Offstage.Server.Tests;

/// <summary>The built-in agent in the real sandbox, over a model server on loopback.</summary>
public sealed class BuiltInTests : AgentWaysThrough
{
    private const string Key = "sk-must-stay-outside";

    [Fact]
    public async Task It_works_in_a_sandbox_without_network_and_its_key_never_enters_it()
    {
        Needs.Bubblewrap();
        await using var model = await FakeModelServer.StartAsync();
        await using var server = await TestServer.StartAsync(environment: Environment(model));
        string session = await server.CreateAsync("env > env.txt; echo hi > b.txt; curl -sS --max-time 2 " + model.BaseUrl + " || echo no way out\n@say done", b =>
        {
            b["agent"] = "builtin";
            b["sandbox"] = new JsonObject { ["network"] = "none" };
        });

        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        await server.WaitForEventAsync(session, "branch.committed");
        string workspace = (string)(await server.SessionAsync(session))["workspacePath"]!;
        Assert.Equal("hi\n", await File.ReadAllTextAsync(Path.Combine(workspace, "b.txt"), TestContext.Current.CancellationToken));
        foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(workspace)!, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(Key, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains((await server.EventsAsync(session)).Select(e => e.ToJsonString()), text => text.Contains("no way out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_goes_on_after_a_restart_of_the_server_and_after_its_conversation_was_deleted_S6()
    {
        Needs.Bubblewrap();
        await using var model = await FakeModelServer.StartAsync();
        await using var server = await TestServer.StartAsync(environment: Environment(model), limits: l => l with { IdleTimeoutMs = 1000 });
        string session = await server.CreateAsync("@say the word is apricot", b => b["agent"] = "builtin");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);

        await server.RestartAsync();
        await server.PromptAsync(session, "@history");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
        Assert.Contains("1 earlier turns", await LastItemAsync(server, session), StringComparison.Ordinal);

        long ended = (long)(await server.WaitForEventAsync(session, "turn.ended", 2))["sequence"]!;
        await server.WaitForAsync(session, e => (string?)e["kind"] == "sandbox.stopped", "the sandbox's stop when idle", ended);
        string home = Path.Combine(Path.GetDirectoryName((string)(await server.SessionAsync(session))["workspacePath"]!)!, "home");
        foreach (string file in Directory.GetFiles(home, "*.jsonl", SearchOption.AllDirectories))
            File.Delete(file);
        await server.PromptAsync(session, "@prompt");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 3))["type"]);
        Assert.Contains(await server.EventsAsync(session), e => (string?)e["kind"] == "agent.cursor_forgotten");
        Assert.Contains("apricot", await LastItemAsync(server, session), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_asks_before_it_acts_and_does_not_when_declined()
    {
        Needs.Bubblewrap();
        await using var model = await FakeModelServer.StartAsync();
        await using var server = await TestServer.StartAsync(environment: Environment(model));
        string session = await server.CreateAsync("@patch asked.txt hello", b =>
        {
            b["agent"] = "builtin";
            b["mode"] = "ask";
        });
        await server.WaitForEventAsync(session, "request.opened");
        var view = await server.SessionAsync(session);
        Assert.Equal("approve_file_change", (string?)view["requests"]![0]!["body"]!["type"]);
        await server.PostAsync(
            $"/v1/sessions/{session}/requests/{(string)view["requests"]![0]!["id"]!}/answer",
            new JsonObject { ["answer"] = new JsonObject { ["type"] = "decline" } });
        await server.WaitForTurnAsync(session);

        Assert.False(File.Exists(Path.Combine((string)view["workspacePath"]!, "asked.txt")));
    }

    [Fact]
    public async Task A_configured_one_has_its_own_endpoint_model_and_prices()
    {
        Needs.Bubblewrap();
        await using var model = await FakeModelServer.StartAsync();
        await using var server = await TestServer.StartAsync(
            environment: new Dictionary<string, string> { ["LAB_KEY"] = Key },
            prepareHome: home => File.WriteAllText(Path.Combine(home, AgentConfiguration.FileName), """
                {"agents":{"lab":{"kind":"builtin","baseUrl":"URL","model":"lab-large","builtIn":{
                  "provider":"openai-compatible","keyVariable":"LAB_KEY","contextWindow":64000,"prices":{"input":1,"output":2},"limits":{"steps":20}}}}}
                """.Replace("URL", model.BaseUrl, StringComparison.Ordinal)));
        string session = await server.CreateAsync("@say hi", b => b["agent"] = "lab");

        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        Assert.Contains(model.Requests, r => r.GetProperty("model").GetString() == "lab-large");
        var usage = (await server.SessionAsync(session))["usage"]!;
        Assert.Equal((64000L, 0.00012m), ((long)usage["contextWindow"]!, (decimal)usage["costUsd"]!));
        var agents = (await server.GetAsync("/v1/agents?refresh=true"))["agents"]!.AsArray();
        var lab = agents.Single(a => (string?)a!["name"] == "lab")!;
        Assert.Equal(("builtin", "usable", "present"), ((string?)lab["kind"], (string?)lab["status"], (string?)lab["signIn"]));
        Assert.Equal("signed_out", (string?)agents.Single(a => (string?)a!["name"] == "builtin")!["status"]);
    }

    protected override string Agent => "builtin";

    protected override IReadOnlyDictionary<string, string> EnvironmentFor(FakeModelServer model) => Environment(model);

    protected override void DeleteConversations(string home)
    {
        string[] stored = Directory.GetFiles(home, "*.jsonl", SearchOption.AllDirectories);
        Assert.NotEmpty(stored);
        foreach (string file in stored)
            File.Delete(file);
    }

    private static Dictionary<string, string> Environment(FakeModelServer model) => new()
    {
        ["ANTHROPIC_API_KEY"] = Key,
        ["ANTHROPIC_BASE_URL"] = model.BaseUrl[..^"/v1".Length],
    };

    private static async Task<string> LastItemAsync(TestServer server, string session)
        => (await server.EventsAsync(session)).Last(e => (string?)e["kind"] == "item.completed").ToJsonString();
}
