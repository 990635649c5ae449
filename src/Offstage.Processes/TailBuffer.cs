namespace Offstage.Processes;

/// <summary>The last bytes of what was written to it. Not thread-safe.</summary>
internal sealed class TailBuffer(int bytesMax)
{
    private byte[] ring = new byte[Math.Min(bytesMax, 256)];
    private long written;

    public int Count => (int)Math.Min(written, bytesMax);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytesMax == 0)
            return;
        if (ring.Length < bytesMax && written + bytes.Length > ring.Length)
            Grow(bytes.Length);
        if (bytes.Length > ring.Length)
        {
            written += bytes.Length - ring.Length;
            bytes = bytes[^ring.Length..];
        }

        int position = (int)(written % ring.Length);
        int first = Math.Min(bytes.Length, ring.Length - position);
        bytes[..first].CopyTo(ring.AsSpan(position));
        bytes[first..].CopyTo(ring);
        written += bytes.Length;
    }

    public byte[] ToArray()
    {
        byte[] result = new byte[Count];
        int start = (int)((written - Count) % Math.Max(1, ring.Length));
        int first = Math.Min(Count, ring.Length - start);
        ring.AsSpan(start, first).CopyTo(result);
        ring.AsSpan(0, Count - first).CopyTo(result.AsSpan(first));
        return result;
    }

    // Until the bound is reached nothing has wrapped, so a longer array continues the old one.
    private void Grow(int more)
    {
        long wanted = Math.Max(ring.Length * 2L, written + more);
        Array.Resize(ref ring, (int)Math.Min(bytesMax, wanted));
    }
}
