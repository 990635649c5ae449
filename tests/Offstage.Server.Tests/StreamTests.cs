using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Offstage.Server.Tests;

/// <summary>What subscribers see (S7).</summary>
public sealed class StreamTests
{
    private const int Cuts = 1000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_subscriber_that_is_cut_off_a_thousand_times_has_every_event_once_in_order_S7()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        int seed = Environment.TickCount;
        var random = new Random(seed);
        string session = await server.CreateAsync("@items 200\n@sleep 0.3\n@items 200");
        for (int i = 0; i < 8; i++)
            await server.PromptAsync(session, "@items 150\n@sleep 0.2\n@items 150");

        var seen = new List<long>();
        bool ended = false;
        for (int cut = 0; cut < Cuts || !ended; cut++)
        {
            int take = cut < Cuts ? random.Next(0, 8) : int.MaxValue;
            int turns = 0;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            await foreach (var e in server.FollowAsync(session, seen.Count == 0 ? 0 : seen[^1], over.Token))
            {
                if (take-- <= 0)
                    break;
                seen.Add((long)e["sequence"]!);
                turns += (string?)e["kind"] == "turn.ended" ? 1 : 0;
                if (cut >= Cuts && (string?)e["kind"] is "turn.ended" && (await server.SessionAsync(session))["turn"] is null)
                {
                    ended = true;
                    break;
                }
            }
        }

        Assert.True(seen.SequenceEqual(Enumerable.Range(1, seen.Count).Select(i => (long)i)), $"S7, seed {seed}: a gap, a duplicate or the wrong order");
        Assert.True(seen.Count > 2000, $"only {seen.Count} events");
    }

    [Fact]
    public async Task A_socket_that_comes_back_after_its_last_event_has_every_event_once_in_order_S7()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        const int Turns = 4;
        int seed = Environment.TickCount;
        var random = new Random(seed);
        string session = await server.CreateAsync("@items 100\n@delta 100\n@sleep 0.2\n@items 100");
        for (int i = 1; i < Turns; i++)
            await server.PromptAsync(session, "@items 100\n@delta 100\n@items 100");

        var seen = new List<long>();
        for (int ended = 0; ended < Turns;)
        {
            int take = seen.Count < 1500 ? random.Next(0, 8) : int.MaxValue;
            using var socket = await ConnectAsync(server, session, seen.Count == 0 ? 0 : seen[^1]);
            Assert.Equal("snapshot", (string?)(await ReceiveAsync(socket))["kind"]);
            while (take-- > 0 && ended < Turns)
            {
                var e = await ReceiveAsync(socket);
                if ((bool?)e["live"] == true)
                    continue;
                seen.Add((long)e["sequence"]!);
                ended += (string?)e["kind"] is "turn.ended" ? 1 : 0;
            }
        }

        Assert.True(seen.SequenceEqual(Enumerable.Range(1, seen.Count).Select(i => (long)i)), $"S7, seed {seed}: a gap, a duplicate or the wrong order");
    }

    [Theory]
    [InlineData("after=-1", "invalid_cursor")]
    [InlineData("after=1&after=2", "invalid_cursor")]
    [InlineData("after=9999", "cursor_ahead")]
    public async Task A_socket_with_a_cursor_that_does_not_fit_is_refused(string query, string code)
    {
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{session}/stream?{query}");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new System.Net.Http.Headers.ProductHeaderValue("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==");
        using var answer = await server.Http.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(code, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["code"]);
    }

    [Fact]
    public async Task A_socket_gives_a_snapshot_then_events_and_live_text_and_takes_commands()
    {
        Needs.Bubblewrap();
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(null);
        using var socket = await ConnectAsync(server, session);
        var snapshot = await ReceiveAsync(socket);
        Assert.Equal(("snapshot", "created"), ((string?)snapshot["kind"], (string?)snapshot["session"]!["status"]));

        await SendAsync(socket, """{"id":"1","command":"prompt","text":"@delta 30\n@ask Go on?"}""");
        var reply = await ReceiveUntilAsync(socket, m => (string?)m["kind"] == "reply");
        Assert.True((bool?)reply["ok"], reply.ToJsonString());
        var live = await ReceiveUntilAsync(socket, m => (string?)m["kind"] is "item.delta" or "request.opened");
        if ((string?)live["kind"] == "item.delta")
        {
            Assert.True((bool?)live["live"]);
            Assert.Null(live["sequence"]);
            live = await ReceiveUntilAsync(socket, m => (string?)m["kind"] == "request.opened");
        }

        string request = (string)live["data"]!["request"]!;
        string question = (string)live["data"]!["body"]!["items"]![0]!["id"]!;
        var answer = new JsonObject
        {
            ["id"] = "2",
            ["command"] = "answer",
            ["requestId"] = request,
            ["answer"] = new JsonObject { ["type"] = "answers", ["byQuestion"] = new JsonObject { [question] = new JsonArray("yes") } },
        };
        await SendAsync(socket, answer.ToJsonString());
        var ended = await ReceiveUntilAsync(socket, m => (string?)m["kind"] == "turn.ended");
        Assert.Equal("completed", (string?)ended["data"]!["outcome"]!["type"]);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"id":"1"}""")]
    [InlineData("""{"id":"","command":"ping"}""")]
    [InlineData("""{"id":"1","command":"dance"}""")]
    [InlineData("""{"id":"1","command":"prompt","text":""}""")]
    [InlineData("""{"id":"1","command":"answer","requestId":"x","answer":{"type":"approve"}}""")]
    [InlineData("""{"id":"1","command":"ping","extra":1}""")]
    public async Task A_message_that_does_not_fit_gets_a_problem_and_the_socket_lives_on(string message)
    {
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(null);
        using var socket = await ConnectAsync(server, session);
        await ReceiveAsync(socket);
        await SendAsync(socket, message);
        var reply = await ReceiveAsync(socket);
        Assert.False((bool?)reply["ok"]);
        Assert.NotNull((string?)reply["problem"]!["code"]);
        await SendAsync(socket, """{"id":"2","command":"ping"}""");
        Assert.True((bool?)(await ReceiveAsync(socket))["ok"]);
    }

    [Fact]
    public async Task A_stream_ends_when_its_session_is_deleted()
    {
        await using var server = await TestServer.StartAsync();
        string session = await server.CreateAsync(null);
        using var socket = await ConnectAsync(server, session);
        await ReceiveAsync(socket);
        using var gone = await server.Http.DeleteAsync($"/v1/sessions/{session}", Stop);
        Assert.Equal("session.deleted", (string?)(await ReceiveAsync(socket))["kind"]);
        var close = await socket.ReceiveAsync(new byte[10], Stop);
        Assert.Equal(WebSocketMessageType.Close, close.MessageType);
    }

    private static async Task<ClientWebSocket> ConnectAsync(TestServer server, string session, long? after = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {server.Server.Token}");
        await socket.ConnectAsync(new Uri($"ws://{server.Server.Url.Authority}/v1/sessions/{session}/stream{(after is null ? "" : $"?after={after}")}"), Stop);
        return socket;
    }

    private static ValueTask SendAsync(ClientWebSocket socket, string text)
        => socket.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, true, Stop);

    private static async Task<JsonObject> ReceiveAsync(ClientWebSocket socket)
    {
        using var all = new MemoryStream();
        byte[] buffer = new byte[8192];
        WebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer, Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop);
            all.Write(buffer, 0, received.Count);
        }
        while (!received.EndOfMessage);
        return JsonNode.Parse(Encoding.UTF8.GetString(all.ToArray()))!.AsObject();
    }

    private static async Task<JsonObject> ReceiveUntilAsync(ClientWebSocket socket, Func<JsonObject, bool> wanted)
    {
        while (true)
        {
            var message = await ReceiveAsync(socket);
            if (wanted(message))
                return message;
        }
    }
}
