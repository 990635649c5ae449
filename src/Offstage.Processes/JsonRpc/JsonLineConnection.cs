using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Offstage.Processes.JsonRpc;

/// <summary>
/// JSON objects, one per line, over two streams: for peers that speak JSON lines and not JSON-RPC. With the bounds, the
/// back-pressure and the named ends of <see cref="JsonRpcConnection"/>.
/// </summary>
/// <remarks>All members may be called from any thread; <see cref="Incoming"/> has one reader. The streams belong to the caller.</remarks>
public sealed class JsonLineConnection : ILineConnection<JsonElement>
{
    private readonly LineReader reader;
    private readonly LineWriter writer;
    private readonly WeighedChannel<JsonElement> incoming;
    private readonly TaskCompletionSource<JsonRpcClosed> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;
    private int disposed;

    public JsonLineConnection(Stream input, Stream output, JsonRpcOptions? options = null)
    {
        var bounds = options ?? new JsonRpcOptions();
        incoming = new WeighedChannel<JsonElement>(bounds.IncomingMax, bounds.IncomingBytesMax);
        reader = new LineReader(input, bounds.LineBytesMax);
        writer = new LineWriter(output, bounds.OutgoingBytesMax);
        reading = Task.Run(ReadAsync);
    }

    public ChannelReader<JsonElement> Incoming => incoming.Reader;

    public Task<JsonRpcClosed> Closed => closed.Task;

    /// <summary>Says one object. Returns when it is accepted, which waits while too much lies before a slow peer.</summary>
    /// <exception cref="JsonRpcClosedException">The connection has ended.</exception>
    public async ValueTask SendAsync<T>(T message, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (closed.Task.IsCompleted)
            throw new JsonRpcClosedException(await closed.Task);
        try
        {
            await writer.WriteAsync(
                (message, type),
                static (buffer, state) =>
                {
                    using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
                    JsonSerializer.Serialize(json, state.message, state.type);
                },
                moreFollows: false,
                cancellationToken);
        }
        catch (InvalidOperationException) when (closed.Task.IsCompleted)
        {
            throw new JsonRpcClosedException(await closed.Task);
        }
    }

    public Task CompleteAsync(CancellationToken cancellationToken) => writer.CompleteAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        End(new JsonRpcClosed.Disposed());
        await stop.CancelAsync();
        await writer.DisposeAsync();
        await reading;
        stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await reader.ReadAsync(stop.Token) is { } line)
            {
                // The line's memory is the reader's again once the next is read.
                long bytes = line.Length;
                if (Parse(line, out var message) is { } error)
                {
                    End(error);
                    return;
                }

                await incoming.WriteAsync(message, bytes, stop.Token);
            }

            End(reader.Error ?? (JsonRpcClosed)new JsonRpcClosed.EndOfStream());
        }
        catch (OperationCanceledException)
        {
            End(new JsonRpcClosed.Disposed());
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
        {
            End(new JsonRpcClosed.StreamFailed($"reading failed: {failure.Message}"));
        }
    }

    private static JsonRpcClosed.ProtocolError? Parse(ReadOnlySequence<byte> line, out JsonElement message)
    {
        message = default;
        try
        {
            message = LineParser.Parse(line);
        }
        catch (JsonException)
        {
            return new JsonRpcClosed.ProtocolError(
                JsonRpcProtocolError.MalformedJson, $"a line of {line.Length} bytes is not JSON");
        }

        return message.ValueKind == JsonValueKind.Object
            ? null
            : new JsonRpcClosed.ProtocolError(
                JsonRpcProtocolError.NotAMessage, $"a line holds a JSON {message.ValueKind} instead of an object");
    }

    private void End(JsonRpcClosed reason)
    {
        if (closed.TrySetResult(reason))
            incoming.TryComplete();
    }
}
