namespace Offstage.Shell.Commands.Sed;

/// <summary>Where lines go. A last line without its end gets one only when more follows.</summary>
internal sealed class SedOutput(OutputWriter writer, byte terminator)
{
    private bool owesTerminator;

    public OutputWriter Writer => writer;

    public void Line(ReadOnlySpan<byte> line, bool hadTerminator = true)
    {
        Settle();
        writer.Write(line);
        if (hadTerminator) writer.WriteByte(terminator);
        else owesTerminator = true;
    }

    /// <summary>Writes bytes that hold their own line ends.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Settle();
        writer.Write(bytes);
    }

    private void Settle()
    {
        if (owesTerminator) writer.WriteByte(terminator);
        owesTerminator = false;
    }
}
