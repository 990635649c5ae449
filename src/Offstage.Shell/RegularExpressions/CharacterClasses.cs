using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Offstage.Shell.RegularExpressions;

/// <summary>The named classes of brackets: <c>[:alpha:]</c> and its kin.</summary>
internal static class CharacterClasses
{
    private static readonly ConcurrentDictionary<string, (int, int)[]> unicode = new();

    /// <returns>Null when there is no class of that name.</returns>
    public static IReadOnlyList<(int First, int Last)>? Find(string name, bool utf8)
    {
        (int, int)[]? ascii = name switch
        {
            "alpha" => [('A', 'Z'), ('a', 'z')],
            "digit" => [('0', '9')],
            "alnum" => [('0', '9'), ('A', 'Z'), ('a', 'z')],
            "upper" => [('A', 'Z')],
            "lower" => [('a', 'z')],
            "space" => [('\t', '\r'), (' ', ' ')],
            "blank" => [('\t', '\t'), (' ', ' ')],
            "punct" => [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
            "print" => [(' ', '~')],
            "graph" => [('!', '~')],
            "cntrl" => [(0, 31), (127, 127)],
            "xdigit" => [('0', '9'), ('A', 'F'), ('a', 'f')],
            _ => null,
        };
        if (ascii is null || !utf8 || name is "digit" or "xdigit" or "blank") return ascii;
        return unicode.GetOrAdd(name, static (n, low) => [.. low, .. BeyondAscii(n)], ascii);
    }

    public static IReadOnlyList<(int First, int Last)> Word(bool utf8) => [.. Find("alnum", utf8)!, ('_', '_')];

    private static List<(int, int)> BeyondAscii(string name)
    {
        Func<Rune, bool> belongs = name switch
        {
            "alpha" => Rune.IsLetter,
            "alnum" => Rune.IsLetterOrDigit,
            "upper" => Rune.IsUpper,
            "lower" => Rune.IsLower,
            "space" => Rune.IsWhiteSpace,
            "punct" => r => Rune.IsPunctuation(r) || Rune.IsSymbol(r),
            "cntrl" => Rune.IsControl,
            "graph" => r => IsVisible(r) && !Rune.IsWhiteSpace(r),
            _ => IsVisible,
        };
        var ranges = new List<(int, int)>();
        int first = -1;
        for (int c = 0x80; c <= 0x110000; c++)
        {
            bool member = Rune.IsValid(c) && belongs(new Rune(c));
            if (member && first < 0) first = c;
            if (member || first < 0) continue;
            ranges.Add((first, c - 1));
            first = -1;
        }

        return ranges;
    }

    private static bool IsVisible(Rune rune)
        => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
