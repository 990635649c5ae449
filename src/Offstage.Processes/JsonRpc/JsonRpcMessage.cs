using System.Text.Json;

namespace Offstage.Processes.JsonRpc;

/// <summary>What the peer says of its own accord. Answers to our requests go to whoever asked, unless they were posted.</summary>
/// <remarks>The elements own their memory and may be kept.</remarks>
public abstract record JsonRpcMessage(string Method, JsonElement Params)
{
    /// <param name="Params">Of kind <see cref="JsonValueKind.Undefined"/> when the member is absent.</param>
    public sealed record Notification(string Method, JsonElement Params) : JsonRpcMessage(Method, Params);

    /// <summary>Waits for an answer: <see cref="JsonRpcConnection.RespondAsync"/> or
    /// <see cref="JsonRpcConnection.RespondErrorAsync"/>, once, at any later time, from any thread.</summary>
    public sealed record Request(JsonRpcId Id, string Method, JsonElement Params) : JsonRpcMessage(Method, Params);

    /// <summary>The answer to what was asked by <see cref="JsonRpcConnection.PostAsync"/>.</summary>
    /// <param name="Error">Null when it is a result.</param>
    public sealed record Answer(JsonRpcId Id, string Method, JsonElement Result, JsonRpcError? Error) : JsonRpcMessage(Method, default(JsonElement));
}

/// <summary>An error as the peer answered it.</summary>
/// <param name="Data">Of kind <see cref="JsonValueKind.Undefined"/> when absent.</param>
public sealed record JsonRpcError(int Code, string Message, JsonElement Data = default)
{
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    public const int InternalError = -32603;
}
