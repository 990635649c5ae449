using System.Text.Json.Serialization;
using Offstage.Contracts;

namespace Offstage.Agents.Script;

// The script agent's protocol. This file is compiled into the adapter and into the agent's own program, which so does
// not carry the adapters and starts the faster for it.

internal static class ScriptMethods
{
    public const string Initialize = "initialize";
    public const string SessionStart = "session/start";
    public const string SessionResume = "session/resume";
    public const string TurnStart = "turn/start";
    public const string TurnSteer = "turn/steer";
    public const string TurnInterrupt = "turn/interrupt";
    public const string RollBack = "session/roll-back";

    public const string TurnStarted = "turn/started";
    public const string TurnEnded = "turn/ended";
    public const string ItemStarted = "item/started";
    public const string ItemCompleted = "item/completed";
    public const string ItemDelta = "item/delta";
    public const string Usage = "usage";
    public const string Report = "report";

    /// <summary>Request of the agent: a person's answer is wanted.</summary>
    public const string Ask = "request/ask";

    /// <summary>The agent no longer waits for a request.</summary>
    public const string AskClosed = "request/closed";

    /// <summary>Error code of <see cref="SessionResume"/>: no such conversation, or not any more.</summary>
    public const int CursorRejected = -32001;
}

internal sealed record EmptyParams;

internal sealed record InitializeResponse(string Name, string Version, string Description);

internal sealed record SessionParams(string Workspace, string? Cursor);

internal sealed record SessionResponse(string Cursor, int EarlierTurns);

/// <param name="Images">How many came with the prompt.</param>
internal sealed record TurnStartParams(string Text, string? Conversation, AgentMode Mode, int Images);

internal sealed record TurnResponse(int Turn);

internal sealed record SteerParams(string Text);

internal sealed record SteerResponse(bool Accepted);

internal sealed record RollBackParams(int Turns);

internal sealed record RollBackResponse(bool Done);

internal sealed record TurnStartedNotification(int Turn);

internal sealed record TurnEndedNotification(int Turn, string Outcome, string? Error);

internal sealed record ItemNotification(int Turn, Item Item);

internal sealed record DeltaNotification(int Turn, string ItemId, DeltaKind Kind, string Text);

internal sealed record UsageNotification(TokenUsage Usage);

internal sealed record ReportNotification(string Report, string? Message);

internal sealed record AskParams(int Turn, string Key, string? ItemId, RequestBody Request);

internal sealed record AskResponse(RequestAnswer Answer);

internal sealed record AskClosedNotification(string Key);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EmptyParams))]
[JsonSerializable(typeof(InitializeResponse))]
[JsonSerializable(typeof(SessionParams))]
[JsonSerializable(typeof(SessionResponse))]
[JsonSerializable(typeof(TurnStartParams))]
[JsonSerializable(typeof(TurnResponse))]
[JsonSerializable(typeof(SteerParams))]
[JsonSerializable(typeof(SteerResponse))]
[JsonSerializable(typeof(RollBackParams))]
[JsonSerializable(typeof(RollBackResponse))]
[JsonSerializable(typeof(TurnStartedNotification))]
[JsonSerializable(typeof(TurnEndedNotification))]
[JsonSerializable(typeof(ItemNotification))]
[JsonSerializable(typeof(DeltaNotification))]
[JsonSerializable(typeof(UsageNotification))]
[JsonSerializable(typeof(ReportNotification))]
[JsonSerializable(typeof(AskParams))]
[JsonSerializable(typeof(AskResponse))]
[JsonSerializable(typeof(AskClosedNotification))]
internal sealed partial class ScriptJson : JsonSerializerContext;
