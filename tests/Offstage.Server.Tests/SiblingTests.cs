using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Offstage.Server.Tests;

/// <summary>One task to several agents, and the choice of one.</summary>
public sealed class SiblingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Siblings_work_each_in_a_sandbox_of_its_own_are_compared_by_a_test_and_one_is_kept()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string first = await server.CreateAsync("@prompt\necho $PWD > where.txt\nmktemp -u XXXX > random.txt", b => b["count"] = 3);
        string[] all = [.. (await server.SessionAsync(first))["siblings"]!.AsArray().Select(id => (string)id!)];
        Assert.Equal((3, first), (all.Distinct().Count(), all[0]));
        foreach (string one in all)
        {
            await server.WaitForTurnAsync(one);
            await server.WaitForEventAsync(one, "branch.committed");
        }

        string second = (string)(await server.SessionAsync(all[1]))["workspacePath"]!;
        await File.WriteAllTextAsync(Path.Combine(second, "passes"), "", Stop);
        var compared = (await server.PostAsync($"/v1/sessions/{all[2]}/compare", new JsonObject { ["testCommand"] = "test -e passes && echo well" }))["siblings"]!.AsArray();

        Assert.Equal(all, compared.Select(s => (string)s!["id"]!));
        Assert.All(compared, s => Assert.Equal(("idle", "completed", 2), ((string?)s!["status"], (string?)s["lastOutcome"]!["type"], (int)s["diff"]!["filesChanged"]!)));
        Assert.Equal([1, 0, 1], compared.Select(s => (int)s!["test"]!["exitCode"]!));
        Assert.Equal("well\n", (string?)compared[1]!["test"]!["output"]);

        await server.PostAsync($"/v1/sessions/{all[1]}/keep");
        Assert.Equal(["archived", "idle", "archived"], await Task.WhenAll(all.Select(async s => (string)(await server.SessionAsync(s))["status"]!)));
    }

    [Fact]
    public async Task A_request_that_is_repeated_with_its_key_makes_no_sibling_twice()
    {
        await using var server = await TestServer.StartAsync();
        var body = new JsonObject
        {
            ["workspace"] = new JsonObject { ["kind"] = "none" },
            ["prompt"] = "@say hi",
            ["candidates"] = new JsonArray(new JsonObject { ["agent"] = "script" }, new JsonObject { ["agent"] = "script", ["model"] = "other" }),
        };
        var answers = new List<JsonObject>();
        for (int i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", "k");
            using var answer = await server.Http.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            answers.Add(await TestServer.ReadAsync(answer));
        }

        Assert.Equal((string?)answers[0]["id"], (string?)answers[1]["id"]);
        Assert.Equal(2, (await server.GetAsync("/v1/sessions"))["sessions"]!.AsArray().Count);
        Assert.Equal("other", (string?)(await server.SessionAsync((string)answers[0]["siblings"]![1]!))["model"]);
    }

    [Theory]
    [InlineData("""{"count":1}""", "invalid_candidates")]
    [InlineData("""{"count":11}""", "invalid_candidates")]
    [InlineData("""{"count":2,"candidates":[{},{}]}""", "invalid_candidates")]
    [InlineData("""{"candidates":[{}]}""", "invalid_candidates")]
    [InlineData("""{"candidates":[{},{"agent":"nobody"}]}""", "unknown_agent")]
    [InlineData("""{"count":2,"prompt":null}""", "prompt_empty")]
    public async Task Candidates_that_do_not_fit_are_refused_and_make_no_session(string change, string code)
    {
        await using var server = await TestServer.StartAsync();
        var body = new JsonObject { ["workspace"] = new JsonObject { ["kind"] = "none" }, ["agent"] = "script", ["prompt"] = "@say hi" };
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            if (value is null)
                body.Remove(name);
            else
                body[name] = value.DeepClone();
        }

        using var answer = await server.Http.PostAsJsonAsync("/v1/sessions", body, Stop);
        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.StatusCode, (string?)(await TestServer.ReadAsync(answer))["code"]));
        Assert.Empty((await server.GetAsync("/v1/sessions"))["sessions"]!.AsArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_session_without_siblings_says_so_and_a_fork_of_a_sibling_is_one(bool forked)
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(forked ? "@say hi" : null, b => b["count"] = forked ? 2 : null);
        if (forked)
            session = (string)(await server.PostAsync($"/v1/sessions/{session}/fork", new JsonObject()))["id"]!;
        using var compared = await server.Http.PostAsJsonAsync($"/v1/sessions/{session}/compare", new JsonObject(), Stop);
        Assert.Equal("no_siblings", (string?)(await TestServer.ReadAsync(compared))["code"]);
    }
}
