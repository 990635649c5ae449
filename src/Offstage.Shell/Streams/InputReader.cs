namespace Offstage.Shell;

/// <summary>Reads lines and blocks from an open file through a buffer, without a string for each line. Not for several threads at once.</summary>
public sealed class InputReader(FileDescription source, Interruption interruption, int bufferSize = 64 * 1024, OutputWriter? flushedBeforeWaiting = null)
{
    private byte[] buffer = [];
    private int start;
    private int end;
    private long held;

    /// <summary>The error that ended reading; <see cref="FileError.None"/> at a proper end of file.</summary>
    public FileError Error { get; private set; }

    /// <summary>Reads a line into the buffer.</summary>
    /// <param name="line">Without its delimiter; valid until the next read.</param>
    /// <param name="hadDelimiter">False for a last line that does not end.</param>
    /// <returns>False at the end of the file, or on <see cref="Error"/>.</returns>
    public bool TryReadLine(out ReadOnlySpan<byte> line, out bool hadDelimiter, byte delimiter = (byte)'\n')
    {
        int searched = 0;
        while (true)
        {
            int found = buffer.AsSpan(start + searched, end - start - searched).IndexOf(delimiter);
            if (found >= 0)
            {
                line = buffer.AsSpan(start, searched + found);
                start += searched + found + 1;
                hadDelimiter = true;
                return true;
            }

            searched = end - start;
            if (!Fill())
                break;
        }

        hadDelimiter = false;
        line = buffer.AsSpan(start, end - start);
        start = end;
        return !line.IsEmpty;
    }

    /// <summary>Reads a block: what is buffered, or what one read of the file gives.</summary>
    /// <param name="block">Valid until the next read.</param>
    /// <returns>False at the end of the file, or on <see cref="Error"/>.</returns>
    public bool TryReadBlock(out ReadOnlySpan<byte> block)
    {
        if (start == end)
            _ = Fill();
        block = buffer.AsSpan(start, end - start);
        start = end;
        return !block.IsEmpty;
    }

    /// <summary>Everything that is left, counted against the run's memory.</summary>
    public byte[] ReadToEnd()
    {
        // A file's size is known: no growing step by step.
        if (buffer.Length == 0 && source.Status is { Kind: FileKind.Regular, Size: var size } && size >= bufferSize && size < Array.MaxLength)
        {
            Grow((int)size + 1);
            while (Fill())
            {
            }

            byte[] all = buffer.AsSpan(start, end - start).ToArray();
            start = end;
            return all;
        }

        return ReadPieces();
    }

    /// <summary>Gives back what the buffer counts for. Call when done, or let the end of the run do it.</summary>
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
        if (Error != FileError.None)
            return false;
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
            Grow(buffer.Length == 0 ? bufferSize : (int)Math.Min(Array.MaxLength, buffer.Length * 2L));

        // Who waits for more must not sit on what others wait for.
        if (flushedBeforeWaiting is not null && source.Status.Kind == FileKind.Pipe && !source.WaitReadable(TimeSpan.Zero, interruption))
            flushedBeforeWaiting.Flush();
        Error = source.Read(buffer.AsSpan(end), interruption, out int count);
        end += count;
        return Error == FileError.None && count > 0;
    }

    /// <summary>Of what has no size: nothing is copied more than twice, and never much at a time.</summary>
    private byte[] ReadPieces()
    {
        var pieces = new List<byte[]>();
        long total = 0;
        while (TryReadBlock(out ReadOnlySpan<byte> block))
        {
            interruption.Budget.Hold(block.Length);
            held += block.Length;
            total += block.Length;
            pieces.Add(block.ToArray());
        }

        if (total > Array.MaxLength)
            interruption.Budget.End(new ShellStop.TooMuchMemory(interruption.Budget.Limits.HeldBytesMax));
        byte[] all = GC.AllocateUninitializedArray<byte>((int)total);
        int at = 0;
        foreach (byte[] piece in pieces)
        {
            interruption.Check();
            piece.CopyTo(all, at);
            at += piece.Length;
        }

        return all;
    }

    private void Grow(int wanted)
    {
        interruption.Budget.Hold(wanted - buffer.Length);
        held += wanted - buffer.Length;
        Array.Resize(ref buffer, wanted);
    }
}
