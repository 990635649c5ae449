namespace Offstage.Processes.JsonRpc;

/// <summary>Why a connection ended. It ends once, and the first reason stays.</summary>
public abstract record JsonRpcClosed
{
    private JsonRpcClosed() { }

    /// <summary>The peer closed its side after a whole line.</summary>
    public sealed record EndOfStream : JsonRpcClosed;

    /// <summary>The peer said what the protocol does not allow. Nothing after it was read.</summary>
    /// <param name="Reason">One sentence, without the content of the line.</param>
    public sealed record ProtocolError(JsonRpcProtocolError Error, string Reason) : JsonRpcClosed;

    /// <summary>Reading or writing failed: the pipe is broken.</summary>
    public sealed record StreamFailed(string Reason) : JsonRpcClosed;

    /// <summary>This side disposed the connection.</summary>
    public sealed record Disposed : JsonRpcClosed;

    /// <summary>For messages to people.</summary>
    public string Describe() => this switch
    {
        EndOfStream => "the peer closed its output",
        ProtocolError error => error.Reason,
        StreamFailed failed => failed.Reason,
        _ => "the connection was disposed",
    };
}

public enum JsonRpcProtocolError
{
    /// <summary>A line over <see cref="JsonRpcOptions.LineBytesMax"/>.</summary>
    LineTooLong,

    /// <summary>The stream ended in the middle of a line.</summary>
    LineTruncated,

    /// <summary>A line that is not JSON.</summary>
    MalformedJson,

    /// <summary>JSON that is no request, notification or answer.</summary>
    NotAMessage,
}
