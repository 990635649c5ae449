using System.Text;
using System.Text.RegularExpressions;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Ripgrep;

/// <summary>Searches one file after the other and writes what is found.</summary>
internal sealed partial class RgSearch(CommandContext context, ParsedOptions options, RgMatcher matcher, bool withName)
{
    private const int BinaryLook = 64 * 1024;

    private readonly int after = Number(options, 'A') ?? Number(options, 'C') ?? 0;
    private readonly int before = Number(options, 'B') ?? Number(options, 'C') ?? 0;
    private readonly long most = long.TryParse(options.Value('m'), out long m) ? m : long.MaxValue;
    private readonly bool heading = options.Last("heading", "no-heading", "p") is "heading" or "p";
    private readonly bool lineNumbers = options.Last("n", "N", "p", "column", "vimgrep") is "n" or "p" or "column" or "vimgrep" || (options.Has("column") && options.Last("n", "N") != "N");
    private readonly bool color = options.Value("color") is "always" or "ansi" || (options.Has('p') && options.Value("color") != "never");
    private readonly string? replacement = options.Value('r') is { } r ? Latin.ToUnicode(r) : null;
    private bool wroteAny;

    /// <summary>Where messages go instead of lines; null for lines.</summary>
    public RgJson? Json { get; init; }

    private static int? Number(ParsedOptions options, char letter) => int.TryParse(options.Value(letter), out int value) ? value : null;

    /// <param name="explicitly">Whether the file was named in the call: binary files are searched to their end then.</param>
    /// <returns>Whether something was found.</returns>
    public bool Search(InputFile file, string name, bool explicitly)
    {
        byte[] bytes = file.ReadToEnd();
        Json?.Begin();
        bool found = Search(bytes, name, explicitly);
        context.Check();
        return found;
    }

    private bool Search(byte[] bytes, string name, bool explicitly)
    {
        bool invert = options.Has('v');
        if (matcher.Literal is { } literal && !invert && bytes.AsSpan().IndexOf(literal) < 0) return NotFound(name);
        int zero = options.Has('a') || options.Given.Count(g => g.Key == "u") > 2 ? -1 : bytes.AsSpan().IndexOf((byte)0);
        // What is binary and was not named is not looked at, and so counts neither as found nor as without.
        if (zero >= 0 && zero < BinaryLook && !explicitly) return options.Has("files-without-match");
        string text = Encoding.UTF8.GetString(bytes);
        List<Line> lines = Lines(text);
        var hits = new List<int>();
        var spans = new Dictionary<int, List<(int Start, int Length, Match Match)>>();
        Find(text, lines, hits, spans, invert);
        if (hits.Count == 0) return NotFound(name);
        if (options.Has('q')) return true;
        if (Json is not null)
        {
            Json.File(name, bytes.Length, zero, json => Print(json, bytes, name, lines, hits, spans));
            return true;
        }

        if (options.Has("files-without-match")) return false;
        if (options.Has('l'))
        {
            Path(name);
            context.Output.WriteByte(options.Has('0') ? (byte)0 : (byte)'\n');
            return true;
        }

        if (options.Has('c') || options.Has("count-matches"))
        {
            long count = options.Has("count-matches") ? spans.Values.Sum(s => s.Count) : hits.Count;
            if (withName)
            {
                Path(name);
                context.Output.Write(options.Has('0') ? "\0" : ":");
            }

            context.Output.WriteLine(count.ToString());
            return true;
        }

        if (zero >= 0)
        {
            context.Output.WriteLine($"{(withName ? name + ": " : "")}binary file matches (found \"\\0\" byte around offset {zero})");
            return true;
        }

        if (heading && withName)
        {
            if (wroteAny) context.Output.WriteByte((byte)'\n');
            Path(name);
            context.Output.WriteByte((byte)'\n');
        }

        Print(text, name, lines, hits, spans);
        wroteAny = true;
        return true;
    }

    private bool NotFound(string name)
    {
        if (options.Has("files-without-match"))
        {
            Path(name);
            context.Output.WriteByte(options.Has('0') ? (byte)0 : (byte)'\n');
            return true;
        }

        if (options.Has("include-zero") && options.Has('c')) context.Output.WriteLine($"{(withName ? name + ":" : "")}0");
        return false;
    }

    private void Find(string text, List<Line> lines, List<int> hits, Dictionary<int, List<(int, int, Match)>> spans, bool invert)
    {
        if (options.Has('U'))
        {
            foreach (Match match in matcher.Matches(text))
            {
                context.Check();
                int first = IndexOf(lines, match.Index), last = IndexOf(lines, Math.Max(match.Index, match.Index + match.Length - 1));
                if (first < 0) continue;
                for (int i = first; i <= last; i++)
                {
                    if (hits.Count == 0 || hits[^1] < i) hits.Add(i);
                    int start = Math.Max(match.Index, lines[i].Start), end = Math.Min(match.Index + match.Length, lines[i].End);
                    (spans.TryGetValue(i, out var list) ? list : spans[i] = []).Add((start, Math.Max(0, end - start), match));
                }

                if (hits.Count >= most) break;
            }

            if (!invert) return;
            var selected = new HashSet<int>(hits);
            hits.Clear();
            hits.AddRange(Enumerable.Range(0, lines.Count).Where(i => !selected.Contains(i)));
            return;
        }

        bool needsSpans = options.Has('o') || options.Has("count-matches") || options.Has("column") || options.Has("vimgrep") || replacement is not null || color || Json is not null;
        for (int i = 0; i < lines.Count && hits.Count < most; i++)
        {
            if ((i & 255) == 0) context.Check();
            string line = text[lines[i].Start..lines[i].End];
            if (!needsSpans || invert)
            {
                if (matcher.IsMatch(line) != invert) hits.Add(i);
                continue;
            }

            List<(int, int, Match)> found = [.. matcher.Matches(line).Select(m => (lines[i].Start + m.Index, m.Length, m))];
            if (found.Count == 0) continue;
            hits.Add(i);
            spans[i] = found;
        }
    }

    private void Print(string text, string name, List<Line> lines, List<int> hits, Dictionary<int, List<(int Start, int Length, Match Match)>> spans)
    {
        int printed = -1;
        int next = 0;
        bool context_ = (before > 0 || after > 0) && !options.Has('o');
        var isHit = new HashSet<int>(hits);
        foreach (int hit in hits)
        {
            int from = options.Has('o') ? hit : Math.Max(printed + 1, hit - before);
            if (options.Has("passthru")) from = printed + 1;
            if (context_ && (printed >= 0 ? from > printed + 1 : wroteAny && !heading)) context.Output.WriteLine(options.Value("context-separator") ?? "--");
            for (int i = from; i < hit; i++) One(text, name, lines[i], i, null, selected: false);
            One(text, name, lines[hit], hit, spans.GetValueOrDefault(hit) ?? [], selected: true);
            printed = hit;
            next++;
            int limit = next < hits.Count ? hits[next] : lines.Count;
            for (int i = hit + 1; !options.Has('o') && i < limit && i <= hit + after; i++)
            {
                One(text, name, lines[i], i, null, selected: false);
                printed = i;
            }
        }

        if (!options.Has("passthru")) return;
        for (int i = printed + 1; i < lines.Count; i++) One(text, name, lines[i], i, null, selected: false);
    }

    private void One(string text, string name, Line line, int index, List<(int Start, int Length, Match Match)>? spans, bool selected)
    {
        string separator = selected ? ":" : "-";
        string body = text[line.Start..line.End];
        if (options.Has('o') && spans is not null)
        {
            foreach (var (start, length, match) in spans)
            {
                Head(name, index, selected ? Column(text, line, start) : 0, separator);
                Write(replacement is null ? Painted(text.Substring(start, length)) : Painted(match.Result(replacement)));
            }

            return;
        }

        if (options.Has("vimgrep") && spans is { Count: > 1 })
        {
            foreach (var (start, _, _) in spans)
            {
                Head(name, index, Column(text, line, start), separator);
                Write(body);
            }

            return;
        }

        Head(name, index, spans is { Count: > 0 } ? Column(text, line, spans[0].Start) : 0, separator);
        if (spans is { Count: > 0 } && (replacement is not null || color))
        {
            var built = new StringBuilder();
            int at = line.Start;
            foreach (var (start, length, match) in spans)
            {
                if (start < at) continue;
                built.Append(text, at, start - at).Append(Painted(replacement is null ? text.Substring(start, length) : match.Result(replacement)));
                at = start + length;
            }

            built.Append(text, at, line.End - at);
            body = built.ToString();
        }

        Write(options.Has("trim") ? body.TrimStart() : body);
    }

    private string Painted(string text) => color && text.Length > 0 ? $"\u001b[0m\u001b[1m\u001b[31m{text}\u001b[0m" : text;

    private void Write(string text)
    {
        context.Output.Write(Encoding.UTF8.GetBytes(text));
        context.Output.WriteByte((byte)'\n');
    }

    private void Head(string name, int index, int column, string separator)
    {
        if (withName && !heading)
        {
            Path(name);
            context.Output.Write(options.Has('0') ? "\0" : separator);
        }

        if (lineNumbers) context.Output.Write(color ? $"\u001b[0m\u001b[32m{index + 1}\u001b[0m{separator}" : $"{index + 1}{separator}");
        if (column > 0 && (options.Has("column") || options.Has("vimgrep"))) context.Output.Write($"{column}{separator}");
    }

    private void Path(string name) => context.Output.Write(color ? $"\u001b[0m\u001b[35m{name}\u001b[0m" : name);

    /// <summary>In bytes, from 1.</summary>
    private static int Column(string text, Line line, int start) => Encoding.UTF8.GetByteCount(text.AsSpan(line.Start, start - line.Start)) + 1;

    private static List<Line> Lines(string text)
    {
        var lines = new List<Line>();
        for (int at = 0; at < text.Length;)
        {
            int end = text.IndexOf('\n', at);
            if (end < 0) end = text.Length;
            lines.Add(new Line(at, end));
            at = end + 1;
        }

        return lines;
    }

    private static int IndexOf(List<Line> lines, int position)
    {
        int low = 0, high = lines.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (lines[middle].Start <= position) low = middle;
            else high = middle - 1;
        }

        return lines.Count == 0 ? -1 : low;
    }

    private readonly record struct Line(int Start, int End);
}
