namespace Offstage.Shell.Streams;

/// <summary>Bytes that are there already: a here-document, a here-string, or the standard input that a caller gave.</summary>
internal sealed class TextSource(ReadOnlyMemory<byte> bytes) : FileDescription
{
    private readonly Lock gate = new();
    private int position;

    public override bool CanWrite => false;

    public override bool CanSeek => true;

    public override FileStatus Status => Synthetic(FileKind.Pipe, 2) with { Size = bytes.Length };

    public override FileError Read(Span<byte> buffer, Interruption interruption, out int count)
    {
        lock (gate)
        {
            ReadOnlySpan<byte> left = bytes.Span[position..];
            count = Math.Min(left.Length, buffer.Length);
            left[..count].CopyTo(buffer);
            position += count;
            return FileError.None;
        }
    }

    public override FileError ReadThrough(byte delimiter, Span<byte> buffer, Interruption interruption, out int count)
    {
        lock (gate)
        {
            ReadOnlySpan<byte> left = bytes.Span[position..];
            int found = left.IndexOf(delimiter);
            left = found < 0 ? left : left[..(found + 1)];
            count = Math.Min(left.Length, buffer.Length);
            left[..count].CopyTo(buffer);
            position += count;
            return FileError.None;
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
                _ => bytes.Length + offset,
            };
            if (newPosition < 0)
                return FileError.InvalidArgument;
            position = (int)Math.Min(newPosition, bytes.Length);
            return FileError.None;
        }
    }

    protected override void Close()
    {
    }
}
