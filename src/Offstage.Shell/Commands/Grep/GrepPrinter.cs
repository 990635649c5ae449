namespace Offstage.Shell.Commands.Grep;

/// <summary>Writes lines as grep does, with what stands before them.</summary>
internal sealed class GrepPrinter(OutputWriter output, GrepSettings settings, ILineMatcher matcher)
{
    private bool wroteAny;

    /// <summary>Begins a group of lines: separated from the one before by a line of dashes, where there is context.</summary>
    public void BeginGroup()
    {
        if (wroteAny && settings.HasContext && settings.GroupSeparator is { } separator)
        {
            Paint("36", separator);
            output.WriteByte((byte)'\n');
        }
    }

    /// <param name="mark">':' before a selected line, '-' before context.</param>
    public void Line(string name, ReadOnlySpan<byte> line, long number, long offset, char mark)
    {
        wroteAny = true;
        Head(name, number, offset, mark);
        if (settings.Color && (mark == ':') != settings.Invert) Colored(line);
        else output.Write(line);
        output.WriteByte(settings.Terminator);
    }

    /// <summary>Writes each match of a line in a line of its own; empty ones are not worth one.</summary>
    public void Matches(string name, ReadOnlySpan<byte> line, long number, long offset)
    {
        int at = 0;
        while (at <= line.Length && matcher.Match(line, at, out int from, out int to))
        {
            if (to == from)
            {
                at = to + 1;
                continue;
            }

            wroteAny = true;
            Head(name, number, offset + from, ':');
            if (settings.Color) Paint("01;31", line[from..to]);
            else output.Write(line[from..to]);
            output.WriteByte(settings.Terminator);
            at = to;
        }
    }

    public void Count(string name, long count)
    {
        if (settings.WithName)
        {
            Name(name);
            if (!settings.NullAfterName) Paint("36", ":");
        }

        output.Write(count.ToString());
        output.WriteByte((byte)'\n');
    }

    public void FileName(string name)
    {
        Paint("35", name);
        output.WriteByte(settings.NullAfterName ? (byte)0 : (byte)'\n');
    }

    private void Name(string name)
    {
        Paint("35", name);
        if (settings.NullAfterName) output.WriteByte(0);
    }

    private void Head(string name, long number, long offset, char mark)
    {
        string separator = mark.ToString();
        bool any = false;
        if (settings.WithName)
        {
            Name(name);
            if (!settings.NullAfterName) Paint("36", separator);
            any = true;
        }

        if (settings.LineNumbers)
        {
            Paint("32", settings.InitialTab ? number.ToString().PadLeft(4) : number.ToString());
            Paint("36", separator);
            any = true;
        }

        if (settings.ByteOffsets)
        {
            Paint("32", offset.ToString());
            Paint("36", separator);
            any = true;
        }

        if (any && settings.InitialTab) output.WriteByte((byte)'\t');
    }

    private void Colored(ReadOnlySpan<byte> line)
    {
        int at = 0, written = 0;
        while (at <= line.Length && matcher.Match(line, at, out int from, out int to))
        {
            if (to == from)
            {
                at = to + 1;
                continue;
            }

            output.Write(line[written..from]);
            Paint("01;31", line[from..to]);
            at = written = to;
        }

        output.Write(line[written..]);
    }

    private void Paint(string color, string text)
    {
        if (!settings.Color)
        {
            output.Write(text);
            return;
        }

        Paint(color, System.Text.Encoding.Latin1.GetBytes(text));
    }

    private void Paint(string color, ReadOnlySpan<byte> text)
    {
        output.Write($"\u001b[{color}m\u001b[K");
        output.Write(text);
        output.Write("\u001b[m\u001b[K");
    }
}
