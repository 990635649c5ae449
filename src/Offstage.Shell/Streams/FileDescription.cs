namespace Offstage.Shell;

/// <summary>
/// An open file description in the sense of POSIX: what one or several descriptors refer to, with one position between them. It is closed when
/// the last reference is released.
/// </summary>
/// <remarks>Bytes written arrive at once; nothing is buffered here. Safe from several threads.</remarks>
public abstract class FileDescription
{
    private int references = 1;

    public virtual bool CanRead => true;

    public virtual bool CanWrite => true;

    /// <summary>Whether there is a position that can be set.</summary>
    public virtual bool CanSeek => false;

    /// <summary>What stat tells of it.</summary>
    public abstract FileStatus Status { get; }

    /// <summary>Takes one more reference, as dup does.</summary>
    public FileDescription Share()
    {
        Interlocked.Increment(ref references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref references) == 0)
            Close();
    }

    /// <summary>Reads what is there, waiting until there is something.</summary>
    /// <param name="count">0 at the end of the file.</param>
    public virtual FileError Read(Span<byte> buffer, Interruption interruption, out int count)
    {
        count = 0;
        return FileError.BadDescriptor;
    }

    /// <summary>As <see cref="Read"/>, but takes nothing behind the first <paramref name="delimiter"/>.</summary>
    public virtual FileError ReadThrough(byte delimiter, Span<byte> buffer, Interruption interruption, out int count)
        => Read(buffer[..Math.Min(1, buffer.Length)], interruption, out count);

    /// <summary>Writes everything, waiting while a pipe is full.</summary>
    /// <returns><see cref="FileError.BrokenPipe"/> when nobody can read any more.</returns>
    public virtual FileError Write(ReadOnlySpan<byte> bytes, Interruption interruption) => FileError.BadDescriptor;

    /// <summary>Moves the position.</summary>
    /// <param name="position">The new position, from the start.</param>
    public virtual FileError Seek(long offset, SeekOrigin origin, out long position)
    {
        position = 0;
        return FileError.IllegalSeek;
    }

    /// <summary>Waits until a read would not block.</summary>
    /// <returns>False when the time is over first.</returns>
    public virtual bool WaitReadable(TimeSpan timeout, Interruption interruption) => true;

    protected abstract void Close();

    /// <summary>The status of something that is no file of a tree.</summary>
    protected static FileStatus Synthetic(FileKind kind, long inode)
        => new(kind, 0b110_110_110, 0, inode, 1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, Device: 2);
}
