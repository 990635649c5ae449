namespace Offstage.Shell.Commands.Text;

/// <summary>The bytes of several files as if they were one, for commands that show them in rows.</summary>
internal sealed class ConcatenatedInput(IEnumerable<InputFile> inputs) : IDisposable
{
    private readonly IEnumerator<InputFile> files = inputs.GetEnumerator();
    private bool isOpen;
    private byte[] block = [];
    private int start;
    private int end;

    /// <summary>Files that could be opened until now.</summary>
    public int Opened { get; private set; }

    /// <summary>Opens the first file, also for a command that is to read nothing of it.</summary>
    public void Open()
    {
        if (start == end) TryFill();
    }

    /// <returns>How many bytes were read: fewer than asked for only at the end.</returns>
    public int Read(Span<byte> target)
    {
        int filled = 0;
        while (filled < target.Length && (start < end || TryFill()))
        {
            int length = Math.Min(end - start, target.Length - filled);
            block.AsSpan(start, length).CopyTo(target[filled..]);
            start += length;
            filled += length;
        }

        return filled;
    }

    /// <returns>How many bytes were passed over: fewer than asked for only at the end.</returns>
    public long Skip(long count)
    {
        long skipped = 0;
        while (skipped < count && (start < end || TryFill()))
        {
            int length = (int)Math.Min(end - start, count - skipped);
            start += length;
            skipped += length;
        }

        return skipped;
    }

    public void Dispose() => files.Dispose();

    private bool TryFill()
    {
        while (true)
        {
            if (!isOpen)
            {
                if (!files.MoveNext()) return false;
                isOpen = true;
                Opened++;
            }

            if (files.Current.Reader.TryReadBlock(out ReadOnlySpan<byte> read))
            {
                if (block.Length < read.Length) block = new byte[read.Length];
                read.CopyTo(block);
                (start, end) = (0, read.Length);
                return true;
            }

            isOpen = false;
        }
    }
}
