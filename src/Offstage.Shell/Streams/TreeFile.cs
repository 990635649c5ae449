namespace Offstage.Shell.Streams;

/// <summary>An open file of a tree, with the position that its descriptors share.</summary>
internal sealed class TreeFile(IFileHandle handle, FileOpening opening, long fileBytesMax) : FileDescription
{
    private readonly Lock gate = new();
    private long position;

    public override bool CanRead => opening.HasFlag(FileOpening.Read);

    public override bool CanWrite => (opening & (FileOpening.Write | FileOpening.Append)) != 0;

    public override bool CanSeek => true;

    public override FileStatus Status
    {
        get
        {
            _ = handle.Stat(out FileStatus status);
            return status;
        }
    }

    public override FileError Read(Span<byte> buffer, Interruption interruption, out int count)
    {
        lock (gate)
        {
            FileError error = handle.ReadAt(position, buffer, out count);
            position += count;
            return error;
        }
    }

    public override FileError ReadThrough(byte delimiter, Span<byte> buffer, Interruption interruption, out int count)
    {
        lock (gate)
        {
            FileError error = handle.ReadAt(position, buffer, out count);
            int found = buffer[..count].IndexOf(delimiter);
            count = found < 0 ? count : found + 1;
            position += count;
            return error;
        }
    }

    public override FileError Write(ReadOnlySpan<byte> bytes, Interruption interruption)
    {
        if (!CanWrite)
            return FileError.BadDescriptor;
        lock (gate)
        {
            long at = position;
            if (opening.HasFlag(FileOpening.Append) && handle.Stat(out FileStatus status) == FileError.None)
                at = status.Size;
            if (at + bytes.Length > fileBytesMax)
                return FileError.FileTooBig;
            if (opening.HasFlag(FileOpening.Append))
                return handle.Append(bytes, out position);
            FileError error = handle.WriteAt(position, bytes);
            position += error == FileError.None ? bytes.Length : 0;
            return error;
        }
    }

    public override FileError Seek(long offset, SeekOrigin origin, out long newPosition)
    {
        lock (gate)
        {
            newPosition = origin switch
            {
                SeekOrigin.Begin => offset,
                SeekOrigin.Current => position + offset,
                _ => Status.Size + offset,
            };
            if (newPosition < 0)
                return FileError.InvalidArgument;
            position = newPosition;
            return FileError.None;
        }
    }

    protected override void Close() => handle.Dispose();
}
