using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Offstage.Testing;

namespace Offstage.Server.Tests;

/// <summary>What clients and sandboxes see of a store that fails (S1).</summary>
public sealed class StoreFailureTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_store_that_fails_while_a_session_is_created_starts_no_sandbox_and_no_agent_S1()
    {
        Needs.Postgres();
        Needs.Bubblewrap();
        await using var postgres = await PostgresServer.StartAsync(Stop);
        await using var server = await TestServer.StartAsync(database: await postgres.CreateDatabaseAsync(Stop));
        await postgres.KillAsync(Stop);

        var body = new JsonObject
        {
            ["workspace"] = new JsonObject { ["kind"] = "repository", ["path"] = server.Repository },
            ["agent"] = "script",
            ["prompt"] = "echo hi",
        };
        using var refused = await server.Http.PostAsJsonAsync("/v1/sessions", body, Stop);
        var problem = await TestServer.ReadAsync(refused);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "store_unavailable", true), (refused.StatusCode, (string?)problem["code"], (bool?)problem["retryable"]));
        Assert.Empty(server.SandboxFolders());
        Assert.Equal(0, server.Server.Runtime.LiveAgentCount);

        await postgres.StartAgainAsync(Stop);
        using var made = await server.Http.PostAsJsonAsync("/v1/sessions", body, Stop);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await server.WaitForTurnAsync((string)(await TestServer.ReadAsync(made))["id"]!);
        Assert.Single((await server.GetAsync("/v1/sessions"))["sessions"]!.AsArray());
    }

    [Fact]
    public async Task What_an_agent_says_while_the_store_is_away_is_not_lost()
    {
        Needs.Postgres();
        Needs.Bubblewrap();
        await using var postgres = await PostgresServer.StartAsync(Stop);
        await using var server = await TestServer.StartAsync(database: await postgres.CreateDatabaseAsync(Stop));
        string session = await server.CreateAsync("@say before\nwhile [ ! -e go ]; do sleep 0.05; done\n@items 40\n@say after");
        await server.WaitForEventAsync(session, "item.completed");
        string workspace = (string)(await server.SessionAsync(session))["workspacePath"]!;
        await postgres.KillAsync(Stop);
        await File.WriteAllTextAsync(Path.Combine(workspace, "go"), "", Stop);
        await postgres.StartAgainAsync(Stop);

        Assert.Equal("completed", (string?)(await server.WaitForTurnAsync(session))["type"]);
        Assert.Equal(43, (await server.EventsAsync(session)).Count(e => (string?)e["kind"] == "item.completed"));
    }
}
