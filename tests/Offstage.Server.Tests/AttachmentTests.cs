using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>Images that come with a prompt, and reviews.</summary>
public sealed class AttachmentTests
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_reaches_the_model_with_the_first_prompt_with_a_later_one_and_when_asked_again()
    {
        Needs.Bubblewrap();
        await using var model = await FakeModelServer.StartAsync();
        await using var server = await WithCodexAsync(model);
        string session = await server.CreateAsync("@images", b =>
        {
            b["agent"] = "codex";
            b["attachments"] = new JsonArray(Image("a.png"), Image("b.png"));
        });
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        Assert.Equal("2 images", await LastMessageAsync(server, session));

        await server.PostAsync($"/v1/sessions/{session}/prompts", new JsonObject { ["text"] = "@fail 400 no\n@images", ["attachments"] = new JsonArray(Image("c.png")) });
        Assert.Equal("failed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
        await server.PostAsync($"/v1/sessions/{session}/retry");
        await server.WaitForTurnAsync(session, 3);
        Assert.Contains("input_image", model.Requests.Last().GetRawText(), StringComparison.Ordinal);

        var queued = (await server.EventsAsync(session)).First(e => (string?)e["kind"] == "prompt.queued");
        string id = (string)queued["data"]!["attachments"]![1]!["id"]!;
        using var image = await server.Http.GetAsync($"/v1/sessions/{session}/attachments/{id}", Stop);
        Assert.Equal(("image/png", "nosniff"), (image.Content.Headers.ContentType!.MediaType, image.Headers.GetValues("X-Content-Type-Options").Single()));
        Assert.Equal(Png, await image.Content.ReadAsByteArrayAsync(Stop));
        Assert.DoesNotContain(Convert.ToBase64String(Png), queued.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.png", "<html>", "attachment_unsupported")]
    [InlineData("a/b.png", "png", "invalid_attachment")]
    [InlineData("", "png", "invalid_attachment")]
    [InlineData("a.png", "", "attachments_too_large")]
    [InlineData("a.png", "huge", "attachments_too_large")]
    public async Task What_is_no_image_or_cannot_be_taken_is_refused_and_nothing_is_queued(string name, string data, string code)
    {
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(null);
        byte[] bytes = data switch
        {
            "png" => Png,
            "huge" => [.. Png, .. new byte[5 * 1024 * 1024]],
            _ => System.Text.Encoding.ASCII.GetBytes(data),
        };
        var body = new JsonObject { ["text"] = "look", ["attachments"] = new JsonArray(new JsonObject { ["name"] = name, ["data"] = Convert.ToBase64String(bytes) }) };
        using var answer = await server.Http.PostAsJsonAsync($"/v1/sessions/{session}/prompts", body, Stop);
        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.StatusCode, (string?)(await TestServer.ReadAsync(answer))["code"]));
        Assert.Equal("created", (string?)(await server.SessionAsync(session))["status"]);
    }

    [Fact]
    public async Task Codex_reviews_by_its_own_reviewer_and_another_agent_is_asked_in_words()
    {
        Needs.Bubblewrap();
        await using var model = await FakeModelServer.StartAsync();
        await using var server = await WithCodexAsync(model);
        string session = await server.CreateAsync("echo new > new.txt", b => b["agent"] = "codex");
        await server.WaitForTurnAsync(session);
        await server.PostAsync($"/v1/sessions/{session}/prompts", new JsonObject { ["review"] = new JsonObject { ["type"] = "session" } });
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);
        var events = await server.EventsAsync(session);
        Assert.Contains(events, e => e.ToJsonString().Contains("enteredReviewMode", StringComparison.Ordinal));
        Assert.Equal("Review all changes of this session.", (string?)events.Last(e => (string?)e["kind"] == "prompt.queued")["data"]!["text"]);

        await server.PostAsync($"/v1/sessions/{session}/prompts", new JsonObject
        {
            ["text"] = "@say well done",
            ["review"] = new JsonObject { ["type"] = "commit", ["id"] = "HEAD" },
            ["agent"] = "script",
        });
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 3))["type"]);
        Assert.Equal("well done", await LastMessageAsync(server, session));
    }

    [Theory]
    [InlineData("""{"review":{"type":"since","ref":"--upload-pack=x"}}""", 400, "invalid_review")]
    [InlineData("""{"review":{"type":"since","ref":""}}""", 400, "invalid_review")]
    [InlineData("""{"review":{"type":"everything"}}""", 400, "invalid_body")]
    [InlineData("""{"review":{"type":"session"},"steer":true}""", 400, "steer_unsupported")]
    [InlineData("""{}""", 400, "prompt_empty")]
    public async Task A_review_that_cannot_be_is_refused(string body, int status, string code)
    {
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(null);
        using var answer = await server.Http.PostAsJsonAsync($"/v1/sessions/{session}/prompts", JsonNode.Parse(body), Stop);
        Assert.Equal((status, code), ((int)answer.StatusCode, (string?)(await TestServer.ReadAsync(answer))["code"]));
    }

    [Fact]
    public async Task Without_a_repository_there_is_nothing_to_review()
    {
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(null, b => b["workspace"] = new JsonObject { ["kind"] = "none" });
        using var answer = await server.Http.PostAsJsonAsync(
            $"/v1/sessions/{session}/prompts", new JsonObject { ["review"] = new JsonObject { ["type"] = "session" } }, Stop);
        Assert.Equal((HttpStatusCode.Conflict, "review_needs_repository"), (answer.StatusCode, (string?)(await TestServer.ReadAsync(answer))["code"]));
    }

    private static JsonObject Image(string name) => new() { ["name"] = name, ["data"] = Convert.ToBase64String(Png) };

    private static Task<TestServer> WithCodexAsync(FakeModelServer model) => TestServer.StartAsync(environment: new Dictionary<string, string>
    {
        ["OFFSTAGE_CODEX"] = Needs.Agent("codex"),
        ["OPENAI_BASE_URL"] = model.BaseUrl,
        ["OPENAI_API_KEY"] = "stub",
    });

    private static async Task<string?> LastMessageAsync(TestServer server, string session)
        => (string?)(await server.EventsAsync(session)).Last(
            e => (string?)e["kind"] == "item.completed" && (string?)e["data"]!["item"]!["body"]!["type"] == "message")["data"]!["item"]!["body"]!["text"];
}
