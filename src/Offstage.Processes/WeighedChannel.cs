using System.Threading.Channels;

namespace Offstage.Processes;

/// <summary>
/// A channel that is bounded by count and by bytes: a writer waits while too much lies before a slow reader, so that what floods is held
/// back instead of filling the memory. One item that is larger than the bound passes alone.
/// </summary>
/// <remarks>One reader, several writers; writers that wait together go on in no particular order.</remarks>
public sealed class WeighedChannel<T>
{
    private readonly Channel<(T Item, long Bytes)> inner;
    private readonly long bytesMax;
    private readonly Lock gate = new();
    private long waiting;
    private TaskCompletionSource? room;

    public WeighedChannel(int countMax, long bytesMax)
    {
        this.bytesMax = bytesMax;
        inner = Channel.CreateBounded<(T Item, long Bytes)>(new BoundedChannelOptions(countMax) { SingleReader = true });
        Reader = new WeighedReader(this);
    }

    public ChannelReader<T> Reader { get; }

    /// <param name="bytes">What the item weighs, near enough.</param>
    /// <exception cref="ChannelClosedException">The channel is complete.</exception>
    public async ValueTask WriteAsync(T item, long bytes, CancellationToken cancellationToken)
    {
        while (!TryEnter(bytes, out var full))
            await full.WaitAsync(cancellationToken).ConfigureAwait(false);
        await inner.Writer.WriteAsync((item, bytes), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Nothing more comes; what is in it can still be read.</summary>
    public bool TryComplete() => inner.Writer.TryComplete();

    private bool TryEnter(long bytes, out Task full)
    {
        lock (gate)
        {
            if (waiting == 0 || waiting + bytes <= bytesMax)
            {
                waiting += bytes;
                full = Task.CompletedTask;
                return true;
            }

            room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            full = room.Task;
            return false;
        }
    }

    private void Leave(long bytes)
    {
        TaskCompletionSource? signal;
        lock (gate)
        {
            waiting -= bytes;
            signal = room;
            room = null;
        }

        signal?.TrySetResult();
    }

    private sealed class WeighedReader(WeighedChannel<T> owner) : ChannelReader<T>
    {
        public override Task Completion => owner.inner.Reader.Completion;

        public override bool TryRead(out T item)
        {
            if (!owner.inner.Reader.TryRead(out var one))
            {
                item = default!;
                return false;
            }

            owner.Leave(one.Bytes);
            item = one.Item;
            return true;
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default)
            => owner.inner.Reader.WaitToReadAsync(cancellationToken);
    }
}
