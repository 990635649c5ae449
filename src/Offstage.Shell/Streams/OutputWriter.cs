using System.Text;

namespace Offstage.Shell;

/// <summary>Gathers what a command writes and hands it on in pieces of 32 KB and at <see cref="Flush"/>.</summary>
/// <remarks>A write that fails ends the command: see <see cref="WriteFailedException"/>. Not for several threads at once.</remarks>
public sealed class OutputWriter(FileDescription target, Interruption interruption)
{
    private const int Room = 32 * 1024;

    private byte[] buffer = [];
    private int count;

    public FileDescription Target => target;

    /// <summary>Each char is one byte; all are at most U+00FF.</summary>
    public void Write(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            Reserve(Math.Min(text.Length, Room));
            int taken = Math.Min(text.Length, buffer.Length - count);
            Encoding.Latin1.GetBytes(text[..taken], buffer.AsSpan(count));
            count += taken;
            text = text[taken..];
        }
    }

    public void Write(string text) => Write(text.AsSpan());

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= Room)
        {
            Flush();
            Send(bytes);
            return;
        }

        Reserve(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(count));
        count += bytes.Length;
    }

    public void WriteByte(byte value)
    {
        Reserve(1);
        buffer[count++] = value;
    }

    public void WriteLine(string text)
    {
        Write(text);
        WriteByte((byte)'\n');
    }

    /// <exception cref="WriteFailedException">Nobody can read it, or there is no room.</exception>
    public void Flush()
    {
        if (count == 0)
            return;
        int waiting = count;
        count = 0;
        Send(buffer.AsSpan(0, waiting));
    }

    private void Reserve(int wanted)
    {
        if (buffer.Length - count >= wanted)
            return;
        if (count + wanted > Room)
            Flush();
        if (buffer.Length - count < wanted)
            Array.Resize(ref buffer, Math.Min(Room, Math.Max(count + wanted, Math.Max(256, buffer.Length * 4))));
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        FileError error = target.Write(bytes, interruption);
        if (error != FileError.None)
            throw new WriteFailedException(error);
    }
}

/// <summary>Ends a command whose output cannot be written. Whoever runs commands catches it: the status is 141 for a broken pipe, otherwise 1 with a message.</summary>
public sealed class WriteFailedException(FileError error) : Exception(error.Message())
{
    public FileError Error => error;
}
