using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Diff;

/// <summary>A file as lines.</summary>
/// <param name="EndsInNewline">False for a last line that does not end.</param>
internal sealed record DiffText(string Name, byte[] Content, (int Start, int Length)[] Lines, bool EndsInNewline, DateTimeOffset ModifiedAt)
{
    public int Count => Lines.Length;

    public bool IsBinary => Content.AsSpan(0, Math.Min(Content.Length, 65536)).Contains((byte)0);

    public static DiffText Of(string name, byte[] content, DateTimeOffset modifiedAt)
    {
        var lines = new List<(int, int)>();
        for (int at = 0; at < content.Length;)
        {
            int length = content.AsSpan(at).IndexOf((byte)'\n');
            if (length < 0) length = content.Length - at;
            lines.Add((at, length));
            at += length + 1;
        }

        return new(name, content, [.. lines], content.Length == 0 || content[^1] == '\n', modifiedAt);
    }

    public ReadOnlySpan<byte> Line(int index) => Content.AsSpan(Lines[index].Start, Lines[index].Length);

    /// <summary>Whether the line ends the file without a newline.</summary>
    public bool IsIncomplete(int index) => !EndsInNewline && index == Lines.Length - 1;
}

/// <summary>Which differences of lines do not count.</summary>
internal sealed record DiffRules(bool IgnoreCase, bool IgnoreSpaceChange, bool IgnoreAllSpace, bool IgnoreTrailingSpace, bool StripCarriageReturn)
{
    public bool IsExact => !IgnoreCase && !IgnoreSpaceChange && !IgnoreAllSpace && !IgnoreTrailingSpace && !StripCarriageReturn;

    /// <summary>Numbers the lines of two files, so that equal lines have equal numbers.</summary>
    public (int[] A, int[] B) Number(DiffText a, DiffText b, CommandContext context)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] Of(DiffText text)
        {
            int[] result = new int[text.Count];
            for (int i = 0; i < result.Length; i++)
            {
                if ((i & 0xFF) == 0) context.Check();
                string key = Key(Latin.Text(text.Line(i)));
                // A last line without its end is not the same as one with it.
                if (text.IsIncomplete(i) && !IgnoreAllSpace && !IgnoreSpaceChange && !IgnoreTrailingSpace) key += "\n";
                if (!numbers.TryGetValue(key, out int number)) numbers[key] = number = numbers.Count;
                result[i] = number;
            }

            return result;
        }

        return (Of(a), Of(b));
    }

    private string Key(string line)
    {
        if (IsExact) return line;
        if (StripCarriageReturn) line = line.TrimEnd('\r');
        if (IgnoreAllSpace) line = string.Concat(line.Where(c => !IsSpace(c)));
        else if (IgnoreSpaceChange) line = Squeeze(line).TrimEnd(' ');
        else if (IgnoreTrailingSpace) line = line.TrimEnd(' ', '\t', '\r', '\f', '\v');
        return IgnoreCase ? line.ToLowerInvariant() : line;
    }

    private static string Squeeze(string line)
    {
        var result = new System.Text.StringBuilder(line.Length);
        foreach (char c in line)
        {
            if (!IsSpace(c)) result.Append(c);
            else if (result.Length == 0 || result[^1] != ' ') result.Append(' ');
        }

        return result.ToString();
    }

    private static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');
}
