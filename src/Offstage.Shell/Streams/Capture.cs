using System.Text;

namespace Offstage.Shell.Streams;

/// <summary>Takes what a command substitution writes. It grows as far as the run's budget allows.</summary>
internal sealed class Capture(Budget budget) : FileDescription
{
    private readonly Lock gate = new();
    private byte[] buffer = [];
    private int count;

    public override bool CanRead => false;

    public int Count => Volatile.Read(ref count);

    public override FileStatus Status => Synthetic(FileKind.Pipe, 1);

    public override FileError Write(ReadOnlySpan<byte> bytes, Interruption interruption)
    {
        lock (gate)
        {
            if (count + bytes.Length > buffer.Length)
            {
                long wanted = Math.Max(count + (long)bytes.Length, Math.Max(256, buffer.Length * 2L));
                budget.Hold(wanted - buffer.Length);
                Array.Resize(ref buffer, (int)Math.Min(wanted, Array.MaxLength));
            }

            bytes.CopyTo(buffer.AsSpan(count));
            count += bytes.Length;
            return FileError.None;
        }
    }

    /// <summary>What was written, without its last line ends and without NUL bytes, as the value of a substitution is.</summary>
    /// <param name="hadNul">Whether NUL bytes were left out.</param>
    public string TakeValue(out bool hadNul)
    {
        lock (gate)
        {
            ReadOnlySpan<byte> value = buffer.AsSpan(0, count);
            hadNul = value.Contains((byte)0);
            if (hadNul)
                value = value.ToArray().Where(b => b != 0).ToArray();
            string text = Encoding.Latin1.GetString(value.TrimEnd((byte)'\n'));
            budget.Release(buffer.Length);
            buffer = [];
            count = 0;
            return text;
        }
    }

    public byte[] TakeBytes()
    {
        lock (gate)
        {
            byte[] bytes = buffer.AsSpan(0, count).ToArray();
            budget.Release(buffer.Length);
            buffer = [];
            count = 0;
            return bytes;
        }
    }

    protected override void Close()
    {
    }
}
