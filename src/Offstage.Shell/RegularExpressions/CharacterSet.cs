namespace Offstage.Shell.RegularExpressions;

/// <summary>A set of characters: code points in UTF-8, bytes elsewhere, as ordered ranges that do not touch.</summary>
internal sealed class CharacterSet
{
    private readonly (int First, int Last)[] ranges;

    private CharacterSet((int, int)[] ranges) => this.ranges = ranges;

    public ReadOnlySpan<(int First, int Last)> Ranges => ranges;

    /// <summary>The only member, or -1.</summary>
    public int Single => ranges.Length == 1 && ranges[0].First == ranges[0].Last ? ranges[0].First : -1;

    public static CharacterSet Of(int character) => new([(character, character)]);

    public static CharacterSet From(List<(int First, int Last)> parts)
    {
        parts.Sort();
        var merged = new List<(int First, int Last)>(parts.Count);
        foreach (var part in parts)
        {
            if (merged.Count > 0 && part.First <= merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, part.Last));
            else
                merged.Add(part);
        }

        return new([.. merged]);
    }

    public CharacterSet Complement(int maximum)
    {
        var rest = new List<(int, int)>();
        int next = 0;
        foreach (var (first, last) in ranges)
        {
            if (first > next) rest.Add((next, first - 1));
            next = last + 1;
        }

        if (next <= maximum) rest.Add((next, maximum));
        return new([.. rest]);
    }

    public CharacterSet Without(int character, int maximum)
    {
        var others = Complement(maximum);
        return From([.. others.ranges, (character, character)]).Complement(maximum);
    }

    /// <summary>Adds the other case of every member.</summary>
    public CharacterSet FoldCase(bool utf8)
    {
        var all = new List<(int, int)>(ranges);
        foreach (var (first, last) in ranges)
        {
            for (int c = Math.Max(first, 'A'); c <= Math.Min(last, 'Z'); c++) all.Add((c + 32, c + 32));
            for (int c = Math.Max(first, 'a'); c <= Math.Min(last, 'z'); c++) all.Add((c - 32, c - 32));
            if (!utf8) continue;
            // Characters beyond the basic plane that have a case are few and rare: Deseret, Osage and their like stay as they are.
            for (int c = Math.Max(first, 0x80); c <= Math.Min(last, 0xFFFF); c++)
            {
                if (c is >= 0xD800 and <= 0xDFFF) continue;
                int upper = char.ToUpperInvariant((char)c), lower = char.ToLowerInvariant((char)c);
                if (upper != c) all.Add((upper, upper));
                if (lower != c) all.Add((lower, lower));
            }
        }

        return From(all);
    }
}
