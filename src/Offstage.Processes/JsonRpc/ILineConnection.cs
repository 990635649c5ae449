using System.Threading.Channels;

namespace Offstage.Processes.JsonRpc;

/// <summary>Messages of one kind, one JSON object per line, over two streams.</summary>
public interface ILineConnection<TMessage> : IAsyncDisposable
{
    /// <summary>What the peer says of its own accord, in order. Bounded, with one reader; completes when the connection ends.</summary>
    ChannelReader<TMessage> Incoming { get; }

    /// <summary>Completes with the reason when the connection has ended. Never faults.</summary>
    Task<JsonRpcClosed> Closed { get; }

    /// <summary>Waits until everything sent is with the stream; nothing can be sent afterwards.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);
}
