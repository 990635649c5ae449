namespace Offstage.Shell.Commands.Coreutils;

/// <summary>The end of a stream: as many blocks as hold its last lines or bytes.</summary>
/// <param name="count">Lines or bytes that are wanted.</param>
/// <param name="delimiter">What ends a line; null to count bytes.</param>
internal sealed class TailBuffer(Budget budget, long count, byte? delimiter) : IDisposable
{
    private readonly Queue<(byte[] Bytes, int Units)> blocks = new();
    private long length;
    private long units;

    public void Add(ReadOnlySpan<byte> block)
    {
        budget.Hold(block.Length);
        int more = delimiter is { } end ? block.Count(end) : block.Length;
        blocks.Enqueue((block.ToArray(), more));
        length += block.Length;
        units += more;
        // One more than is wanted stays: the last line may end without a delimiter, and the one before the first wanted ends it.
        while (units - blocks.Peek().Units > count) Drop();
    }

    /// <exception cref="ShellStoppedException">It is longer than can be held.</exception>
    public byte[] ToArray()
    {
        if (length > Array.MaxLength) budget.End(new ShellStop.TooMuchMemory(budget.Limits.HeldBytesMax));
        byte[] all = new byte[length];
        int at = 0;
        foreach (var (bytes, _) in blocks)
        {
            budget.Check();
            bytes.CopyTo(all, at);
            at += bytes.Length;
        }

        return all;
    }

    public void Dispose()
    {
        budget.Release(length);
        blocks.Clear();
    }

    private void Drop()
    {
        var (bytes, some) = blocks.Dequeue();
        budget.Release(bytes.Length);
        length -= bytes.Length;
        units -= some;
    }
}
