namespace Offstage.Shell.Streams;

/// <summary>The standard input of a run, from a caller's stream.</summary>
/// <remarks>A read that blocks in the caller's stream is given up when the process is to end; the stream must bear that.</remarks>
internal sealed class HostInput(Stream stream) : FileDescription
{
    private readonly Lock gate = new();
    private readonly byte[] ahead = new byte[4096];
    private int start;
    private int count;

    public override bool CanWrite => false;

    public override FileStatus Status => Synthetic(FileKind.Pipe, 4);

    public override FileError Read(Span<byte> buffer, Interruption interruption, out int read)
        => Take(buffer, -1, interruption, out read);

    public override FileError ReadThrough(byte delimiter, Span<byte> buffer, Interruption interruption, out int read)
        => Take(buffer, delimiter, interruption, out read);

    private FileError Take(Span<byte> buffer, int delimiter, Interruption interruption, out int read)
    {
        read = 0;
        interruption.Check();
        lock (gate)
        {
            if (count == 0)
            {
                try
                {
                    start = 0;
                    count = stream.ReadAsync(ahead, interruption.Token).AsTask().GetAwaiter().GetResult();
                }
                catch (OperationCanceledException)
                {
                    interruption.Check();
                    throw;
                }
                catch (IOException)
                {
                    return FileError.InputOutput;
                }
            }

            ReadOnlySpan<byte> left = ahead.AsSpan(start, count);
            int found = delimiter < 0 ? -1 : left.IndexOf((byte)delimiter);
            left = found < 0 ? left : left[..(found + 1)];
            read = Math.Min(left.Length, buffer.Length);
            left[..read].CopyTo(buffer);
            start += read;
            count -= read;
            return FileError.None;
        }
    }

    protected override void Close()
    {
    }
}
