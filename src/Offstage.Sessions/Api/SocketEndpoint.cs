using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Offstage.Contracts;
using Offstage.Sessions.EventLog;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Api;

/// <summary>
/// One session over a WebSocket: a snapshot, then events and live text; commands come up the same socket and are each
/// answered with a reply of their id. The events are those after the snapshot, or, for one that comes back, after its <c>?after=</c> (S7).
/// </summary>
internal static class SocketEndpoint
{
    private const int IdLengthMax = 100;

    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);

    public static void Map(RouteGroupBuilder sessions)
        => sessions.MapGet("/{id}/stream", HandleAsync).Produces(101)
            .Described("streamSession", "WebSocket: a snapshot, then events (with ?after= all after that one) and live text; commands go up.", 400, 404);

    private static async Task HandleAsync(HttpContext http, string id, SessionOperations operations, EventStream stream, ServerStopping stopping, TimeProvider timeProvider)
    {
        var session = RequestInput.Session(id);
        if (!http.WebSockets.IsWebSocketRequest)
            throw ApiProblemException.Invalid("websocket_expected", "This address speaks WebSocket only.");
        var state = await operations.RequireAsync(session, http.RequestAborted);
        var after = RequestInput.After(http.Request.Query["after"], state.Sequence, state.Sequence);

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var sending = new SemaphoreSlim(1, 1);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping.Token);
        var writer = new SocketWriter(socket, sending);
        try
        {
            await writer.SendAsync(new SocketSnapshot("snapshot", SessionView.Of(state)), ApiJson.Default.SocketSnapshot, over.Token);
            var down = SendEventsAsync(writer, session, after, stream, over.Token);
            var up = ReceiveCommandsAsync(socket, writer, session, operations, over.Token);
            if (await Task.WhenAny(down, up) == down && down.IsCompletedSuccessfully)
            {
                // We said goodbye: a moment for the other side to say it too, or it would see a broken connection.
                await Task.WhenAny(up, Task.Delay(GoodbyeTimeout, timeProvider, over.Token));
            }

            await over.CancelAsync();
            await Task.WhenAll(down, up);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The subscriber went away, or the other half of the conversation ended first.
        }
    }

    private static async Task SendEventsAsync(
        SocketWriter writer, SessionId session, EventSequence after, EventStream stream, CancellationToken cancellationToken)
    {
        await foreach (var batch in stream.FollowAsync(session, after, wantsLive: true, cancellationToken))
        {
            foreach (var message in batch)
            {
                await writer.SendAsync(message.Json, cancellationToken);
                if (message.Kind == "session.deleted")
                {
                    await writer.CloseAsync(WebSocketCloseStatus.NormalClosure, "session deleted", cancellationToken);
                    return;
                }
            }
        }
    }

    private static async Task ReceiveCommandsAsync(
        WebSocket socket, SocketWriter writer, SessionId session, SessionOperations operations, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            buffer.ResetWrittenCount();
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.GetMemory(4096), cancellationToken);
                buffer.Advance(received.Count);
                if (buffer.WrittenCount > RequestInput.BodyBytesMax)
                {
                    await writer.CloseAsync(WebSocketCloseStatus.MessageTooBig, "a message has at most 1 MiB", cancellationToken);
                    return;
                }
            }
            while (!received.EndOfMessage);

            if (received.MessageType == WebSocketMessageType.Close)
            {
                await writer.CloseAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken);
                return;
            }

            var reply = await AnswerAsync(buffer.WrittenMemory, session, operations, cancellationToken);
            await writer.SendAsync(reply, ApiJson.Default.SocketReply, cancellationToken);
        }
    }

    private static async Task<SocketReply> AnswerAsync(
        ReadOnlyMemory<byte> message, SessionId session, SessionOperations operations, CancellationToken cancellationToken)
    {
        string? id = null;
        try
        {
            var command = JsonSerializer.Deserialize(message.Span, ApiJson.Default.SocketCommand) ?? throw new JsonException("null is no command.");
            if (command.Id.Length is 0 or > IdLengthMax)
                throw ApiProblemException.Invalid("invalid_message", $"A command has an id of 1 to {IdLengthMax} characters.");
            id = command.Id;
            var prompt = await CarryOutAsync(command, session, operations, cancellationToken);
            return new SocketReply("reply", id, Ok: true, prompt, null);
        }
        catch (Exception e) when (ApiProblems.Translate(e) is { } problem)
        {
            return new SocketReply("reply", id, Ok: false, null, ApiProblems.ToProblem(problem));
        }
    }

    private static async Task<PromptView?> CarryOutAsync(
        SocketCommand c, SessionId session, SessionOperations operations, CancellationToken cancellationToken)
    {
        switch (c.Command)
        {
            case "ping":
                return null;
            case "prompt":
                string text = RequestInput.PromptText(c.Text);
                var key = c.IdempotencyKey is null ? null : RequestInput.IdempotencyKey(c.IdempotencyKey);
                return (await operations.PromptAsync(
                    session, new PromptBody { Text = text }, IdempotencyUse.Of(key, "socket prompt", text), cancellationToken)).View;
            case "withdraw":
                await operations.DoAsync(session, new SessionCommand.Withdraw(RequestInput.Prompt(c.PromptId ?? "")), cancellationToken);
                return null;
            case "interrupt":
                await operations.DoAsync(session, new SessionCommand.Interrupt(), cancellationToken);
                return null;
            case "retry":
                await operations.RetryAsync(session, cancellationToken);
                return null;
            case "answer" when c.Answer is { } answer:
                await operations.AnswerAsync(session, RequestInput.Request(c.RequestId ?? ""), answer, null, cancellationToken);
                return null;
            default:
                throw ApiProblemException.Invalid("invalid_message", "The command is prompt, withdraw, interrupt, answer (with an answer), retry or ping.");
        }
    }

    /// <summary>Two sides write to one socket: one at a time.</summary>
    private sealed class SocketWriter(WebSocket socket, SemaphoreSlim sending)
    {
        public Task SendAsync<T>(T message, JsonTypeInfo<T> json, CancellationToken cancellationToken)
            => SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, json), cancellationToken);

        public async Task SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
        {
            await sending.WaitAsync(cancellationToken);
            try
            {
                await socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }
            finally
            {
                sending.Release();
            }
        }

        public async Task CloseAsync(WebSocketCloseStatus status, string why, CancellationToken cancellationToken)
        {
            await sending.WaitAsync(cancellationToken);
            try
            {
                if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    await socket.CloseOutputAsync(status, why, cancellationToken);
            }
            finally
            {
                sending.Release();
            }
        }
    }
}
