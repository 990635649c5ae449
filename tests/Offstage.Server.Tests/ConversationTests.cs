using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>What an agent knows of a conversation when the agent changes, the workspace goes back, or a person adds to a turn.</summary>
public sealed class ConversationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Another_agent_takes_the_conversation_over_and_gives_it_back_S6()
    {
        Needs.Bubblewrap();
        string codex = Needs.Agent("codex");
        await using var model = await FakeModelServer.StartAsync();
        await using var server = await TestServer.StartAsync(environment: new Dictionary<string, string>
        {
            ["OFFSTAGE_CODEX"] = codex,
            ["OPENAI_BASE_URL"] = model.BaseUrl,
            ["OPENAI_API_KEY"] = "stub",
        });
        string session = await server.CreateAsync("@say the word is apricot");
        await server.WaitForTurnAsync(session);

        await AskAsync(server, session, "@prompt", b => b["agent"] = "codex");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
        Assert.Contains("the word is apricot", await LastMessageAsync(server, session), StringComparison.Ordinal);
        Assert.Equal("codex", (string?)(await server.SessionAsync(session))["agent"]);

        await AskAsync(server, session, "@say and the colour is teal");
        await server.WaitForTurnAsync(session, 3);
        await AskAsync(server, session, "@prompt", b => b["agent"] = "script");
        await server.WaitForTurnAsync(session, 4);
        string told = await LastMessageAsync(server, session);
        Assert.Contains("apricot", told, StringComparison.Ordinal);
        Assert.Contains("teal", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revert_takes_the_turns_back_for_the_agent_that_lives()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("echo one > one.txt");
        await server.WaitForTurnAsync(session);
        await AskAsync(server, session, "echo two > two.txt");
        await server.WaitForTurnAsync(session, 2);
        await server.WaitForEventAsync(session, "branch.committed", 2);
        string first = (string)(await server.GetAsync($"/v1/sessions/{session}/turns"))["turns"]![0]!["id"]!;

        await server.PostAsync($"/v1/sessions/{session}/revert", new JsonObject { ["turnId"] = first });
        await server.WaitForEventAsync(session, "revert.completed");
        await AskAsync(server, session, "@history\nls");
        await server.WaitForTurnAsync(session, 3);

        Assert.Equal("1 earlier turns", await LastMessageAsync(server, session));
        string folder = (string)(await server.SessionAsync(session))["workspacePath"]!;
        Assert.Equal((true, false), (File.Exists(Path.Combine(folder, "one.txt")), File.Exists(Path.Combine(folder, "two.txt"))));
        var turns = (await server.GetAsync($"/v1/sessions/{session}/turns"))["turns"]!.AsArray();
        Assert.Equal([false, true, false], turns.Select(t => (bool)t!["reverted"]!));
    }

    [Fact]
    public async Task An_agent_that_was_gone_when_its_workspace_went_back_is_told_only_what_is_left()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@say the word is apricot");
        await server.WaitForTurnAsync(session);
        await AskAsync(server, session, "@say the word is banana\necho x > x.txt");
        await server.WaitForTurnAsync(session, 2);
        await server.WaitForEventAsync(session, "branch.committed");
        await server.RestartAsync();
        await server.PostAsync($"/v1/sessions/{session}/revert", new JsonObject { ["checkpoint"] = 0 });
        await server.WaitForEventAsync(session, "revert.completed");

        await AskAsync(server, session, "@prompt");
        await server.WaitForTurnAsync(session, 3);
        Assert.Equal("@prompt", await LastMessageAsync(server, session));
    }

    [Fact]
    public async Task A_fork_at_a_turn_has_the_files_and_the_conversation_of_then()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@say the word is apricot\necho one > one.txt");
        await server.WaitForTurnAsync(session);
        await AskAsync(server, session, "@say the word is banana\necho two > two.txt");
        await server.WaitForTurnAsync(session, 2);
        await server.WaitForEventAsync(session, "branch.committed", 2);
        string first = (string)(await server.GetAsync($"/v1/sessions/{session}/turns"))["turns"]![0]!["id"]!;

        var fork = await server.PostAsync($"/v1/sessions/{session}/fork", new JsonObject { ["turnId"] = first, ["prompt"] = "@prompt" });
        string forked = (string)fork["id"]!;
        await server.WaitForTurnAsync(forked);

        string told = await LastMessageAsync(server, forked);
        Assert.Contains("apricot", told, StringComparison.Ordinal);
        Assert.DoesNotContain("banana", told, StringComparison.Ordinal);
        string folder = (string)(await server.SessionAsync(forked))["workspacePath"]!;
        Assert.Equal((true, false), (File.Exists(Path.Combine(folder, "one.txt")), File.Exists(Path.Combine(folder, "two.txt"))));
    }

    [Fact]
    public async Task A_plan_is_accepted_as_the_next_prompt_and_only_once()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("touch too-early.txt\n@plan touch planned.txt", b => b["mode"] = "plan");
        await server.WaitForTurnAsync(session);
        var view = await server.SessionAsync(session);
        Assert.NotNull(view["proposedPlan"]);
        Assert.False(File.Exists(Path.Combine((string)view["workspacePath"]!, "too-early.txt")));

        await server.PostAsync($"/v1/sessions/{session}/plan/accept", new JsonObject());
        await server.WaitForTurnAsync(session, 2);

        Assert.True(File.Exists(Path.Combine((string)view["workspacePath"]!, "planned.txt")));
        using var again = await server.Http.PostAsJsonAsync($"/v1/sessions/{session}/plan/accept", new JsonObject(), Stop);
        Assert.Equal((HttpStatusCode.Conflict, "no_plan"), (again.StatusCode, (string?)(await TestServer.ReadAsync(again))["code"]));
    }

    [Fact]
    public async Task What_is_added_to_a_running_turn_is_part_of_it()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@ask Go on?");
        await server.WaitForEventAsync(session, "request.opened");
        await AskAsync(server, session, "@say added", b => b["steer"] = true);
        await server.WaitForEventAsync(session, "turn.steer_settled");
        var request = (await server.SessionAsync(session))["requests"]![0]!;
        await server.PostAsync($"/v1/sessions/{session}/requests/{(string)request["id"]!}/answer", new JsonObject { ["answer"] = new JsonObject { ["type"] = "decline" } });
        await server.WaitForTurnAsync(session);

        Assert.Equal("added", await LastMessageAsync(server, session));
        Assert.Single(await server.EventsAsync(session), e => (string?)e["kind"] == "turn.created");
    }

    [Fact]
    public async Task A_session_that_has_used_up_its_tokens_stops_says_so_and_goes_on_when_it_may()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@usage 40\n@say fine", b => b["limits"] = new JsonObject { ["maxTokens"] = 100 });
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        await AskAsync(server, session, "@usage 60\n@sleep 60");
        var outcome = await server.WaitForTurnAsync(session, 2);
        Assert.Equal("limit_tokens", (string?)outcome["failure"]!["code"]);
        Assert.Contains("maxTokens", (string?)outcome["failure"]!["message"], StringComparison.Ordinal);

        using var refused = await server.Http.PostAsJsonAsync($"/v1/sessions/{session}/prompts", new JsonObject { ["text"] = "@say more" }, Stop);
        Assert.Equal((HttpStatusCode.Conflict, "limit_reached"), (refused.StatusCode, (string?)(await TestServer.ReadAsync(refused))["code"]));
        using var raised = await server.Http.PatchAsJsonAsync($"/v1/sessions/{session}", new JsonObject { ["limits"] = new JsonObject { ["maxTokens"] = 1000 } }, Stop);
        Assert.Equal(HttpStatusCode.OK, raised.StatusCode);
        await AskAsync(server, session, "@say more");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 3))["type"]);
    }

    [Fact]
    public async Task A_request_whose_agent_is_gone_with_the_server_is_stale_and_the_turn_says_why()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync("@ask Which?");
        string request = (string)(await server.WaitForEventAsync(session, "request.opened"))["data"]!["request"]!;
        await server.RestartAsync();
        var outcome = await server.WaitForTurnAsync(session);
        Assert.Equal(("interrupted", "agent_lost"), ((string?)outcome["type"], (string?)outcome["reason"]));
        Assert.Contains(await server.EventsAsync(session), e => (string?)e["kind"] == "request.closed" && (string?)e["data"]!["reason"] == "stale");

        using var late = await server.Http.PostAsJsonAsync(
            $"/v1/sessions/{session}/requests/{request}/answer", new JsonObject { ["answer"] = new JsonObject { ["type"] = "decline" } }, Stop);
        Assert.Equal("request_stale", (string?)(await TestServer.ReadAsync(late))["code"]);
    }

    private static async Task AskAsync(TestServer server, string session, string text, Action<JsonObject>? change = null)
    {
        var body = new JsonObject { ["text"] = text };
        change?.Invoke(body);
        await server.PostAsync($"/v1/sessions/{session}/prompts", body);
    }

    private static async Task<string> LastMessageAsync(TestServer server, string session)
        => (string)(await server.EventsAsync(session))
            .Last(e => (string?)e["kind"] == "item.completed" && (string?)e["data"]!["item"]!["body"]!["type"] == "message")["data"]!["item"]!["body"]!["text"]!;
}
