using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Offstage.Agents.Codex;

// What is sent to the app-server, as its schema of version 0.169.0 names it. What is received is read leniently
// instead, so that a member that comes or goes breaks nothing.

internal sealed record ClientInfo(string Name, string Title, string Version);

internal sealed record InitializeParams(ClientInfo ClientInfo);

internal sealed record ThreadStartParams(string Cwd, string ApprovalPolicy, string Sandbox, string? Model, string? ModelProvider);

internal sealed record ThreadResumeParams(
    string ThreadId, string Cwd, string ApprovalPolicy, string Sandbox, string? Model, string? ModelProvider, bool ExcludeTurns);

internal sealed record TextInput(string Text, string Type = "text");

internal sealed record TurnStartParams(string ThreadId, IReadOnlyList<TextInput> Input, string? Model, string? Effort);

internal sealed record TurnSteerParams(string ThreadId, string ExpectedTurnId, IReadOnlyList<TextInput> Input);

internal sealed record TurnInterruptParams(string ThreadId, string TurnId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InitializeParams))]
[JsonSerializable(typeof(ThreadStartParams))]
[JsonSerializable(typeof(ThreadResumeParams))]
[JsonSerializable(typeof(TurnStartParams))]
[JsonSerializable(typeof(TurnSteerParams))]
[JsonSerializable(typeof(TurnInterruptParams))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class CodexJson : JsonSerializerContext;
