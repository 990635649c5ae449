namespace Offstage.Shell.Commands.Text;

/// <summary>Bytes that grow: a pattern space, a field, a line put together. What it holds is counted.</summary>
internal sealed class ByteText(Budget budget)
{
    private byte[] buffer = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => buffer.AsSpan(0, Length);

    public Span<byte> Writable => buffer.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Set(ReadOnlySpan<byte> bytes)
    {
        Length = 0;
        Append(bytes);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Append(byte value)
    {
        Reserve(1);
        buffer[Length++] = value;
    }

    public void Append(string text)
    {
        Reserve(text.Length);
        System.Text.Encoding.Latin1.GetBytes(text, buffer.AsSpan(Length));
        Length += text.Length;
    }

    public void RemoveStart(int count)
    {
        buffer.AsSpan(count, Length - count).CopyTo(buffer);
        Length -= count;
    }

    public override string ToString() => Latin.Text(Span);

    private void Reserve(int count)
    {
        if (buffer.Length - Length >= count) return;
        long wanted = Math.Max(Length + (long)count, Math.Max(128, buffer.Length * 2L));
        budget.Hold(wanted - buffer.Length);
        Array.Resize(ref buffer, (int)Math.Min(wanted, Array.MaxLength));
    }
}
