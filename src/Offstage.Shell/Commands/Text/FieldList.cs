namespace Offstage.Shell.Commands.Text;

/// <summary>Which positions are wanted: <c>1,3-5,7-</c>. Ordered and merged.</summary>
internal sealed class FieldList
{
    private readonly (long First, long Last)[] ranges;

    private FieldList((long, long)[] ranges) => this.ranges = ranges;

    public ReadOnlySpan<(long First, long Last)> Ranges => ranges;

    /// <param name="what">"fields" or "byte/character positions".</param>
    /// <exception cref="CommandFailedException">It is no list.</exception>
    public static FieldList Parse(string text, bool fields, bool complement)
    {
        string what = fields ? "fields are numbered from 1" : "byte/character positions are numbered from 1";
        var parts = new List<(long First, long Last)>();
        foreach (string part in text.Split(',', ' ', '\t'))
        {
            int dash = part.IndexOf('-');
            if (part == "-") throw new CommandFailedException("invalid range with no endpoint: -");
            long first = dash == 0 ? 1 : Number(dash < 0 ? part : part[..dash], fields, part);
            long last = dash < 0 ? first : dash == part.Length - 1 ? long.MaxValue - 1 : Number(part[(dash + 1)..], fields, part);
            if (first == 0 || (last == 0 && dash >= 0)) throw new CommandFailedException(what);
            if (last < first) throw new CommandFailedException("invalid decreasing range");
            parts.Add((first, last));
        }

        parts.Sort();
        var merged = new List<(long First, long Last)>();
        foreach (var part in parts)
        {
            // Ranges that only touch stay apart: an output delimiter stands between them.
            if (merged.Count > 0 && part.First <= merged[^1].Last) merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, part.Last));
            else merged.Add(part);
        }

        return new(complement ? Complement(merged) : [.. merged]);
    }

    public bool Contains(long position)
    {
        foreach (var (first, last) in ranges)
        {
            if (position < first) return false;
            if (position <= last) return true;
        }

        return false;
    }

    private static (long, long)[] Complement(List<(long First, long Last)> ranges)
    {
        var rest = new List<(long, long)>();
        long next = 1;
        foreach (var (first, last) in ranges)
        {
            if (first > next) rest.Add((next, first - 1));
            next = last + 1;
        }

        if (next < long.MaxValue - 1) rest.Add((next, long.MaxValue - 1));
        return [.. rest];
    }

    private static long Number(string text, bool fields, string part)
    {
        if (text.Length == 0) throw new CommandFailedException(fields ? "fields are numbered from 1" : "byte/character positions are numbered from 1");
        if (text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0) throw new CommandFailedException($"invalid {(fields ? "field" : "byte/character position")} value {Latin.Quote(part)}".Replace("position value", "position", StringComparison.Ordinal));
        return text.Length > 18 ? throw new CommandFailedException($"{(fields ? "field number" : "byte/character offset")} {Latin.Quote(text)} is too large") : long.Parse(text);
    }
}
