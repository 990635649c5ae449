using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;

namespace Offstage.Processes.JsonRpc;

/// <summary>
/// JSON-RPC 2.0 over two streams, one message per line: requests both ways, each answered by its id, and notifications.
/// </summary>
/// <remarks>
/// <para>All members may be called from any thread; <see cref="Incoming"/> has one reader. It is bounded: when its
/// reader falls behind, nothing more is read from the stream, answers to our own requests included. So whoever reads
/// <see cref="Incoming"/> must not wait for an answer in between.</para>
/// <para>A peer that breaks the protocol ends the connection with a named reason, and nothing else.</para>
/// <para>The streams belong to the caller. Disposal cancels reads and writes under way; a stream that ignores
/// cancellation (a pipe to a child process) must first be ended from the other side.</para>
/// </remarks>
public sealed class JsonRpcConnection : ILineConnection<JsonRpcMessage>
{
    private readonly JsonRpcOptions options;
    private readonly LineReader reader;
    private readonly LineWriter writer;
    private readonly WeighedChannel<JsonRpcMessage> incoming;
    private readonly ConcurrentDictionary<JsonRpcId, PendingRequest> pending = new();
    private readonly ConcurrentDictionary<JsonRpcId, byte> unanswered = new();
    private readonly TaskCompletionSource<JsonRpcClosed> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private readonly Task reading;
    private JsonRpcMessage? parsed;
    private long lastId;
    private int disposed;

    public JsonRpcConnection(Stream input, Stream output, JsonRpcOptions? options = null)
    {
        this.options = options ?? new JsonRpcOptions();
        incoming = new WeighedChannel<JsonRpcMessage>(this.options.IncomingMax, this.options.IncomingBytesMax);
        reader = new LineReader(input, this.options.LineBytesMax);
        writer = new LineWriter(output, this.options.OutgoingBytesMax);
        reading = Task.Run(ReadAsync);
        _ = writer.Broken.ContinueWith(
            (broken, state) => ((JsonRpcConnection)state!).OnBroken(broken.Result),
            this, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>The peer's notifications and requests in the order it spoke. Completes when the connection ends.</summary>
    public ChannelReader<JsonRpcMessage> Incoming => incoming.Reader;

    /// <summary>Completes with the reason when the connection has ended. Never faults.</summary>
    public Task<JsonRpcClosed> Closed => closed.Task;

    /// <summary>Asks, and waits for the answer.</summary>
    /// <returns>The result, which owns its memory; of kind <see cref="JsonValueKind.Null"/> when there is none.</returns>
    /// <exception cref="JsonRpcErrorException">The peer answered with an error.</exception>
    /// <exception cref="JsonRpcClosedException">The connection ended first.</exception>
    /// <remarks>Cancelling stops the waiting only: the peer may have acted, and its late answer is ignored.</remarks>
    public async Task<JsonElement> RequestAsync<T>(
        string method, T parameters, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var id = new JsonRpcId(Interlocked.Increment(ref lastId));
        var request = new PendingRequest(method);
        pending[id] = request;
        try
        {
            if (closed.Task.IsCompleted)
                throw new JsonRpcClosedException(await closed.Task);
            await SendAsync(new Call<T>(id, method, parameters, type), false, cancellationToken);
            return await request.Result.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            pending.TryRemove(id, out _);
        }
    }

    /// <summary>Asks. The answer comes as <see cref="JsonRpcMessage.Answer"/> in <see cref="Incoming"/>, so that what the peer said
    /// before it is read before it. There is none when the connection ends first.</summary>
    /// <param name="sending">Is told the id before anything is sent, and so before its answer can come.</param>
    /// <exception cref="JsonRpcClosedException">The connection has ended.</exception>
    public async Task<JsonRpcId> PostAsync<T>(
        string method, T parameters, JsonTypeInfo<T> type, Action<JsonRpcId>? sending, CancellationToken cancellationToken)
    {
        var id = new JsonRpcId(Interlocked.Increment(ref lastId));
        pending[id] = new PendingRequest(method, AnswersInOrder: true);
        try
        {
            sending?.Invoke(id);
            await SendAsync(new Call<T>(id, method, parameters, type), false, cancellationToken);
            return id;
        }
        catch
        {
            pending.TryRemove(id, out _);
            throw;
        }
    }

    /// <summary>Tells, without an answer.</summary>
    /// <param name="moreFollows">Another message follows at once. A burst sent so is written in one go; it ends with
    /// a message that leaves this false, or with <see cref="FlushAsync"/>.</param>
    /// <exception cref="JsonRpcClosedException">The connection has ended.</exception>
    public ValueTask NotifyAsync<T>(
        string method, T parameters, JsonTypeInfo<T> type, bool moreFollows, CancellationToken cancellationToken) =>
        SendAsync(new Call<T>(null, method, parameters, type), moreFollows, cancellationToken);

    /// <inheritdoc cref="NotifyAsync{T}(string, T, JsonTypeInfo{T}, bool, CancellationToken)"/>
    public ValueTask NotifyAsync(string method, CancellationToken cancellationToken) =>
        SendAsync(new Call<object?>(null, method, null, null), false, cancellationToken);

    /// <summary>Answers a request of the peer.</summary>
    /// <returns>False when it was answered before or never asked.</returns>
    /// <exception cref="JsonRpcClosedException">The connection has ended.</exception>
    public async ValueTask<bool> RespondAsync<T>(
        JsonRpcId id, T result, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (!unanswered.TryRemove(id, out _))
            return false;
        await SendAsync(new Answer<T>(id, result, type), false, cancellationToken);
        return true;
    }

    /// <summary>Answers a request of the peer with an error.</summary>
    /// <inheritdoc cref="RespondAsync"/>
    public async ValueTask<bool> RespondErrorAsync(JsonRpcId id, int code, string message, CancellationToken cancellationToken)
    {
        if (!unanswered.TryRemove(id, out _))
            return false;
        await SendAsync(new Refusal(id, code, message), false, cancellationToken);
        return true;
    }

    /// <summary>Writes a line as it is, in order with the messages. For a peer that must be able to misbehave.</summary>
    public ValueTask SendLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
        writer.WriteAsync(line, static (buffer, bytes) => buffer.Write(bytes.Span), false, cancellationToken);

    /// <summary>Sends what waits for a message to follow.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken) => writer.FlushAsync(cancellationToken);

    /// <summary>Waits until everything sent is with the stream; nothing can be sent afterwards.</summary>
    public Task CompleteAsync(CancellationToken cancellationToken) => writer.CompleteAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        End(new JsonRpcClosed.Disposed());
        await stop.CancelAsync();
        await writer.DisposeAsync();
        await reading;
    }

    private async ValueTask SendAsync<TMessage>(TMessage message, bool moreFollows, CancellationToken cancellationToken)
        where TMessage : IOutgoing
    {
        if (closed.Task.IsCompleted)
            throw new JsonRpcClosedException(await closed.Task);
        try
        {
            await writer.WriteAsync(
                (message, options.WritesVersion),
                static (buffer, state) =>
                {
                    using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
                    json.WriteStartObject();
                    if (state.WritesVersion)
                        json.WriteString("jsonrpc"u8, "2.0"u8);
                    state.message.WriteTo(json);
                    json.WriteEndObject();
                },
                moreFollows,
                cancellationToken);
        }
        catch (InvalidOperationException) when (closed.Task.IsCompleted)
        {
            throw new JsonRpcClosedException(await closed.Task);
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            while (await reader.ReadAsync(stop.Token) is { } line)
            {
                long bytes = line.Length;
                if (Parse(line) is { } error)
                {
                    End(error);
                    return;
                }

                if (parsed is { } message)
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

    /// <summary>Takes one line apart: an answer goes to its asker, anything else into <see cref="parsed"/>.</summary>
    private JsonRpcClosed.ProtocolError? Parse(ReadOnlySequence<byte> line)
    {
        parsed = null;
        JsonElement root;
        try
        {
            root = LineParser.Parse(line);
        }
        catch (JsonException)
        {
            return new JsonRpcClosed.ProtocolError(
                JsonRpcProtocolError.MalformedJson, $"a line of {line.Length} bytes is not JSON");
        }

        if (root.ValueKind != JsonValueKind.Object)
            return NotAMessage($"a line holds a JSON {root.ValueKind} instead of an object");

        var hasId = root.TryGetProperty("id"u8, out var idElement) && idElement.ValueKind != JsonValueKind.Null;
        var id = hasId ? JsonRpcId.Find(idElement) : null;
        if (hasId && id is null)
            return NotAMessage("a message has an id that is neither a whole number nor a string");

        if (root.TryGetProperty("method"u8, out var method))
        {
            if (method.ValueKind != JsonValueKind.String)
                return NotAMessage("a message has a method that is not a string");
            root.TryGetProperty("params"u8, out var parameters);
            if (id is { } asked)
            {
                unanswered[asked] = 0;
                parsed = new JsonRpcMessage.Request(asked, method.GetString()!, parameters);
            }
            else
            {
                parsed = new JsonRpcMessage.Notification(method.GetString()!, parameters);
            }

            return null;
        }

        if (root.TryGetProperty("error"u8, out var error) && error.ValueKind != JsonValueKind.Null)
            return id is { } refused ? Refuse(refused, error) : null;
        if (root.TryGetProperty("result"u8, out var result))
        {
            // An answer that nobody waits for any more: its request was cancelled.
            if (id is { } answered && pending.TryRemove(answered, out var request))
            {
                if (request.AnswersInOrder)
                    parsed = new JsonRpcMessage.Answer(answered, request.Method, result, null);
                else
                    request.Result.TrySetResult(result);
            }

            return null;
        }

        return NotAMessage("a message has neither method, result nor error");
    }

    private JsonRpcClosed.ProtocolError? Refuse(JsonRpcId id, JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object
            || !error.TryGetProperty("code"u8, out var code) || !code.TryGetInt32(out var number))
            return NotAMessage("an answer has an error without a code");
        var text = error.TryGetProperty("message"u8, out var message) ? message.ToString() : "";
        error.TryGetProperty("data"u8, out var data);
        if (!pending.TryRemove(id, out var request))
            return null;
        var refusal = new JsonRpcError(number, text, data);
        if (request.AnswersInOrder)
            parsed = new JsonRpcMessage.Answer(id, request.Method, default, refusal);
        else
            request.Result.TrySetException(new JsonRpcErrorException(request.Method, refusal));
        return null;
    }

    private static JsonRpcClosed.ProtocolError NotAMessage(string reason) => new(JsonRpcProtocolError.NotAMessage, reason);

    private void OnBroken(string? reason)
    {
        // The peer's last words may still lie in its output, and its end says more than our broken pipe does.
        // So only the requests that now get no answer fail here; reading goes on to the end of the stream.
        if (reason is null)
            return;
        FailPending(new JsonRpcClosed.StreamFailed(reason));
    }

    private void End(JsonRpcClosed reason)
    {
        if (!closed.TrySetResult(reason))
            return;
        incoming.TryComplete();
        FailPending(reason);
    }

    private void FailPending(JsonRpcClosed reason)
    {
        foreach (var id in pending.Keys)
        {
            if (pending.TryRemove(id, out var request) && !request.AnswersInOrder)
                request.Result.TrySetException(new JsonRpcClosedException(reason));
        }
    }
}
