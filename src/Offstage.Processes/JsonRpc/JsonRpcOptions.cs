namespace Offstage.Processes.JsonRpc;

public sealed record JsonRpcOptions
{
    /// <summary>Writes <c>"jsonrpc":"2.0"</c> into every message. Some peers, Codex among them, do without; reading
    /// accepts both.</summary>
    public bool WritesVersion { get; init; } = true;

    /// <summary>A longer line ends the connection. Default 16 MiB.</summary>
    public int LineBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Messages read ahead of the consumer; then the pipe itself holds the peer back. Default 256.</summary>
    public int IncomingMax { get; init; } = 256;

    /// <summary>Bytes of lines read ahead of the consumer; one longer line passes alone. Default 4 MiB.</summary>
    public long IncomingBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes written ahead of a peer that does not read; then writers wait. Default 1 MiB.</summary>
    public int OutgoingBytesMax { get; init; } = 1024 * 1024;
}
