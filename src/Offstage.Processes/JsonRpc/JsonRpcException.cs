namespace Offstage.Processes.JsonRpc;

/// <summary>A request got no result.</summary>
public abstract class JsonRpcException(string message) : Exception(message);

/// <summary>The peer answered with an error.</summary>
public sealed class JsonRpcErrorException(string method, JsonRpcError error)
    : JsonRpcException($"'{method}' was refused ({error.Code}): {error.Message}")
{
    public JsonRpcError Error { get; } = error;
}

/// <summary>The connection ended before the answer came. Whether the peer acted on the request is not known.</summary>
public sealed class JsonRpcClosedException(JsonRpcClosed reason)
    : JsonRpcException($"The connection has ended: {reason.Describe()}.")
{
    public JsonRpcClosed Reason { get; } = reason;
}
