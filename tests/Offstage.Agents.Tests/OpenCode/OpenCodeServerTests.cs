using System.Net.Http.Headers;
using System.Text;
using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.OpenCode;

/// <summary>The real server when things break around it.</summary>
public sealed class OpenCodeServerTests
{
    private readonly FaultyConnection connection = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_that_breaks_in_a_turn_loses_nothing_and_doubles_nothing()
    {
        await using var rig = await OpenCodeConformanceTests.CreateRigAsync(connection);
        var (session, listener) = await rig.OpenAsync(rig.Start());
        var gate = Path.Combine(rig.Workspace, "go");
        await session.StartTurnAsync(
            new TurnInput($"echo before; while [ ! -e {gate} ]; do sleep 0.1; done; echo after\n@say all is well") { Tag = "t" }, Cancellation);
        await listener.NextAsync<AgentEvent.Delta>(one => one.Text.Contains("before", StringComparison.Ordinal));

        connection.CutEvents();
        await File.WriteAllTextAsync(gate, "", Cancellation);
        var end = await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal(new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null) { TurnTag = "t" }, end);
        Assert.True(connection.EventStreams > 1);
        Assert.Equal("before\nafter\n", Assert.Single(listener.Completed<ItemBody.Command>()).Output);
        Assert.Equal(["all is well"], listener.Completed<ItemBody.Message>().Select(one => one.Text));
        Assert.Equal(
            listener.Of<AgentEvent.ItemStarted>().Select(one => one.Item.Id), listener.Of<AgentEvent.ItemCompleted>().Select(one => one.Item.Id));
        await session.StartTurnAsync(new TurnInput("@say next"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();
        Assert.Equal("next", listener.LastMessage);
    }

    [Fact]
    public async Task A_server_killed_in_a_turn_is_told_once_and_last()
    {
        await using var rig = await OpenCodeConformanceTests.CreateRigAsync(connection);
        ISandboxProcess? process = null;
        var start = rig.Start();
        var launch = start.LaunchAsync;
        start = start with { LaunchAsync = async (spec, cancellationToken) => process = await launch(spec, cancellationToken) };
        var (session, listener) = await rig.OpenAsync(start);
        await session.StartTurnAsync(new TurnInput("@hang"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnStarted>();

        await process!.KillAsync(Cancellation);
        var seen = await listener.EndAsync();

        Assert.Same(seen[^1], Assert.Single(seen.OfType<AgentEvent.Exited>()));
        Assert.Null(((AgentEvent.Exited)seen[^1]).ProtocolError);
        Assert.Empty(seen.OfType<AgentEvent.TurnEnded>());
    }

    [Fact]
    public async Task A_deleted_session_rejects_its_cursor_at_once_and_at_the_next_start()
    {
        await using var rig = await OpenCodeConformanceTests.CreateRigAsync(connection);
        ProcessSpec? spec = null;
        var (session, listener) = await rig.OpenAsync(rig.Start(change: given => spec = given));
        await session.StartTurnAsync(new TurnInput("@say remember me"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"opencode:{spec!.Environment["OPENCODE_SERVER_PASSWORD"]}")));
        using var deleted = await client.DeleteAsync(new Uri($"http://127.0.0.1:{connection.LastPort}/session/{session.Cursor!.Value}"), Cancellation);
        deleted.EnsureSuccessStatusCode();

        Assert.NotEmpty((await listener.NextAsync<AgentEvent.CursorRejected>()).Reason);
        var refusal = await Assert.ThrowsAsync<AgentException>(() => session.StartTurnAsync(new TurnInput("@say no"), Cancellation));
        Assert.Equal("cursor_rejected", refusal.Code);
        await session.DisposeAsync();
        Assert.IsType<AgentStartResult.CursorRejected>(await rig.Adapter.StartAsync(rig.Start(cursor: session.Cursor), Cancellation));
    }

    [Fact]
    public async Task A_rollback_forgets_turns_and_leaves_files_as_they_are()
    {
        await using var rig = await OpenCodeConformanceTests.CreateRigAsync(connection);
        var (session, listener) = await rig.OpenAsync(rig.Start());
        foreach (var prompt in (string[])["@say first", "@patch kept.txt one", "@patch kept.txt two"])
        {
            await session.StartTurnAsync(new TurnInput(prompt), Cancellation);
            await listener.NextAsync<AgentEvent.TurnEnded>();
        }

        // Twice in a row: the second must not count what the first has taken.
        Assert.True(await session.RollBackAsync(1, Cancellation));
        Assert.True(await session.RollBackAsync(1, Cancellation));
        await session.StartTurnAsync(new TurnInput("@history"), Cancellation);
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Equal("1 earlier turns", listener.LastMessage);
        Assert.Equal("two\n", await File.ReadAllTextAsync(Path.Combine(rig.Workspace, "kept.txt"), Cancellation));
    }

    [Fact]
    public async Task Nothing_is_installed_into_the_home_and_a_workspace_cannot_loosen_the_mode()
    {
        await using var rig = await OpenCodeConformanceTests.CreateRigAsync(connection);
        await File.WriteAllTextAsync(
            Path.Combine(rig.Workspace, "opencode.json"),
            """{"permission":{"bash":"allow"},"agent":{"build":{"permission":{"bash":{"*":"allow"}}}}}""", Cancellation);
        var (session, listener) = await rig.OpenAsync(rig.Start(AgentMode.Ask));
        await session.StartTurnAsync(new TurnInput("touch no.txt"), Cancellation);
        var asked = await listener.NextAsync<AgentEvent.RequestOpened>();
        Assert.True(await session.AnswerAsync(asked.Key, new RequestAnswer.Decline(), Cancellation));
        await listener.NextAsync<AgentEvent.TurnEnded>();

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(rig.Home, ".config", "opencode", "node_modules")));
        Assert.False(Directory.Exists(Path.Combine(rig.Home, ".npm")));
        Assert.False(File.Exists(Path.Combine(rig.Workspace, "no.txt")));
    }
}
