using System.Buffers;
using System.Text;

namespace Offstage.Processes;

/// <summary>Drains a stream to its end and remembers its last 16 KiB: a child must never block on its standard error.</summary>
public sealed class OutputTail
{
    /// <summary>What <see cref="Text"/> holds at most.</summary>
    public const int BytesMax = 16 * 1024;

    private readonly Lock gate = new();
    private readonly TailBuffer tail = new(BytesMax);

    public OutputTail(Stream stream) => Drained = DrainAsync(stream);

    /// <summary>Completes at the end of the stream, or when it is disposed. Never fails.</summary>
    public Task Drained { get; }

    public string Text
    {
        get
        {
            lock (gate)
                return Encoding.UTF8.GetString(tail.ToArray());
        }
    }

    private async Task DrainAsync(Stream stream)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                lock (gate)
                    tail.Append(buffer.AsSpan(0, count));
            }
        }
        catch (Exception stopped) when (stopped is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The owner closed the pipe: what was read so far is the tail.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
