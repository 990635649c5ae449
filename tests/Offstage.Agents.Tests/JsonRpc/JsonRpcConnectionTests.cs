using System.Text;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Tests.JsonRpc;

public sealed class JsonRpcConnectionTests
{
    private static readonly Dictionary<string, int> One = new() { ["n"] = 1 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, """{"jsonrpc":"2.0","id":1,"method":"add","params":{"n":1}}""")]
    [InlineData(false, """{"id":1,"method":"add","params":{"n":1}}""")]
    public async Task A_request_goes_out_with_or_without_version_and_gets_its_answer(bool version, string wire)
    {
        await using var pair = new JsonRpcPair(new JsonRpcOptions { WritesVersion = version });
        var answer = pair.Connection.RequestAsync("add", One, JsonRpcPair.Numbers, Cancellation);

        Assert.Equal(wire, await pair.HearAsync());
        await pair.SayAsync("{\"id\":1,\"result\":{\"n\":2}}\n");

        Assert.Equal("""{"n":2}""", (await answer).GetRawText());
    }

    [Fact]
    public async Task Answers_find_their_requests_in_any_order()
    {
        await using var pair = new JsonRpcPair();
        var first = pair.Connection.RequestAsync("a", One, JsonRpcPair.Numbers, Cancellation);
        await pair.HearAsync();
        var second = pair.Connection.RequestAsync("b", One, JsonRpcPair.Numbers, Cancellation);
        await pair.HearAsync();

        await pair.SayAsync("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":\"two\"}\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"one\"}\n");

        Assert.Equal("one", (await first).GetString());
        Assert.Equal("two", (await second).GetString());
    }

    [Fact]
    public async Task Answers_to_what_was_posted_come_in_order_with_the_peers_other_messages()
    {
        await using var pair = new JsonRpcPair();
        JsonRpcId? told = null;
        var first = await pair.Connection.PostAsync("a", One, JsonRpcPair.Numbers, id => told = id, Cancellation);
        var second = await pair.Connection.PostAsync("b", One, JsonRpcPair.Numbers, null, Cancellation);
        await pair.HearAsync();
        await pair.HearAsync();
        await pair.SayAsync("{\"method\":\"x\"}\n{\"id\":2,\"result\":7}\n{\"method\":\"y\"}\n{\"id\":1,\"error\":{\"code\":-1,\"message\":\"no\"}}\n{\"id\":1,\"result\":8}\n");

        Assert.Equal(first, told);
        Assert.Equal("x", (await pair.NextAsync<JsonRpcMessage.Notification>()).Method);
        var result = await pair.NextAsync<JsonRpcMessage.Answer>();
        Assert.Equal((second, "b", "7"), (result.Id, result.Method, result.Result.GetRawText()));
        Assert.Equal("y", (await pair.NextAsync<JsonRpcMessage.Notification>()).Method);
        var refusal = await pair.NextAsync<JsonRpcMessage.Answer>();
        Assert.Equal((first, "a", "no"), (refusal.Id, refusal.Method, refusal.Error?.Message));
    }

    [Fact]
    public async Task An_error_answer_carries_code_message_and_data()
    {
        await using var pair = new JsonRpcPair();
        var answer = pair.Connection.RequestAsync("a", One, JsonRpcPair.Numbers, Cancellation);
        await pair.HearAsync();
        await pair.SayAsync("{\"id\":1,\"error\":{\"code\":-32600,\"message\":\"no\",\"data\":{\"why\":1}}}\n");

        var refusal = await Assert.ThrowsAsync<JsonRpcErrorException>(() => answer);

        Assert.Equal((-32600, "no", """{"why":1}"""), (refusal.Error.Code, refusal.Error.Message, refusal.Error.Data.GetRawText()));
    }

    [Fact]
    public async Task Notifications_and_requests_come_in_the_order_they_were_said()
    {
        await using var pair = new JsonRpcPair();
        await pair.SayAsync("{\"method\":\"a\"}\n\n  \r\n{\"id\":\"x\",\"method\":\"b\",\"params\":[1]}\r\n{\"method\":\"c\",\"params\":{}}\n");

        Assert.Equal("a", (await pair.NextAsync<JsonRpcMessage.Notification>()).Method);
        var request = await pair.NextAsync<JsonRpcMessage.Request>();
        Assert.Equal((new JsonRpcId("x"), "b", "[1]"), (request.Id, request.Method, request.Params.GetRawText()));
        Assert.Equal("c", (await pair.NextAsync<JsonRpcMessage.Notification>()).Method);
    }

    [Fact]
    public async Task A_request_of_the_peer_is_answered_once_and_later()
    {
        await using var pair = new JsonRpcPair();
        await pair.SayAsync("{\"id\":0,\"method\":\"ask\"}\n{\"method\":\"after\"}\n");
        var request = await pair.NextAsync<JsonRpcMessage.Request>();
        await pair.NextAsync<JsonRpcMessage.Notification>();

        Assert.True(await pair.Connection.RespondAsync(request.Id, One, JsonRpcPair.Numbers, Cancellation));
        Assert.False(await pair.Connection.RespondAsync(request.Id, One, JsonRpcPair.Numbers, Cancellation));
        Assert.False(await pair.Connection.RespondErrorAsync(new JsonRpcId("0"), -1, "a string is another id", Cancellation));

        Assert.Equal("""{"jsonrpc":"2.0","id":0,"result":{"n":1}}""", await pair.HearAsync());
    }

    [Fact]
    public async Task A_request_of_the_peer_can_be_refused()
    {
        await using var pair = new JsonRpcPair();
        await pair.SayAsync("{\"id\":\"q\",\"method\":\"ask\"}\n");
        var request = await pair.NextAsync<JsonRpcMessage.Request>();

        await pair.Connection.RespondErrorAsync(request.Id, JsonRpcError.MethodNotFound, "unknown", Cancellation);

        Assert.Equal("""{"jsonrpc":"2.0","id":"q","error":{"code":-32601,"message":"unknown"}}""", await pair.HearAsync());
    }

    [Theory]
    [InlineData("this is not JSON\n", JsonRpcProtocolError.MalformedJson)]
    [InlineData("{\"method\":\"a\"\n", JsonRpcProtocolError.MalformedJson)]
    [InlineData("[]\n", JsonRpcProtocolError.NotAMessage)]
    [InlineData("{}\n", JsonRpcProtocolError.NotAMessage)]
    [InlineData("{\"method\":7}\n", JsonRpcProtocolError.NotAMessage)]
    [InlineData("{\"id\":1.5,\"method\":\"a\"}\n", JsonRpcProtocolError.NotAMessage)]
    [InlineData("{\"id\":1,\"error\":\"text\"}\n", JsonRpcProtocolError.NotAMessage)]
    public async Task A_line_that_is_no_message_ends_the_connection_with_its_name(string line, JsonRpcProtocolError expected)
    {
        await using var pair = new JsonRpcPair();
        var waiting = pair.Connection.RequestAsync("a", One, JsonRpcPair.Numbers, Cancellation);
        await pair.HearAsync();

        await pair.SayAsync(line + "{\"method\":\"never read\"}\n");

        Assert.Equal(expected, Assert.IsType<JsonRpcClosed.ProtocolError>(await pair.ClosedAsync()).Error);
        await Assert.ThrowsAsync<JsonRpcClosedException>(() => waiting);
        Assert.False(await pair.Connection.Incoming.WaitToReadAsync(Cancellation));
        await Assert.ThrowsAsync<JsonRpcClosedException>(() => pair.Connection.NotifyAsync("a", Cancellation).AsTask());
    }

    [Fact]
    public async Task A_stream_that_ends_in_a_line_is_truncated_and_after_one_is_ended()
    {
        await using var truncated = new JsonRpcPair();
        await truncated.SayAsync("{\"method\":\"a\"}\n{\"meth");
        await truncated.Input.CompleteAsync();
        Assert.Equal(
            JsonRpcProtocolError.LineTruncated, Assert.IsType<JsonRpcClosed.ProtocolError>(await truncated.ClosedAsync()).Error);
        Assert.Equal("a", (await truncated.NextAsync<JsonRpcMessage.Notification>()).Method);

        await using var ended = new JsonRpcPair();
        await ended.SayAsync("{\"method\":\"a\"}\n");
        await ended.Input.CompleteAsync();
        Assert.IsType<JsonRpcClosed.EndOfStream>(await ended.ClosedAsync());
    }

    [Theory]
    [InlineData(1024, false)]
    [InlineData(1025, true)]
    public async Task A_line_may_be_as_long_as_the_limit_and_no_longer(int bytes, bool tooLong)
    {
        await using var pair = new JsonRpcPair(new JsonRpcOptions { LineBytesMax = 1024 });
        const string head = "{\"method\":\"";
        await pair.SayAsync(head + new string('x', bytes - head.Length - 2) + "\"}\n");

        if (tooLong)
            Assert.Equal(JsonRpcProtocolError.LineTooLong, Assert.IsType<JsonRpcClosed.ProtocolError>(await pair.ClosedAsync()).Error);
        else
            await pair.NextAsync<JsonRpcMessage.Notification>();
    }

    [Fact]
    public async Task A_line_without_end_is_cut_off_at_the_limit()
    {
        await using var pair = new JsonRpcPair();
        var piece = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
        var writing = Task.Run(
            async () =>
            {
                while (!pair.Connection.Closed.IsCompleted)
                    await pair.Input.WriteAsync(piece, Cancellation);
            },
            Cancellation);

        Assert.Equal(JsonRpcProtocolError.LineTooLong, Assert.IsType<JsonRpcClosed.ProtocolError>(await pair.ClosedAsync()).Error);
        pair.Input.CancelPendingFlush();
        await writing;
    }

    [Fact]
    public async Task A_peer_is_held_back_when_nobody_reads_it()
    {
        await using var pair = new JsonRpcPair(new JsonRpcOptions { IncomingMax = 4 });
        var line = Encoding.ASCII.GetBytes($"{{\"method\":\"{new string('m', 1000)}\"}}\n");
        var flushed = 0;
        ValueTask<System.IO.Pipelines.FlushResult> flush = default;
        for (; flushed < 1000; flushed++)
        {
            flush = pair.Input.WriteAsync(line, Cancellation);
            if (!flush.IsCompleted)
                break;
            await flush;
        }

        Assert.InRange(flushed, 4, 400);
        for (var read = 0; read <= flushed; read++)
            await pair.NextAsync<JsonRpcMessage.Notification>();
        await flush;
    }

    [Fact]
    public async Task A_writer_waits_for_a_peer_that_does_not_read_and_can_be_cancelled()
    {
        await using var pair = new JsonRpcPair(new JsonRpcOptions { OutgoingBytesMax = 4096 });
        using var cancel = new CancellationTokenSource();
        var sent = 0;
        Task blocked;
        do
        {
            blocked = pair.Connection.NotifyAsync("n", One, JsonRpcPair.Numbers, false, cancel.Token).AsTask();
            sent++;
            await Task.WhenAny(blocked, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancellation));
        }
        while (blocked.IsCompleted);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked);

        // What was cancelled while it waited for room is said whole all the same: never half a line.
        for (var heard = 0; heard < sent; heard++)
            Assert.Equal("""{"jsonrpc":"2.0","method":"n","params":{"n":1}}""", await pair.HearAsync());
    }

    [Fact]
    public async Task A_cancelled_request_ignores_its_late_answer()
    {
        await using var pair = new JsonRpcPair();
        using var cancel = new CancellationTokenSource();
        var asked = pair.Connection.RequestAsync("slow", One, JsonRpcPair.Numbers, cancel.Token);
        await pair.HearAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        await pair.SayAsync("{\"id\":1,\"result\":{}}\n{\"id\":99,\"result\":{}}\n{\"method\":\"goes on\"}\n");

        Assert.Equal("goes on", (await pair.NextAsync<JsonRpcMessage.Notification>()).Method);
    }

    [Fact]
    public async Task A_burst_waits_for_its_last_message()
    {
        await using var pair = new JsonRpcPair();
        await pair.Connection.NotifyAsync("first", One, JsonRpcPair.Numbers, moreFollows: true, Cancellation);
        var heard = pair.HearAsync();
        Assert.False(heard.IsCompleted);

        await pair.Connection.NotifyAsync("last", Cancellation);

        Assert.Equal("""{"jsonrpc":"2.0","method":"first","params":{"n":1}}""", await heard);
        Assert.Equal("""{"jsonrpc":"2.0","method":"last"}""", await pair.HearAsync());
    }

    [Fact]
    public async Task Many_writers_never_mix_their_lines()
    {
        await using var pair = new JsonRpcPair();
        var writers = Enumerable.Range(0, 8).Select(writer => Task.Run(
            async () =>
            {
                for (var n = 0; n < 200; n++)
                    await pair.Connection.NotifyAsync($"w{writer}", One, JsonRpcPair.Numbers, n % 3 != 0 && n < 199, Cancellation);
            },
            Cancellation)).ToArray();

        var heard = new List<string>();
        for (var n = 0; n < 1600; n++)
            heard.Add(await pair.HearAsync());

        await Task.WhenAll(writers);
        Assert.Equal(8, heard.Distinct().Count());
        Assert.All(heard.GroupBy(line => line), lines => Assert.Equal(200, lines.Count()));
    }

    [Fact]
    public async Task Disposal_ends_what_waits()
    {
        var pair = new JsonRpcPair();
        var waiting = pair.Connection.RequestAsync("a", One, JsonRpcPair.Numbers, Cancellation);
        await pair.HearAsync();

        await pair.Connection.DisposeAsync();
        await pair.Connection.DisposeAsync();

        Assert.IsType<JsonRpcClosed.Disposed>((await Assert.ThrowsAsync<JsonRpcClosedException>(() => waiting)).Reason);
        Assert.IsType<JsonRpcClosed.Disposed>(await pair.ClosedAsync());
    }
}
