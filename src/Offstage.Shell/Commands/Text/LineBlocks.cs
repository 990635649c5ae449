namespace Offstage.Shell.Commands.Text;

/// <summary>Reads a file in large pieces that end where a line does, so that a command can search many lines at once.</summary>
/// <remarks>Not for several threads.</remarks>
internal sealed class LineBlocks(FileDescription source, Interruption interruption, OutputWriter? flushedBeforeWaiting = null)
{
    private const int Size = 256 * 1024;

    private byte[] buffer = [];
    private int start;
    private int end;
    private long held;
    private bool ended;

    public FileError Error { get; private set; }

    /// <summary>Reads on.</summary>
    /// <param name="block">Whole lines with their delimiters; only the last of the file may lack its own. Valid until the next call.</param>
    /// <returns>False at the end of the file, or on <see cref="Error"/>.</returns>
    public bool TryRead(out ReadOnlySpan<byte> block, byte delimiter = (byte)'\n')
    {
        bool read = TryReadMemory(out ReadOnlyMemory<byte> memory, delimiter);
        block = memory.Span;
        return read;
    }

    /// <summary>As <see cref="TryRead"/>, for a block that is kept across calls of others.</summary>
    public bool TryReadMemory(out ReadOnlyMemory<byte> block, byte delimiter = (byte)'\n')
    {
        interruption.Check();
        int searched = 0;
        while (true)
        {
            int last = buffer.AsSpan(start + searched, end - start - searched).LastIndexOf(delimiter);
            if (last >= 0)
            {
                int length = searched + last + 1;
                block = buffer.AsMemory(start, length);
                start += length;
                return true;
            }

            searched = end - start;
            if (ended || !Fill()) break;
        }

        block = buffer.AsMemory(start, end - start);
        start = end;
        return !block.IsEmpty;
    }

    /// <summary>Reads whatever comes next, lines or not.</summary>
    public bool TryReadAny(out ReadOnlySpan<byte> block)
    {
        interruption.Check();
        if (start == end && !ended) Fill();
        block = buffer.AsSpan(start, end - start);
        start = end;
        return !block.IsEmpty;
    }

    public void Release()
    {
        interruption.Budget.Release(held);
        held = 0;
        buffer = [];
        start = end = 0;
    }

    private bool Fill()
    {
        interruption.Check();
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            // A small file needs no large buffer.
            int first = source.Status is { Kind: FileKind.Regular, Size: < Size } s ? (int)s.Size + 1 : Size;
            int wanted = buffer.Length == 0 ? first : (int)Math.Min(Array.MaxLength, Math.Max(Size, buffer.Length * 2L));
            interruption.Budget.Hold(wanted - buffer.Length);
            held += wanted - buffer.Length;
            Array.Resize(ref buffer, wanted);
        }

        // Who waits for more must not sit on what others wait for.
        if (flushedBeforeWaiting is not null && source.Status.Kind == FileKind.Pipe && !source.WaitReadable(TimeSpan.Zero, interruption))
            flushedBeforeWaiting.Flush();
        Error = source.Read(buffer.AsSpan(end), interruption, out int count);
        end += count;
        ended = Error != FileError.None || count == 0;
        return !ended;
    }
}
