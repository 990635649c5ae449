using System.Buffers;
using System.Text;

namespace Offstage.Processes;

/// <summary>Keeps the beginning and the end of a stream; what is over is cut from the middle and said so in the text.</summary>
/// <remarks>Half of the bound each. Memory grows with what arrives, never past the bound. One reader.</remarks>
public sealed class BoundedCapture(int bytesMax)
{
    private const int ReadSize = 32 * 1024;

    private readonly ArrayBufferWriter<byte> head = new(256);
    private readonly int headMax = bytesMax - (bytesMax / 2);
    private readonly TailBuffer tail = new(bytesMax / 2);

    /// <summary>All that arrived, also what was cut.</summary>
    public long BytesSeen { get; private set; }

    public bool IsTruncated => BytesSeen > bytesMax;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        BytesSeen += bytes.Length;
        int first = Math.Min(bytes.Length, headMax - head.WrittenCount);
        if (first > 0)
            head.Write(bytes[..first]);
        if (first < bytes.Length)
            tail.Append(bytes[first..]);
    }

    /// <summary>Reads to the end of the stream, however much it is, so that the writer never blocks.</summary>
    public async Task DrainAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                Append(buffer.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>As UTF-8; invalid bytes become U+FFFD.</summary>
    public override string ToString()
    {
        if (!IsTruncated && tail.Count == 0)
            return Encoding.UTF8.GetString(head.WrittenSpan);
        byte[] end = tail.ToArray();
        return IsTruncated
            ? $"{Encoding.UTF8.GetString(head.WrittenSpan)}\n[… {BytesSeen - bytesMax} bytes cut …]\n{Encoding.UTF8.GetString(end)}"
            : Encoding.UTF8.GetString([.. head.WrittenSpan, .. end]);
    }
}
