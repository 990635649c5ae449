namespace Offstage.Shell.Commands.Patch;

/// <summary>Reads unified, context and normal diffs, with whatever text stands around them.</summary>
internal sealed class PatchParser(string text)
{
    private readonly string[] lines = Split(text);
    private int at;

    /// <exception cref="CommandFailedException">A hunk is broken.</exception>
    public List<FilePatch> Parse()
    {
        var patches = new List<FilePatch>();
        string? index = null;
        while (at < lines.Length)
        {
            string line = lines[at];
            if (line.StartsWith("Index: ", StringComparison.Ordinal)) index = line[7..].Trim();
            if (line.StartsWith("--- ", StringComparison.Ordinal) && Starts(1, "+++ ") && Starts(2, "@@ "))
            {
                var (old, @new) = (Name(line), Name(lines[at + 1]));
                at += 2;
                var hunks = new List<Hunk>();
                while (Starts(0, "@@ ")) hunks.Add(Unified());
                patches.Add(new(old, @new, index, hunks));
                index = null;
            }
            else if (line.StartsWith("*** ", StringComparison.Ordinal) && Starts(1, "--- ") && Starts(2, "***************"))
            {
                var (old, @new) = (Name(line), Name(lines[at + 1]));
                at += 2;
                var hunks = new List<Hunk>();
                while (Starts(0, "***************")) hunks.Add(Context());
                patches.Add(new(old, @new, index, hunks));
                index = null;
            }
            else if (IsNormal(line))
            {
                var hunks = new List<Hunk>();
                while (at < lines.Length && IsNormal(lines[at])) hunks.Add(Normal());
                patches.Add(new(null, null, index, hunks));
            }
            else
            {
                at++;
            }
        }

        return patches;
    }

    private static string[] Split(string text)
    {
        string[] parts = text.Split('\n');
        return parts[^1].Length == 0 ? parts[..^1] : parts;
    }

    private bool Starts(int ahead, string prefix) => at + ahead < lines.Length && lines[at + ahead].StartsWith(prefix, StringComparison.Ordinal);

    private static string Name(string line)
    {
        string rest = line[4..];
        int tab = rest.IndexOf('\t');
        // A file without time is none: diff -N writes the epoch for it.
        if (tab >= 0 && rest[(tab + 1)..].StartsWith("1970-01-01 00:00:00", StringComparison.Ordinal)) return "/dev/null";
        return (tab >= 0 ? rest[..tab] : rest).TrimEnd('\r', ' ');
    }

    private CommandFailedException Malformed() => new($"**** malformed patch at line {at + 1}: {(at < lines.Length ? lines[at] : "")}", 2);

    private Hunk Unified()
    {
        var (start1, count1, start2, count2) = Header();
        at++;
        var hunk = new Hunk(start1, start2, []);
        while (count1 > 0 || count2 > 0)
        {
            if (at >= lines.Length) throw new CommandFailedException("**** unexpected end of file in patch", 2);
            string line = lines[at];
            char kind = line.Length == 0 ? ' ' : line[0] == '\t' ? ' ' : line[0];
            if (kind is not (' ' or '-' or '+')) throw Malformed();
            if (kind != '+') count1--;
            if (kind != '-') count2--;
            hunk.Lines.Add(new(kind, (line.Length == 0 ? "" : line[0] == '\t' ? line : line[1..]) + "\n"));
            at++;
            TakeNoNewline(hunk);
        }

        return hunk;
    }

    private void TakeNoNewline(Hunk hunk)
    {
        if (!Starts(0, "\\ ") || hunk.Lines.Count == 0) return;
        at++;
        hunk.Lines[^1] = hunk.Lines[^1] with { Text = hunk.Lines[^1].Text.TrimEnd('\n') };
    }

    private (int Start1, int Count1, int Start2, int Count2) Header()
    {
        string[] words = lines[at].Split(' ');
        if (words.Length < 4 || !words[1].StartsWith('-') || !words[2].StartsWith('+')) throw Malformed();
        var (start1, count1) = Range(words[1][1..]);
        var (start2, count2) = Range(words[2][1..]);
        return (start1, count1, start2, count2);
    }

    private (int Start, int Count) Range(string text)
    {
        string[] parts = text.Split(',');
        if (!int.TryParse(parts[0], out int start)) throw Malformed();
        int count = 1;
        if (parts.Length > 1 && !int.TryParse(parts[1], out count)) throw Malformed();
        return (start, count);
    }

    private Hunk Context()
    {
        at++;
        var (start1, end1) = Ends("*** ", " ****");
        var old = Side('-', start1, end1, "--- ");
        var (start2, end2) = Ends("--- ", " ----");
        var @new = Side('+', start2, end2, "***************");
        // A side without changes is left out: it is the other one's context.
        if (old.Count == 0) old = [.. @new.Where(l => l.Kind == ' ')];
        if (@new.Count == 0) @new = [.. old.Where(l => l.Kind == ' ')];
        var merged = new List<PatchLine>();
        int i = 0, j = 0;
        while (i < old.Count || j < @new.Count)
        {
            if (i < old.Count && old[i].Kind == '-') merged.Add(old[i++]);
            else if (j < @new.Count && @new[j].Kind == '+') merged.Add(@new[j++]);
            else
            {
                merged.Add(i < old.Count ? old[i] : @new[j]);
                i++;
                j++;
            }
        }

        return new(start1, start2, merged);
    }

    private (int Start, int End) Ends(string prefix, string suffix)
    {
        if (!Starts(0, prefix)) throw Malformed();
        string line = lines[at].TrimEnd('\r');
        string range = line.EndsWith(suffix, StringComparison.Ordinal) ? line[prefix.Length..^suffix.Length] : line[prefix.Length..];
        string[] parts = range.Split(',');
        if (!int.TryParse(parts[0], out int start)) throw Malformed();
        int end = start;
        if (parts.Length > 1 && !int.TryParse(parts[1], out end)) throw Malformed();
        at++;
        return (start, end);
    }

    private List<PatchLine> Side(char change, int start, int end, string next)
    {
        var side = new List<PatchLine>();
        while (at < lines.Length && side.Count <= end - start && !lines[at].StartsWith(next, StringComparison.Ordinal) && lines[at].Length >= 2 && lines[at][0] is ' ' or '!' or '-' or '+')
        {
            side.Add(new(lines[at][0] == ' ' ? ' ' : change, lines[at][2..] + "\n"));
            at++;
            if (!Starts(0, "\\ ")) continue;
            at++;
            side[^1] = side[^1] with { Text = side[^1].Text.TrimEnd('\n') };
        }

        return side;
    }

    private static bool IsNormal(string line)
    {
        int letter = line.AsSpan().IndexOfAny("acd");
        return letter > 0 && letter + 1 < line.Length && IsRange(line[..letter]) && IsRange(line[(letter + 1)..]);
    }

    private static bool IsRange(string text) => text.All(c => char.IsAsciiDigit(c) || c == ',');

    private Hunk Normal()
    {
        string line = lines[at++];
        int letter = line.AsSpan().IndexOfAny("acd");
        int start1 = int.Parse(line[..letter].Split(',')[0]), start2 = int.Parse(line[(letter + 1)..].Split(',')[0]);
        var hunk = new Hunk(line[letter] == 'a' ? start1 + 1 : start1, line[letter] == 'd' ? start2 + 1 : start2, []);
        while (at < lines.Length && (Starts(0, "< ") || Starts(0, "> ") || lines[at] is "---" or "<" or ">" || Starts(0, "\\ ")))
        {
            if (Starts(0, "\\ "))
            {
                TakeNoNewline(hunk);
                continue;
            }

            if (lines[at] != "---") hunk.Lines.Add(new(lines[at][0] == '<' ? '-' : '+', (lines[at].Length > 2 ? lines[at][2..] : "") + "\n"));
            at++;
        }

        return hunk;
    }
}
