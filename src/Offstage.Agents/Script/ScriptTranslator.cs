using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Script;

internal sealed class ScriptTranslator : IAgentTranslator
{
    private readonly ConcurrentDictionary<string, JsonRpcId> requests = new();

    public DateTimeOffset? GraceEndsAt => null;

    /// <summary>The request to answer, once. Null when the agent does not wait for it.</summary>
    public JsonRpcId? TakeRequest(string key) => requests.TryRemove(key, out var id) ? id : null;

    public IReadOnlyList<AgentEvent> EndGrace() => [];

    public Reaction Receive(JsonRpcMessage message, DateTimeOffset now)
    {
        try
        {
            return Translate(message) ?? Unknown(message);
        }
        catch (JsonException)
        {
            return Unknown(message);
        }
    }

    private Reaction? Translate(JsonRpcMessage message)
    {
        switch (message.Method)
        {
            case ScriptMethods.Ask when message is JsonRpcMessage.Request request:
                var ask = Read(message, ScriptJson.Default.AskParams);
                requests[ask.Key] = request.Id;
                return new AgentEvent.RequestOpened(ask.Key, ask.ItemId, ask.Request, OffersSession: ask.Request is not RequestBody.Questions);
            case ScriptMethods.AskClosed:
                var closed = Read(message, ScriptJson.Default.AskClosedNotification);
                requests.TryRemove(closed.Key, out _);
                return new AgentEvent.RequestClosed(closed.Key);
            case ScriptMethods.TurnStarted:
                return new AgentEvent.TurnStarted();
            case ScriptMethods.TurnEnded:
                var ended = Read(message, ScriptJson.Default.TurnEndedNotification);
                return Enum.TryParse<AgentTurnOutcome>(ended.Outcome, ignoreCase: true, out var outcome)
                    ? new Reaction([new AgentEvent.TurnEnded(outcome, ended.Error)])
                    : (Reaction?)null;
            case ScriptMethods.ItemStarted:
                return new AgentEvent.ItemStarted(Read(message, ScriptJson.Default.ItemNotification).Item);
            case ScriptMethods.ItemCompleted:
                return new AgentEvent.ItemCompleted(Read(message, ScriptJson.Default.ItemNotification).Item);
            case ScriptMethods.ItemDelta:
                var delta = Read(message, ScriptJson.Default.DeltaNotification);
                return new AgentEvent.Delta(delta.ItemId, delta.Kind, delta.Text);
            case ScriptMethods.Usage:
                return new AgentEvent.UsageReported(Read(message, ScriptJson.Default.UsageNotification).Usage);
            case ScriptMethods.Report:
                var said = Read(message, ScriptJson.Default.ReportNotification);
                return Enum.TryParse<AgentReport>(said.Report, ignoreCase: true, out var report)
                    ? new Reaction([new AgentEvent.Reported(report, said.Message)])
                    : (Reaction?)null;
            default:
                return null;
        }
    }

    private static Reaction Unknown(JsonRpcMessage message) => new(
        [new AgentEvent.Raw(message.Method, message.Params)], IsUnknownRequest: message is JsonRpcMessage.Request);

    private static T Read<T>(JsonRpcMessage message, JsonTypeInfo<T> type) =>
        message.Params.ValueKind == JsonValueKind.Undefined
            ? throw new JsonException("no params")
            : message.Params.Deserialize(type) ?? throw new JsonException("null");
}
