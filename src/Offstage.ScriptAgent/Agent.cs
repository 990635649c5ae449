using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Offstage.Agents.Script;
using Offstage.Processes.JsonRpc;

namespace Offstage.ScriptAgent;

/// <summary>Reads the adapter's requests and runs one turn at a time.</summary>
internal sealed class Agent(JsonRpcConnection connection, ConversationStore conversations, TimeProvider timeProvider) : IDisposable
{
    public const string Version = "1.0.0";

    public const string Description =
        "Offstage's script agent: a deterministic agent without a model, for demonstrations and tests. "
        + "Each line of a prompt is a shell command; a line that begins with @ is an act.";

    private string? cursor;
    private string workspace = "/";
    private readonly Permissions permissions = new();
    private Turn? turn;
    private int turns;

    /// <summary>Returns when standard input ends, with every command of an unfinished turn killed.</summary>
    public async Task RunAsync()
    {
        await foreach (var message in connection.Incoming.ReadAllAsync())
        {
            if (message is JsonRpcMessage.Request request)
                await AnswerAsync(request);
        }

        turn?.Abandon();
    }

    public void Dispose() => turn?.Dispose();

    private async Task AnswerAsync(JsonRpcMessage.Request request)
    {
        try
        {
            switch (request.Method)
            {
                case ScriptMethods.Initialize:
                    await RespondAsync(
                        request, new InitializeResponse("script", Version, Description), ScriptJson.Default.InitializeResponse);
                    break;
                case ScriptMethods.SessionStart:
                case ScriptMethods.SessionResume:
                    await OpenAsync(request, Read(request, ScriptJson.Default.SessionParams));
                    break;
                case ScriptMethods.TurnStart:
                    await StartTurnAsync(request, Read(request, ScriptJson.Default.TurnStartParams));
                    break;
                case ScriptMethods.TurnSteer:
                    var accepted = turn?.TrySteer(Read(request, ScriptJson.Default.SteerParams).Text) ?? false;
                    await RespondAsync(request, new SteerResponse(accepted), ScriptJson.Default.SteerResponse);
                    break;
                case ScriptMethods.RollBack:
                    await RollBackAsync(request, Read(request, ScriptJson.Default.RollBackParams));
                    break;
                case ScriptMethods.TurnInterrupt:
                    turn?.Interrupt();
                    await RespondAsync(request, new EmptyParams(), ScriptJson.Default.EmptyParams);
                    break;
                default:
                    await RefuseAsync(request, JsonRpcError.MethodNotFound, $"There is no method '{request.Method}'.");
                    break;
            }
        }
        catch (JsonException)
        {
            await RefuseAsync(request, JsonRpcError.InvalidParams, $"The parameters of '{request.Method}' cannot be read.");
        }
    }

    private async Task OpenAsync(JsonRpcMessage.Request request, SessionParams session)
    {
        workspace = session.Workspace;
        if (session.Cursor is null)
        {
            cursor = conversations.Create();
        }
        else if (conversations.FindTurns(session.Cursor) is { } known)
        {
            cursor = session.Cursor;
            turns = known;
        }
        else
        {
            await RefuseAsync(request, ScriptMethods.CursorRejected, $"There is no conversation '{session.Cursor}'.");
            return;
        }

        await RespondAsync(request, new SessionResponse(cursor, turns), ScriptJson.Default.SessionResponse);
    }

    private async Task StartTurnAsync(JsonRpcMessage.Request request, TurnStartParams start)
    {
        if (cursor is null || turn is { Ended: false })
        {
            await RefuseAsync(
                request, JsonRpcError.InvalidRequest, cursor is null ? "No session was started." : "A turn is running.");
            return;
        }

        var earlier = turns++;
        conversations.AddTurn(cursor);
        turn?.Dispose();
        turn = new Turn(
            new TurnSpeech(connection, turns), new Shell(workspace, timeProvider), permissions, start, earlier,
            () => conversations.Forget(cursor), timeProvider);
        await RespondAsync(request, new TurnResponse(turns), ScriptJson.Default.TurnResponse);
        turn.Begin();
    }

    private async Task RollBackAsync(JsonRpcMessage.Request request, RollBackParams back)
    {
        if (cursor is null || turn is { Ended: false })
        {
            await RefuseAsync(request, JsonRpcError.InvalidRequest, "No session was started, or a turn is running.");
            return;
        }

        int? left = conversations.TakeAway(cursor, back.Turns);
        turns = left ?? turns;
        await RespondAsync(request, new RollBackResponse(left is not null), ScriptJson.Default.RollBackResponse);
    }

    private static T Read<T>(JsonRpcMessage.Request request, JsonTypeInfo<T> type) =>
        request.Params.Deserialize(type) ?? throw new JsonException("null");

    private ValueTask<bool> RespondAsync<T>(JsonRpcMessage.Request request, T result, JsonTypeInfo<T> type) =>
        connection.RespondAsync(request.Id, result, type, CancellationToken.None);

    private async Task RefuseAsync(JsonRpcMessage.Request request, int code, string message) =>
        await connection.RespondErrorAsync(request.Id, code, message, CancellationToken.None);
}
