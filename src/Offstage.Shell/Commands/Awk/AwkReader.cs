using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Awk;

/// <summary>What separates records.</summary>
internal abstract record AwkRecordSeparator
{
    private AwkRecordSeparator()
    {
    }

    public sealed record Character(byte Value) : AwkRecordSeparator;

    /// <summary>Empty lines, any number of them.</summary>
    public sealed record Paragraph : AwkRecordSeparator;

    public sealed record Pattern(PosixRegex Regex) : AwkRecordSeparator;
}

/// <summary>Reads records from one file or command. The separator may change from one record to the next.</summary>
internal sealed class AwkReader(CommandContext context, FileDescription source, bool owned)
{
    private const int Size = 64 * 1024;

    private byte[] buffer = [];
    private int start;
    private int end;
    private bool ended;

    public FileError Error { get; private set; }

    /// <summary>Reads a record.</summary>
    /// <param name="record">Valid until the next call.</param>
    /// <param name="separator">What ended it; empty at the end of the file.</param>
    public bool TryRead(AwkRecordSeparator by, out ReadOnlySpan<byte> record, out ReadOnlySpan<byte> separator)
    {
        if (by is AwkRecordSeparator.Paragraph) SkipNewlines();
        int searched = 0;
        while (true)
        {
            var rest = buffer.AsSpan(start, end - start);
            if (TryFind(by, rest, searched, out var found))
            {
                record = rest[..found.Start];
                separator = rest[found.Start..found.End];
                start += found.End;
                return true;
            }

            searched = by is AwkRecordSeparator.Character ? rest.Length : 0;
            if (ended || !Fill()) break;
        }

        record = buffer.AsSpan(start, end - start);
        separator = default;
        start = end;
        if (by is not AwkRecordSeparator.Paragraph || record.IsEmpty || record[^1] != '\n') return !record.IsEmpty;
        // The last newline of a file belongs to no record, but only where lines are what separates.
        separator = record[^1..];
        record = record[..^1];
        return true;
    }

    public void Close()
    {
        context.Budget.Release(buffer.Length);
        buffer = [];
        if (owned) source.Release();
    }

    private bool TryFind(AwkRecordSeparator by, ReadOnlySpan<byte> rest, int searched, out Group found)
    {
        found = Group.Absent;
        switch (by)
        {
            case AwkRecordSeparator.Character(var value):
                int at = rest[searched..].IndexOf(value);
                if (at < 0) return false;
                found = new(searched + at, searched + at + 1);
                return true;
            case AwkRecordSeparator.Paragraph:
                int gap = rest.IndexOf("\n\n"u8);
                if (gap < 0) return false;
                int after = gap + 2;
                while (after < rest.Length && rest[after] == '\n') after++;
                if (after == rest.Length && !ended) return false;
                found = new(gap, after);
                return true;
            case AwkRecordSeparator.Pattern(var regex):
                Span<Group> groups = stackalloc Group[1];
                if (rest.IsEmpty || !regex.Match(rest, 0, groups, context.Interruption.Token) || groups[0].Length == 0) return false;
                // A match that reaches the end of what is read might be longer.
                if (groups[0].End == rest.Length && !ended) return false;
                found = groups[0];
                return true;
        }

        return false;
    }

    private void SkipNewlines()
    {
        while (true)
        {
            while (start < end && buffer[start] == '\n') start++;
            if (start < end || ended || !Fill()) return;
        }
    }

    private bool Fill()
    {
        context.Check();
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            int wanted = buffer.Length == 0 ? Size : (int)Math.Min(Array.MaxLength, buffer.Length * 2L);
            context.Budget.Hold(wanted - buffer.Length);
            Array.Resize(ref buffer, wanted);
        }

        Error = source.Read(buffer.AsSpan(end), context.Interruption, out int count);
        end += count;
        ended = Error != FileError.None || count == 0;
        return !ended;
    }
}
