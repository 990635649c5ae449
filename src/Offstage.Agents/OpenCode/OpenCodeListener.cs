using System.Buffers;
using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.OpenCode;

/// <summary>
/// Reads the server's events as long as its process lives, and posts what they ask for. A stream that breaks is opened again, and what
/// was missed is read from the server's state.
/// </summary>
internal sealed class OpenCodeListener(
    OpenCodeApi api, OpenCodeTranslator translator, AgentEventStream events, Task exited, string conversation, TimeProvider timeProvider)
{
    /// <summary>Times in a row that the stream may break without a word in between.</summary>
    private const int LossesMax = 5;

    /// <summary>How many of the last messages are read again.</summary>
    private const int MessagesMax = 200;

    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromMilliseconds(300);

    /// <summary>The server sends a heartbeat each 10 s.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(60);

    private int losses;

    /// <returns>What could not be understood; null when the process or the reader has gone.</returns>
    public async Task<string?> RunAsync(Stream first)
    {
        var stream = first;
        while (true)
        {
            await using (stream)
            {
                if (await ReadAsync(stream) is { } error)
                    return error;
            }

            await Task.WhenAny(exited, Task.Delay(ReconnectDelay, timeProvider, CancellationToken.None));
            if (exited.IsCompleted || events.Closing.IsCancellationRequested)
                return null;
            if (++losses > LossesMax)
                return $"EventsLost: the stream of events broke {LossesMax} times";
            translator.OnGap();
            try
            {
                stream = await api.OpenEventsAsync(events.Closing);
                var state = await ReadStateAsync();
                if (await ReactAsync(translator.Recover(state, timeProvider.GetUtcNow())) is { } failed)
                    return failed;
            }
            catch (HttpRequestException)
            {
                await stream.DisposeAsync();
                stream = Stream.Null;
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    /// <returns>Null when the stream has ended.</returns>
    private async Task<string?> ReadAsync(Stream stream)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(events.Closing);
        var lines = new LineReader(stream, OpenCodeApi.BytesMax);
        try
        {
            while (await WaitAsync(lines, stop) is { } line)
            {
                if (DataOf(line) is not { } data)
                    continue;
                JsonElement message;
                try
                {
                    message = Parse(data);
                }
                catch (JsonException)
                {
                    return $"{JsonRpcProtocolError.MalformedJson}: an event is not JSON";
                }

                if (await ReactAsync(translator.Receive(message, timeProvider.GetUtcNow())) is { } failed)
                    return failed;
                if (message.FindText("type") is not ("server.connected" or "server.heartbeat"))
                    losses = 0;
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or HttpRequestException)
        {
            // Broken, silent for too long, or nobody listens any more: what follows is the caller's to find out.
            return null;
        }

        // A stream that ends within a line is broken as any other; only what cannot be a line is an error.
        return lines.Error is { Error: not JsonRpcProtocolError.LineTruncated } error ? $"{error.Error}: {error.Reason}" : null;
    }

    /// <summary>Waits for the next line, for the translator's deadline, or until the silence is too long.</summary>
    private async Task<ReadOnlySequence<byte>?> WaitAsync(LineReader lines, CancellationTokenSource stop)
    {
        var next = lines.ReadAsync(stop.Token).AsTask();
        var silentAt = timeProvider.GetUtcNow() + SilenceMax;
        while (!next.IsCompleted)
        {
            var now = timeProvider.GetUtcNow();
            if (now >= silentAt)
            {
                await stop.CancelAsync();
                break;
            }

            var until = translator.GraceEndsAt is { } graceEndsAt && graceEndsAt < silentAt ? graceEndsAt : silentAt;
            if (until <= now)
            {
                await EndGraceAsync();
                continue;
            }

            using var enough = new CancellationTokenSource();
            await Task.WhenAny(next, Task.Delay(until - now, timeProvider, enough.Token));
            await enough.CancelAsync();
        }

        return await next;
    }

    private async Task EndGraceAsync()
    {
        // It may have gone on without our having seen it; only a server that rests has ended the turn.
        bool works = false;
        try
        {
            works = await IsBusyAsync();
        }
        catch (HttpRequestException)
        {
            // A server that does not answer has ended too.
        }

        if (works)
            translator.Continue();
        if (translator.GraceEndsAt is not null)
            await events.EmitAllAsync(translator.EndGrace());
    }

    private async Task<bool> IsBusyAsync() => (await ReadStatusAsync()).FindText("type") is not (null or "idle");

    private async Task<JsonElement> ReadStatusAsync()
        => (await ReadJsonAsync("/session/status")).Find(conversation) ?? JsonElement.Parse("""{"type":"idle"}""");

    private async Task<OpenCodeState> ReadStateAsync()
    {
        // Their sub-agents may be new: first the messages, which name them.
        var session = await ReadJsonAsync($"/session/{conversation}");
        var messages = await ReadListAsync($"/session/{conversation}/message?limit={MessagesMax}");
        List<JsonElement> childMessages = [];
        foreach (var child in translator.Children)
            childMessages.AddRange(await ReadListAsync($"/session/{child}/message?limit={MessagesMax}"));
        return new OpenCodeState(
            session, await ReadStatusAsync(), messages, childMessages, [.. await ReadListAsync("/permission"), .. await ReadListAsync("/question")]);
    }

    private async Task<List<JsonElement>> ReadListAsync(string path)
        => await ReadJsonAsync(path) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    private async Task<JsonElement> ReadJsonAsync(string path) => (await api.GetAsync(path, events.Closing)).Body;

    /// <returns>What failed of what had to be posted.</returns>
    private async Task<string?> ReactAsync(OpenCodeReaction reaction)
    {
        await events.EmitAllAsync(reaction.Events);
        foreach (var reply in reaction.Replies)
        {
            try
            {
                var answer = await api.PostAsync(reply.Path, reply.Body, events.Closing);
                if (!answer.IsOk && !answer.IsNotFound)
                    return $"ReplyRefused: {reply.Path} gave {(int)answer.Status}";
            }
            catch (HttpRequestException) when (exited.IsCompleted)
            {
                return null;
            }
        }

        return null;
    }

    /// <returns>Null for a line that carries no data.</returns>
    private static ReadOnlySequence<byte>? DataOf(ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(line);
        return reader.IsNext("data:"u8, advancePast: true) ? reader.UnreadSequence : null;
    }

    private static JsonElement Parse(ReadOnlySequence<byte> data)
    {
        var reader = new Utf8JsonReader(data);
        var message = JsonElement.ParseValue(ref reader);
        return reader.Read() ? throw new JsonException("More than one value.") : message;
    }
}
