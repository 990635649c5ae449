using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Tests.JsonRpc;

public sealed class JsonLineConnectionTests : IAsyncDisposable
{
    private readonly Pipe input = new();
    private readonly Pipe output = new();
    private readonly JsonLineConnection connection;

    public JsonLineConnectionTests() => connection = new JsonLineConnection(
        input.Reader.AsStream(), output.Writer.AsStream(), new JsonRpcOptions { LineBytesMax = 1024 });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    [Fact]
    public async Task Objects_come_in_the_order_they_were_said_and_the_end_after_them()
    {
        await SayAsync("{\"a\":1}\n\n  \r\n{\"b\":[2]}\r\n");
        await input.Writer.CompleteAsync();

        Assert.Equal("""{"a":1}""", (await connection.Incoming.ReadAsync(Cancellation)).GetRawText());
        Assert.Equal("""{"b":[2]}""", (await connection.Incoming.ReadAsync(Cancellation)).GetRawText());
        Assert.IsType<JsonRpcClosed.EndOfStream>(await connection.Closed.WaitAsync(Cancellation));
        Assert.False(await connection.Incoming.WaitToReadAsync(Cancellation));
    }

    [Theory]
    [InlineData("this is not JSON\n", JsonRpcProtocolError.MalformedJson)]
    [InlineData("[]\n", JsonRpcProtocolError.NotAMessage)]
    [InlineData("7\n", JsonRpcProtocolError.NotAMessage)]
    public async Task A_line_that_is_no_object_ends_the_connection_with_its_name(string line, JsonRpcProtocolError expected)
    {
        await SayAsync(line + "{\"never\":\"read\"}\n");

        Assert.Equal(expected, Assert.IsType<JsonRpcClosed.ProtocolError>(await connection.Closed.WaitAsync(Cancellation)).Error);
        Assert.False(await connection.Incoming.WaitToReadAsync(Cancellation));
        await Assert.ThrowsAsync<JsonRpcClosedException>(() => TellAsync(1));
    }

    [Fact]
    public async Task A_line_over_the_limit_and_one_that_is_cut_off_have_names()
    {
        await SayAsync(new string('x', 1025) + "\n");
        Assert.Equal(
            JsonRpcProtocolError.LineTooLong, Assert.IsType<JsonRpcClosed.ProtocolError>(await connection.Closed.WaitAsync(Cancellation)).Error);

        await using var other = new JsonLineConnectionTests();
        await other.SayAsync("{\"a\":");
        await other.input.Writer.CompleteAsync();
        Assert.Equal(
            JsonRpcProtocolError.LineTruncated,
            Assert.IsType<JsonRpcClosed.ProtocolError>(await other.connection.Closed.WaitAsync(Cancellation)).Error);
    }

    [Fact]
    public async Task What_is_said_from_many_threads_is_whole_lines()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(() => TellAsync(n), Cancellation)));
        using var said = new StreamReader(output.Reader.AsStream());

        var lines = new List<string>();
        for (var n = 0; n < 8; n++)
            lines.Add((await said.ReadLineAsync(Cancellation))!);

        Assert.Equal(Enumerable.Range(0, 8).Select(n => $"{{\"n\":{n}}}"), lines.Order(StringComparer.Ordinal));
    }

    private async Task SayAsync(string text) => await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), Cancellation);

    private Task TellAsync(int n) => connection.SendAsync(JsonElement.Parse($"{{\"n\":{n}}}"), TestJson.Default.JsonElement, Cancellation).AsTask();
}
