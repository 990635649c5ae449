using System.Collections.Concurrent;

namespace Offstage.Shell.Expansion;

/// <summary>A compiled shell pattern. Immutable.</summary>
internal sealed class Pattern
{
    private const int CachedMax = 512;
    private static readonly ConcurrentDictionary<(string, PatternOptions), Pattern> Cache = new();

    private readonly PatternNode[] nodes;
    private readonly bool hasGroups;

    private Pattern(PatternNode[] nodes, PatternOptions options)
    {
        this.nodes = nodes;
        Options = options;
        hasGroups = nodes.Any(n => n is PatternNode.Group);
        if (nodes.All(n => n is PatternNode.Character) && !options.IgnoresCase)
        {
            string literal = string.Concat(nodes.Cast<PatternNode.Character>().Select(n => n.Value));
            Literal = options.IsUtf8 ? Utf8Text.Encode(literal) : literal;
        }
    }

    public PatternOptions Options { get; }

    /// <summary>The one text it matches, when it is only one; otherwise null.</summary>
    public string? Literal { get; }

    /// <summary>Whether it begins with a dot that is written out, which a name with a leading dot must be matched by.</summary>
    public bool BeginsWithDot => nodes is [PatternNode.Character { Value: '.' }, ..] || (nodes is [PatternNode.Group group, ..] && group.Alternatives.Any(a => a is [PatternNode.Character { Value: '.' }, ..]));

    /// <param name="text">With quoted characters marked.</param>
    public static Pattern Compile(string text, PatternOptions options)
    {
        if (Cache.TryGetValue((text, options), out Pattern? known))
            return known;
        var pattern = new Pattern(PatternParser.Parse(text, options), options);
        if (Cache.Count >= CachedMax)
            Cache.Clear();
        Cache[(text, options)] = pattern;
        return pattern;
    }

    public bool Matches(string text, Interruption interruption)
    {
        if (Literal is not null)
            return text == Literal;
        return new PatternMatcher(nodes, Options, hasGroups, interruption).MatchesWhole(Options.IsUtf8 ? Utf8Text.Decode(text) : text);
    }

    /// <summary>The length of the shortest or longest prefix that matches; -1 for none.</summary>
    public int PrefixLength(string text, bool longest, Interruption interruption)
    {
        if (Literal is not null)
            return text.StartsWith(Literal, StringComparison.Ordinal) ? Literal.Length : -1;
        if (!Options.IsUtf8 || !Utf8Text.IsNeeded(text))
            return new PatternMatcher(nodes, Options, hasGroups, interruption).PrefixLength(text, longest);
        string decoded = Utf8Text.Decode(text);
        int length = new PatternMatcher(nodes, Options, hasGroups, interruption).PrefixLength(decoded, longest);
        return length < 0 ? -1 : Utf8Text.Encode(decoded[..length]).Length;
    }

    /// <summary>The length of the longest match at the start of what is left of a text; -1 for none.</summary>
    /// <param name="characters">Decoded already.</param>
    /// <param name="isLast">Whether nothing that begins later can match either: a search that looks on would read the rest again and again.</param>
    public int LengthAt(ReadOnlySpan<char> characters, Interruption interruption, out bool isLast)
    {
        int length = new PatternMatcher(nodes, Options, hasGroups, interruption).PrefixLength(characters, longest: true);
        isLast = length == PatternMatcher.RanOut;
        return length;
    }

    /// <summary>The length of the shortest or longest suffix that matches; -1 for none.</summary>
    public int SuffixLength(string text, bool longest, Interruption interruption)
    {
        if (Literal is not null)
            return text.EndsWith(Literal, StringComparison.Ordinal) ? Literal.Length : -1;
        string decoded = Options.IsUtf8 ? Utf8Text.Decode(text) : text;
        var matcher = new PatternMatcher(nodes, Options, hasGroups, interruption);
        for (int length = longest ? decoded.Length : 0; length >= 0 && length <= decoded.Length; length += longest ? -1 : 1)
        {
            if ((length & 0xFF) == 0)
                interruption.Check();
            int matched = matcher.WholeLength(decoded.AsSpan(decoded.Length - length));
            if (matched == PatternMatcher.RanOut && longest)
                return -1;
            if (matched == length)
                return Options.IsUtf8 ? Utf8Text.Encode(decoded[^length..]).Length : length;
        }

        return -1;
    }
}

/// <param name="ExtendedGlob">Whether <c>@(…)</c> and its kin are groups.</param>
internal readonly record struct PatternOptions(bool ExtendedGlob, bool IgnoresCase, bool IsUtf8);
