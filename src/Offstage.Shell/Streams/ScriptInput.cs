using System.Text;

namespace Offstage.Shell.Streams;

/// <summary>
/// The standard input of a shell that reads its script from it. The shell reads ahead in pieces and takes one command at a time; what it has not
/// taken yet is there for the command that runs, as if each command had been read by itself.
/// </summary>
internal sealed class ScriptInput(FileDescription source, Interruption owner) : FileDescription
{
    private const int PieceSize = 4096;

    private readonly Lock gate = new();
    private byte[] ahead = [];
    private int start;
    private int end;
    private long version;
    private long? givenBackAt;

    public override bool CanWrite => false;

    public override bool CanSeek => source.CanSeek;

    public override FileStatus Status => source.Status;

    /// <summary>Grows whenever somebody else has read: what the shell has seen may be gone then.</summary>
    public long Version
    {
        get
        {
            lock (gate)
                return version;
        }
    }

    /// <summary>What was read ahead.</summary>
    /// <param name="onlyWholeLines">Without a last line that is not ended yet.</param>
    public string Ahead(bool onlyWholeLines)
    {
        lock (gate)
        {
            ReadOnlySpan<byte> text = ahead.AsSpan(start, end - start);
            return Encoding.Latin1.GetString(onlyWholeLines ? text[..(text.LastIndexOf((byte)'\n') + 1)] : text);
        }
    }

    /// <summary>Takes what the shell has parsed.</summary>
    public void Take(int count)
    {
        lock (gate)
            start = Math.Min(start + count, end);
    }

    /// <summary>Puts a file's position to where the script goes on, so that the command that runs can use the file as any other.</summary>
    public void GiveBack()
    {
        lock (gate)
        {
            if (source.CanSeek && source.Seek(start - end, SeekOrigin.Current, out long position) == FileError.None)
                givenBackAt = position;
        }
    }

    /// <summary>Goes on behind what the command that ran has read.</summary>
    public void Resume()
    {
        lock (gate)
        {
            if (givenBackAt is not { } before)
                return;
            givenBackAt = null;
            if (source.Seek(0, SeekOrigin.Current, out long position) == FileError.None && position == before)
            {
                _ = source.Seek(end - start, SeekOrigin.Current, out _);
                return;
            }

            start = end;
            version++;
        }
    }

    public override FileError Seek(long offset, SeekOrigin origin, out long position)
        => givenBackAt is null ? base.Seek(offset, origin, out position) : source.Seek(offset, origin, out position);

    /// <summary>Reads another piece ahead, waiting until there is something.</summary>
    /// <returns>False at the end of the input.</returns>
    public bool TryReadMore()
    {
        byte[] piece = new byte[PieceSize];
        FileError error = source.Read(piece, owner, out int count);
        if (error != FileError.None || count == 0)
            return false;
        lock (gate)
        {
            int held = end - start;
            if (end + count > ahead.Length)
            {
                byte[] larger = new byte[Math.Max(PieceSize, 2 * (held + count))];
                owner.Budget.Hold(larger.Length - ahead.Length);
                ahead.AsSpan(start, held).CopyTo(larger);
                (ahead, start, end) = (larger, 0, held);
            }

            piece.AsSpan(0, count).CopyTo(ahead.AsSpan(end));
            end += count;
        }

        return true;
    }

    public override FileError Read(Span<byte> buffer, Interruption interruption, out int count)
        => TryTake(buffer, delimiter: -1, out count) ? FileError.None : source.Read(buffer, interruption, out count);

    public override FileError ReadThrough(byte delimiter, Span<byte> buffer, Interruption interruption, out int count)
        => TryTake(buffer, delimiter, out count) ? FileError.None : source.ReadThrough(delimiter, buffer, interruption, out count);

    public override bool WaitReadable(TimeSpan timeout, Interruption interruption)
    {
        lock (gate)
        {
            if (start < end)
                return true;
        }

        return source.WaitReadable(timeout, interruption);
    }

    protected override void Close()
    {
        owner.Budget.Release(ahead.Length);
        ahead = [];
        start = end = 0;
        source.Release();
    }

    private bool TryTake(Span<byte> buffer, int delimiter, out int count)
    {
        lock (gate)
        {
            count = 0;
            if (givenBackAt is not null)
                return false;
            version++;
            ReadOnlySpan<byte> left = ahead.AsSpan(start, end - start);
            int found = delimiter < 0 ? -1 : left.IndexOf((byte)delimiter);
            left = found < 0 ? left : left[..(found + 1)];
            count = Math.Min(left.Length, buffer.Length);
            left[..count].CopyTo(buffer);
            start += count;
            return count > 0;
        }
    }
}
