namespace Offstage.Shell.Commands.Archives;

/// <summary>An open file of the shell as a .NET stream, for the compressors. Reading counts what it takes.</summary>
/// <param name="prefix">Bytes that were read already and come first.</param>
internal sealed class DescriptionStream(FileDescription file, Interruption interruption, ReadOnlyMemory<byte> prefix = default) : Stream
{
    private ReadOnlyMemory<byte> ahead = prefix;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => Count; set => throw new NotSupportedException(); }

    /// <summary>Bytes that went through.</summary>
    public long Count { get; private set; }

    /// <summary>The last bytes that were read.</summary>
    public byte[] Last8 { get; } = new byte[8];

    public override int Read(Span<byte> buffer)
    {
        interruption.Check();
        int count;
        if (!ahead.IsEmpty)
        {
            count = Math.Min(buffer.Length, ahead.Length);
            ahead.Span[..count].CopyTo(buffer);
            ahead = ahead[count..];
        }
        else
        {
            FileError error = file.Read(buffer, interruption, out count);
            if (error != FileError.None) throw new CommandFailedException(error.Message(), 2);
        }

        Count += count;
        if (count >= Last8.Length)
        {
            buffer.Slice(count - Last8.Length, Last8.Length).CopyTo(Last8);
        }
        else if (count > 0)
        {
            Last8.AsSpan(count).CopyTo(Last8);
            buffer[..count].CopyTo(Last8.AsSpan(Last8.Length - count));
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        interruption.Check();
        FileError error = file.Write(buffer, interruption);
        if (error != FileError.None) throw new WriteFailedException(error);
        Count += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
