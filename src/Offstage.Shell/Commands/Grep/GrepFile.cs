using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Grep;

/// <summary>Searches one file, many lines at a time.</summary>
internal sealed class GrepFile(CommandContext context, GrepSettings settings, ILineMatcher matcher, GrepPrinter printer)
{
    private readonly Queue<(byte[] Line, long Number, long Offset)> before = new();
    private string name = "";
    private long selected;
    private long lineNumber;
    private long offset;
    private long lastPrinted;
    private int afterLeft;
    private bool isBinary;
    private bool done;

    /// <returns>Whether a line was selected.</returns>
    public bool Search(InputFile file, string shownName)
    {
        name = shownName;
        (selected, lineNumber, offset, lastPrinted, afterLeft, isBinary, done) = (0, 1, 0, -1, 0, false, settings.SelectedMax == 0);
        before.Clear();
        bool first = true;
        while (!done && file.Lines.TryRead(out var block, settings.Terminator))
        {
            if (settings.Binary != BinaryFiles.Text && !isBinary && settings.Terminator != 0)
            {
                isBinary = block[..(first ? block.Length : Math.Min(block.Length, 32768))].Contains((byte)0);
                if (isBinary && settings.Binary == BinaryFiles.WithoutMatch) return false;
            }

            first = false;
            Scan(block);
        }

        if (settings.Count && !settings.Quiet && settings.ListFiles is null) printer.Count(name, selected);
        if (settings.ListFiles is { } with && with == selected > 0 && !settings.Quiet) printer.FileName(name);
        return selected > 0;
    }

    private void Scan(ReadOnlySpan<byte> block)
    {
        var lines = block[^1] == settings.Terminator ? block[..^1] : block;
        int at = 0;
        while (at <= lines.Length && !done)
        {
            context.Check();
            int hit = matcher.FindLine(lines, at, settings.Terminator);
            int lineStart = lines.Length + 1, lineEnd = lines.Length + 1;
            if (hit >= 0)
            {
                lineStart = at + lines[at..hit].LastIndexOf(settings.Terminator) + 1;
                int length = lines[hit..].IndexOf(settings.Terminator);
                lineEnd = length < 0 ? lines.Length : hit + length;
            }

            if (settings.Invert) Each(lines, at, lineStart, selectedLines: true);
            else Pass(lines, at, lineStart);
            if (done) return;
            if (hit >= 0)
            {
                if (settings.Invert) Each(lines, lineStart, lineEnd + 1, selectedLines: false);
                else Select(lines[lineStart..lineEnd]);
                at = lineEnd + 1;
            }
            else
            {
                at = lines.Length + 1;
            }
        }
    }

    /// <summary>Goes over lines that are not selected: most of them are only counted.</summary>
    private void Pass(ReadOnlySpan<byte> lines, int from, int to)
    {
        while (afterLeft > 0 && from < to)
        {
            int end = LineEnd(lines, from);
            Context(lines[from..end]);
            from = end + 1;
        }

        if (from >= to) return;
        int keep = to;
        for (int i = 0; i < settings.Before && keep > from; i++) keep = PreviousStart(lines, keep, from);
        if (keep > from)
        {
            before.Clear();
            Count(lines, from, keep);
        }

        while (keep < to)
        {
            int end = LineEnd(lines, keep);
            Remember(lines[keep..end]);
            keep = end + 1;
        }
    }

    private int PreviousStart(ReadOnlySpan<byte> lines, int start, int floor)
        => start - 1 <= floor ? floor : Math.Max(floor, floor + lines[floor..(start - 1)].LastIndexOf(settings.Terminator) + 1);

    private void Count(ReadOnlySpan<byte> lines, int from, int to)
    {
        offset += to - from;
        if (!settings.LineNumbers && !settings.HasContext) return;
        int end = Math.Min(to, lines.Length);
        lineNumber += lines[from..end].Count(settings.Terminator) + (to > lines.Length ? 1 : 0);
    }

    private void Each(ReadOnlySpan<byte> lines, int from, int to, bool selectedLines)
    {
        while (from < to && !done)
        {
            int end = LineEnd(lines, from);
            var line = lines[from..end];
            if (selectedLines) Select(line);
            else if (afterLeft > 0) Context(line);
            else Remember(line);
            from = end + 1;
        }
    }

    private int LineEnd(ReadOnlySpan<byte> lines, int from)
    {
        int length = lines[from..].IndexOf(settings.Terminator);
        return length < 0 ? lines.Length : from + length;
    }

    private void Remember(ReadOnlySpan<byte> line)
    {
        if (settings.Before > 0)
        {
            before.Enqueue((line.ToArray(), lineNumber, offset));
            if (before.Count > settings.Before) before.Dequeue();
        }

        Advance(line);
    }

    private void Context(ReadOnlySpan<byte> line)
    {
        if (!isBinary && !settings.OnlyMatching) printer.Line(name, line, lineNumber, offset, '-');
        lastPrinted = lineNumber;
        afterLeft--;
        Advance(line);
        if (afterLeft == 0 && selected >= settings.SelectedMax) done = true;
    }

    private void Select(ReadOnlySpan<byte> line)
    {
        if (selected >= settings.SelectedMax)
        {
            Context(line);
            return;
        }

        selected++;
        if (settings.FirstIsEnough)
        {
            done = true;
            return;
        }

        if (!settings.Count) Print(line);
        Advance(line);
        afterLeft = settings.Count ? 0 : settings.After;
        if (selected >= settings.SelectedMax && afterLeft == 0) done = true;
    }

    private void Print(ReadOnlySpan<byte> line)
    {
        if (isBinary)
        {
            context.Complain($"{name}: binary file matches");
            done = true;
            return;
        }

        long firstNumber = before.Count > 0 ? before.Peek().Number : lineNumber;
        if (settings.HasContext && firstNumber > lastPrinted + 1) printer.BeginGroup();
        if (settings.OnlyMatching)
        {
            before.Clear();
            if (!settings.Invert) printer.Matches(name, line, lineNumber, offset);
        }
        else
        {
            while (before.TryDequeue(out var earlier)) printer.Line(name, earlier.Line, earlier.Number, earlier.Offset, '-');
            printer.Line(name, line, lineNumber, offset, ':');
        }

        lastPrinted = lineNumber;
    }

    private void Advance(ReadOnlySpan<byte> line)
    {
        lineNumber++;
        offset += line.Length + 1;
    }
}
