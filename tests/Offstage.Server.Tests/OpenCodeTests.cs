using Offstage.ModelServer;

namespace Offstage.Server.Tests;

/// <summary>The real OpenCode in the real sandbox, over a model server on loopback.</summary>
public sealed class OpenCodeTests
{
    [Fact]
    public async Task OpenCode_works_on_a_repository_and_goes_on_in_a_new_process()
    {
        Needs.Bubblewrap();
        string opencode = Needs.Agent("opencode");
        await using var model = await FakeModelServer.StartAsync();
        var environment = new Dictionary<string, string>
        {
            ["OFFSTAGE_OPENCODE"] = opencode,
            ["OFFSTAGE_OPENCODE_MODELS"] = "scripted",
            ["OPENAI_BASE_URL"] = model.BaseUrl,
            ["OPENAI_API_KEY"] = "stub",
        };
        await using var server = await TestServer.StartAsync(environment: environment, limits: l => l with { IdleTimeoutMs = 1000 });
        string session = await server.CreateAsync("echo hi > b.txt\n@say done", b => b["agent"] = "opencode");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        await server.WaitForEventAsync(session, "branch.committed");
        Assert.Equal("b.txt", (string?)(await server.GetAsync($"/v1/sessions/{session}/diff"))["files"]![0]!["path"]);

        await server.WaitForEventAsync(session, "sandbox.stopped");
        await server.PromptAsync(session, "@history");
        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session, 2))["type"]);

        var events = await server.EventsAsync(session);
        Assert.Contains("1 earlier turns", events.Last(e => (string?)e["kind"] == "item.completed").ToJsonString(), StringComparison.Ordinal);
    }
}
