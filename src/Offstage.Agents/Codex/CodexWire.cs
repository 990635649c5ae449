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

internal sealed record UserInput(string Type, string? Text, string? Url)
{
    public static UserInput OfText(string text) => new("text", text, null);

    public static UserInput Of(ImageInput image) => new("image", null, $"data:{image.MediaType};base64,{Convert.ToBase64String(image.Data.Span)}");
}

internal sealed record TurnStartParams(string ThreadId, IReadOnlyList<UserInput> Input, string? Model, string? Effort, string ApprovalPolicy);

internal sealed record TurnSteerParams(string ThreadId, string ExpectedTurnId, IReadOnlyList<UserInput> Input);

internal sealed record TurnInterruptParams(string ThreadId, string TurnId);

/// <param name="SortDirection"><c>desc</c>: newest first.</param>
internal sealed record TurnsListParams(string ThreadId, int Limit, string SortDirection);

/// <param name="BeforeTurnId">The first turn that is forgotten.</param>
internal sealed record ThreadRevertParams(string ThreadId, string BeforeTurnId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InitializeParams))]
[JsonSerializable(typeof(ThreadStartParams))]
[JsonSerializable(typeof(ThreadResumeParams))]
[JsonSerializable(typeof(TurnStartParams))]
[JsonSerializable(typeof(ReviewStartParams))]
[JsonSerializable(typeof(TurnSteerParams))]
[JsonSerializable(typeof(TurnInterruptParams))]
[JsonSerializable(typeof(TurnsListParams))]
[JsonSerializable(typeof(ThreadRevertParams))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class CodexJson : JsonSerializerContext;
