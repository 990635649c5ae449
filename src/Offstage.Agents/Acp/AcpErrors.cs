using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Acp;

/// <summary>The protocol's error codes, and what agents say with others.</summary>
internal static class AcpErrors
{
    public const int SignInRequired = -32000;

    public const int ResourceNotFound = -32002;

    public const int RequestCancelled = -32800;

    // Gemini 0.61.0 knows no code for it: "Internal error", with "No previous sessions found for this project." or "Invalid session
    // identifier" in its details. Any other refusal says nothing about the conversation and must not cost it.
    private static readonly string[] UnknownSession =
        ["session not found", "sessions found", "invalid session", "unknown session", "no such session", "no conversation found", "session does not exist"];

    public static bool IsUnknownSession(JsonRpcError error) =>
        error.Code == ResourceNotFound
        || (error.Code is not (SignInRequired or JsonRpcError.MethodNotFound)
            && UnknownSession.Any(words => TextOf(error).Contains(words, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The message, with the details that many agents put beside "Internal error".</summary>
    public static string TextOf(JsonRpcError error)
    {
        var details = error.Data.FindText("details") ?? error.Data.FindText("message")
            ?? (error.Data.ValueKind == System.Text.Json.JsonValueKind.String ? error.Data.GetString() : null);
        return details is null || details == error.Message ? error.Message : $"{error.Message} ({details})";
    }
}
