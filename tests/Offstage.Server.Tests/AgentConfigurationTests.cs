using System.Text.Json.Nodes;
using Offstage.ModelServer;
using Offstage.Server.Hosting;

namespace Offstage.Server.Tests;

/// <summary>Several accounts of one agent, and agents that only a person knows of.</summary>
public sealed class AgentConfigurationTests
{
    [Theory]
    [InlineData("not json", "cannot be read")]
    [InlineData("""{"agents":{"x":{"kind":"hal"}}}""", "codex, claude, opencode, acp")]
    [InlineData("""{"agents":{"X Y":{"kind":"codex"}}}""", "no name for an agent")]
    [InlineData("""{"agents":{"script":{"kind":"codex"}}}""", "demonstration agent")]
    [InlineData("""{"agents":{"x":{"kind":"acp"}}}""", "needs a 'program'")]
    [InlineData("""{"agents":{"x":{"kind":"codex","arguments":["--y"]}}}""", "takes no 'arguments'")]
    [InlineData("""{"agents":{"x":{"kind":"codex","home":"/no/such/home"}}}""", "no folder of this machine")]
    [InlineData("""{"agents":{"x":{"kind":"codex","home":"relative"}}}""", "no folder of this machine")]
    [InlineData("""{"agents":{"x":{"kind":"codex","colour":"red"}}}""", "cannot be read")]
    [InlineData("""{"agents":{"x":{"kind":"builtin"}}}""", "'builtIn' goes with")]
    [InlineData("""{"agents":{"x":{"kind":"builtin","builtIn":{"provider":"hal"}}}}""", "openai-compatible, not 'hal'")]
    [InlineData("""{"agents":{"x":{"kind":"builtin","builtIn":{"provider":"openai-compatible"}}}}""", "needs a 'baseUrl'")]
    [InlineData("""{"agents":{"x":{"kind":"builtin","baseUrl":"ftp://x","builtIn":{"provider":"openai"}}}}""", "no http address")]
    [InlineData("""{"agents":{"x":{"kind":"builtin","builtIn":{"provider":"openai","limits":{"costUsd":1}}}}}""", "needs 'prices'")]
    public async Task A_configuration_that_cannot_be_understood_is_refused_and_says_where(string text, string message)
    {
        string home = Directory.CreateTempSubdirectory("offstage-agents-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(home, AgentConfiguration.FileName), text, TestContext.Current.CancellationToken);
            var refused = Assert.Throws<AgentConfigurationException>(() => AgentConfiguration.Read(home));
            Assert.Contains(message, refused.Message, StringComparison.Ordinal);
            Assert.Contains(AgentConfiguration.FileName, refused.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public void A_variable_of_the_server_stands_for_a_secret_and_one_that_is_not_set_is_left_out()
    {
        var agent = new AgentConfiguration
        {
            Kind = "codex",
            Environment = new Dictionary<string, string> { ["OPENAI_API_KEY"] = "${WORK_KEY}", ["PLAIN"] = "a ${WORK_KEY} b", ["NONE"] = "${ABSENT}" },
        };
        var resolved = agent.Resolve(new Dictionary<string, string> { ["WORK_KEY"] = "k" });
        Assert.Equal(new Dictionary<string, string> { ["OPENAI_API_KEY"] = "k", ["PLAIN"] = "a k b" }, resolved);
    }

    [Fact]
    public async Task A_configured_account_works_under_its_own_name_and_is_told_with_its_state()
    {
        Needs.Bubblewrap();
        string codex = Needs.Agent("codex");
        await using var model = await FakeModelServer.StartAsync();
        await using var server = await TestServer.StartAsync(
            environment: new Dictionary<string, string> { ["WORK_KEY"] = "stub" },
            prepareHome: home => File.WriteAllText(Path.Combine(home, AgentConfiguration.FileName), new JsonObject
            {
                ["agents"] = new JsonObject
                {
                    ["codex-work"] = new JsonObject
                    {
                        ["kind"] = "codex",
                        ["program"] = codex,
                        ["baseUrl"] = model.BaseUrl,
                        ["model"] = "scripted-work",
                        ["environment"] = new JsonObject { ["OPENAI_API_KEY"] = "${WORK_KEY}" },
                    },
                    ["codex-private"] = new JsonObject { ["kind"] = "codex", ["program"] = codex },
                },
            }.ToJsonString()));
        string session = await server.CreateAsync("@say hi", b => b["agent"] = "codex-work");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        Assert.Contains(model.Requests, r => r.GetProperty("model").GetString() == "scripted-work");

        var agents = (await server.GetAsync("/v1/agents?refresh=true"))["agents"]!.AsArray();
        var work = agents.Single(a => (string?)a!["name"] == "codex-work")!;
        Assert.Equal(("codex", "usable", "present", "scripted-work"), ((string?)work["kind"], (string?)work["status"], (string?)work["signIn"], (string?)work["defaultModel"]));
        Assert.Equal("signed_out", (string?)agents.Single(a => (string?)a!["name"] == "codex-private")!["status"]);
    }

    [Fact]
    public async Task An_account_with_a_home_of_its_own_keeps_its_login_and_its_conversations_there()
    {
        Needs.Bubblewrap();
        string claude = Needs.Agent("claude");
        await using var model = await FakeModelServer.StartAsync();
        string login = Directory.CreateTempSubdirectory("offstage-login-").FullName;
        try
        {
            await using var server = await TestServer.StartAsync(prepareHome: home => File.WriteAllText(Path.Combine(home, AgentConfiguration.FileName), new JsonObject
            {
                ["agents"] = new JsonObject
                {
                    ["claude-work"] = new JsonObject
                    {
                        ["kind"] = "claude",
                        ["program"] = claude,
                        ["home"] = login,
                        ["baseUrl"] = model.BaseUrl[..^"/v1".Length],
                        ["environment"] = new JsonObject { ["ANTHROPIC_API_KEY"] = "stub" },
                    },
                    ["claude-login"] = new JsonObject { ["kind"] = "claude", ["program"] = claude, ["home"] = login },
                },
            }.ToJsonString()));
            string session = await server.CreateAsync("echo $HOME > home.txt", b => b["agent"] = "claude-work");
            Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
            string workspace = (string)(await server.SessionAsync(session))["workspacePath"]!;
            Assert.Equal(login, (await File.ReadAllTextAsync(Path.Combine(workspace, "home.txt"), TestContext.Current.CancellationToken)).Trim());
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(login, ".claude", "projects"), "*.jsonl", SearchOption.AllDirectories));

            Assert.Equal("signed_out", await StatusAsync(server, "claude-login"));
            await File.WriteAllTextAsync(Path.Combine(login, ".claude", ".credentials.json"), "{}", TestContext.Current.CancellationToken);
            Assert.Equal("usable", await StatusAsync(server, "claude-login"));
        }
        finally
        {
            Directory.Delete(login, recursive: true);
        }
    }

    private static async Task<string?> StatusAsync(TestServer server, string agent)
        => (string?)(await server.GetAsync("/v1/agents?refresh=true"))["agents"]!.AsArray().Single(a => (string?)a!["name"] == agent)!["status"];
}
