using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Offstage.Server.Tests;

/// <summary>The API's promises, and what it refuses. What is refused changes nothing.</summary>
public sealed class ApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_token_nothing_but_health_answers()
    {
        await using var server = await TestServer.StartAsync();
        using var bare = new HttpClient { BaseAddress = server.Server.Url };
        foreach (string path in (string[])["/v1/sessions", "/openapi/v1.json", "/metrics", "/v1/agents", "/nowhere"])
        {
            using var refused = await bare.GetAsync(path, Stop);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, refused.StatusCode));
            Assert.Equal("unauthorized", (string?)(await TestServer.ReadAsync(refused))["code"]);
        }

        using var healthy = await bare.GetAsync("/healthz", Stop);
        using var ready = await bare.GetAsync("/readyz", Stop);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (healthy.StatusCode, ready.StatusCode));
        bare.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.Server.Token[..^1] + "x");
        using var wrong = await bare.GetAsync("/v1/sessions", Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_origin_and_a_name_that_is_not_ours_are_not_let_in()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(server, r => r.Headers.Add("Origin", "https://evil.example")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, r => r.Headers.Add("Origin", server.Server.Url.ToString().TrimEnd('/'))));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusAsync(server, r => r.Headers.Host = "evil.example"));
    }

    [Fact]
    public async Task The_same_key_with_the_same_body_answers_the_same_and_with_another_body_is_a_conflict_S4()
    {
        await using var server = await TestServer.StartAsync();
        var (first, second) = (await SendAsync(server, "/v1/sessions", "k1", NewSession()), await SendAsync(server, "/v1/sessions", "k1", NewSession()));
        Assert.Equal((string?)first.Body["id"], (string?)second.Body["id"]);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.Status, second.Status));
        var other = NewSession();
        other["title"] = "another";
        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_reused"), Short(await SendAsync(server, "/v1/sessions", "k1", other)));

        string prompts = $"/v1/sessions/{(string)first.Body["id"]!}/prompts";
        var asked = await SendAsync(server, prompts, "k1", new JsonObject { ["text"] = "@hang" });
        var again = await SendAsync(server, prompts, "k1", new JsonObject { ["text"] = "@hang" });
        Assert.Equal((string?)asked.Body["id"], (string?)again.Body["id"]);
        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_reused"), Short(await SendAsync(server, prompts, "k1", new JsonObject { ["text"] = "@say" })));
        Assert.Single(await server.EventsAsync((string)first.Body["id"]!), e => (string?)e["kind"] == "prompt.queued");
    }

    [Fact]
    public async Task A_full_queue_is_429_and_a_repeated_key_still_answers_its_prompt()
    {
        await using var server = await TestServer.StartAsync(limits: l => l with { QueueMax = 1 });
        string session = await server.CreateAsync("@hang");
        string prompts = $"/v1/sessions/{session}/prompts";
        var waiting = await SendAsync(server, prompts, "k", new JsonObject { ["text"] = "a" });
        Assert.Equal((HttpStatusCode.TooManyRequests, "queue_full"), Short(await SendAsync(server, prompts, null, new JsonObject { ["text"] = "b" })));
        Assert.Equal(1, (int?)(await SendAsync(server, prompts, "k", new JsonObject { ["text"] = "a" })).Body["position"]);
        using var gone = await server.Http.DeleteAsync($"{prompts}/{(string)waiting.Body["id"]!}", Stop);
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(server, prompts, null, new JsonObject { ["text"] = "b" })).Status);
    }

    public static TheoryData<string, string, string, int, string> BadRequests => new()
    {
        { "POST", "/v1/sessions", "", 400, "invalid_body" },
        { "POST", "/v1/sessions", "{", 400, "invalid_body" },
        { "POST", "/v1/sessions", "null", 400, "invalid_body" },
        { "POST", "/v1/sessions", "[]", 400, "invalid_body" },
        { "POST", "/v1/sessions", """{"workspace":{"kind":"none"},"colour":"red"}""", 400, "invalid_body" },
        { "POST", "/v1/sessions", """{"agent":"script","workspace":{"kind":"repository"}}""", 400, "invalid_workspace" },
        { "POST", "/v1/sessions", """{"agent":"script","workspace":{"kind":"repository","path":"relative"}}""", 400, "invalid_path" },
        { "POST", "/v1/sessions", """{"agent":"script","workspace":{"kind":"repository","url":"ext::sh -c id"}}""", 400, "invalid_url" },
        { "POST", "/v1/sessions", """{"agent":"script","workspace":{"kind":"repository","url":"https://u:secret@example.org/x"}}""", 400, "secret_in_url" },
        { "POST", "/v1/sessions", """{"agent":"script","workspace":{"kind":"repository","path":"/x","ref":"--upload-pack=x"}}""", 400, "invalid_ref" },
        { "POST", "/v1/sessions", """{"agent":"hal","workspace":{"kind":"none"}}""", 400, "unknown_agent" },
        { "POST", "/v1/sessions", """{"agent":"script","workspace":{"kind":"none"},"prompt":" "}""", 400, "prompt_empty" },
        { "POST", "/v1/sessions", """{"agent":"script","workspace":{"kind":"none"},"prompt":"\u0000"}""", 400, "invalid_prompt" },
        { "POST", "/v1/sessions", """{"agent":"script","workspace":{"kind":"none"},"title":"a\nb"}""", 400, "invalid_title" },
        { "POST", "/v1/sessions", """{"agent":"script","workspace":{"kind":"none"},"limits":{"turnTimeoutMs":-1}}""", 400, "invalid_limit" },
        { "POST", "/v1/sessions", """{"agent":"codex","workspace":{"kind":"none"},"sandbox":{"network":"none"}}""", 400, "agent_needs_network" },
        { "GET", "/v1/sessions?limit=0", "", 400, "invalid_parameter" },
        { "GET", "/v1/sessions?status=asleep", "", 400, "invalid_parameter" },
        { "GET", "/v1/sessions?cursor=x", "", 400, "invalid_cursor" },
        { "GET", "/v1/sessions/ses_nope", "", 404, "session_not_found" },
        { "GET", "/v1/sessions/ses_00000000000000000000000000", "", 404, "session_not_found" },
        { "GET", "/v1/sessions/{id}/events?after=-1", "", 400, "invalid_cursor" },
        { "GET", "/v1/sessions/{id}/events?after=99", "", 400, "cursor_ahead" },
        { "GET", "/v1/sessions/{id}/stream", "", 400, "websocket_expected" },
        { "GET", "/v1/sessions/{id}/diff", "", 409, "no_checkpoints" },
        { "POST", "/v1/sessions/{id}/prompts", """{"text":1}""", 400, "invalid_body" },
        { "POST", "/v1/sessions/{id}/interrupt", "", 409, "no_active_turn" },
        { "POST", "/v1/sessions/{id}/retry", "", 409, "nothing_to_retry" },
        { "POST", "/v1/sessions/{id}/unarchive", "", 409, "session_not_archived" },
        { "POST", "/v1/sessions/{id}/requests/req_00000000000000000000000000/answer", """{"answer":{"type":"approve"}}""", 409, "request_not_open" },
        { "POST", "/v1/sessions/{id}/requests/req_00000000000000000000000000/answer", """{"answer":{"type":"shrug"}}""", 400, "invalid_body" },
        { "POST", "/v1/sessions/{id}/revert", """{"checkpoint":0}""", 404, "checkpoint_not_found" },
        { "DELETE", "/v1/sessions/{id}/prompts/prm_00000000000000000000000000", "", 409, "prompt_not_waiting" },
        { "PATCH", "/v1/sessions/{id}", """{"title":""}""", 400, "invalid_title" },
        { "PUT", "/v1/sessions/{id}", "{}", 405, "method_not_allowed" },
        { "GET", "/v1/nowhere", "", 404, "route_not_found" },
        { "POST", "/v1/effects/none/retry", "", 404, "effect_not_found" },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task What_does_not_fit_is_refused_with_a_code_and_changes_nothing(string method, string path, string body, int status, string code)
    {
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(null);
        var before = await server.SessionAsync(session);
        using var request = new HttpRequestMessage(new HttpMethod(method), path.Replace("{id}", session, StringComparison.Ordinal));
        if (method is "POST" or "PATCH" or "PUT")
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Http.SendAsync(request, Stop);
        var problem = await TestServer.ReadAsync(response);
        Assert.Equal((status, code), ((int)response.StatusCode, (string?)problem["code"]));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.False((bool?)problem["retryable"] ?? true);
        Assert.Equal(before.ToJsonString(), (await server.SessionAsync(session)).ToJsonString());
        Assert.Single((await server.GetAsync("/v1/sessions"))["sessions"]!.AsArray());
    }

    [Fact]
    public async Task What_is_too_large_names_its_limit()
    {
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(null);
        var long1 = await SendAsync(server, $"/v1/sessions/{session}/prompts", null, new JsonObject { ["text"] = new string('x', 64_001) });
        Assert.Equal((HttpStatusCode.BadRequest, "prompt_too_long"), Short(long1));
        Assert.Contains("64000", (string?)long1.Body["detail"], StringComparison.Ordinal);
        foreach (var (path, length, limit) in ((string, int, string)[])[("prompts", 15_800_000, "15 MiB"), ("fork", 1_100_000, "1 MiB")])
        {
            var big = await SendAsync(server, $"/v1/sessions/{session}/{path}", null, new JsonObject { ["text"] = new string('x', length) });
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "body_too_large"), Short(big));
            Assert.Contains(limit, (string?)big.Body["detail"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_OpenAPI_document_describes_every_call()
    {
        await using var server = await TestServer.StartAsync();
        var paths = (await server.GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        string[] wanted =
        [
            "/v1/sessions", "/v1/sessions/{id}", "/v1/sessions/{id}/prompts", "/v1/sessions/{id}/prompts/{promptId}", "/v1/sessions/{id}/interrupt",
            "/v1/sessions/{id}/retry", "/v1/sessions/{id}/archive", "/v1/sessions/{id}/unarchive", "/v1/sessions/{id}/fork",
            "/v1/sessions/{id}/requests/{requestId}/answer", "/v1/sessions/{id}/events", "/v1/sessions/{id}/stream", "/v1/sessions/{id}/turns",
            "/v1/sessions/{id}/checkpoints", "/v1/sessions/{id}/diff", "/v1/sessions/{id}/revert", "/v1/sessions/{id}/plan/accept",
            "/v1/sessions/{id}/compare", "/v1/sessions/{id}/keep",
        ];
        Assert.Empty(wanted.Except(paths.Select(p => p.Key)));
        Assert.All(paths.SelectMany(p => p.Value!.AsObject()), operation => Assert.NotNull(operation.Value!["operationId"]));
    }

    private static JsonObject NewSession() => new() { ["workspace"] = new JsonObject { ["kind"] = "none" }, ["agent"] = "script" };

    private static async Task<(HttpStatusCode Status, JsonObject Body)> SendAsync(TestServer server, string path, string? key, JsonObject body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await server.Http.SendAsync(request, Stop);
        return (response.StatusCode, await TestServer.ReadAsync(response));
    }

    private static (HttpStatusCode, string?) Short((HttpStatusCode Status, JsonObject Body) answer) => (answer.Status, (string?)answer.Body["code"]);

    private static async Task<HttpStatusCode> StatusAsync(TestServer server, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/sessions");
        change(request);
        using var response = await server.Http.SendAsync(request, Stop);
        return response.StatusCode;
    }
}
