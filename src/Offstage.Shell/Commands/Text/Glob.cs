namespace Offstage.Shell.Commands.Text;

/// <summary>fnmatch without flags: <c>*</c> also matches slashes and leading dots.</summary>
internal static class Glob
{
    public static bool Matches(string pattern, string text, bool ignoreCase = false)
    {
        int p = 0, t = 0, starPattern = -1, starText = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                starPattern = ++p;
                starText = t;
                continue;
            }

            int next = p;
            if (p < pattern.Length && One(pattern, ref next, text[t], ignoreCase))
            {
                p = next;
                t++;
                continue;
            }

            if (starPattern < 0) return false;
            p = starPattern;
            t = ++starText;
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }

    private static bool One(string pattern, ref int p, char c, bool ignoreCase)
    {
        switch (pattern[p])
        {
            case '?':
                p++;
                return true;
            case '[' when Bracket(pattern, ref p, c, ignoreCase) is { } inside:
                return inside;
            case '\\' when p + 1 < pattern.Length:
                p += 2;
                return Same(pattern[p - 1], c, ignoreCase);
            default:
                return Same(pattern[p++], c, ignoreCase);
        }
    }

    private static bool Same(char a, char b, bool ignoreCase) => a == b || (ignoreCase && char.ToLowerInvariant(a) == char.ToLowerInvariant(b));

    /// <returns>Null when the bracket does not close and so is a plain character.</returns>
    private static bool? Bracket(string pattern, ref int p, char c, bool ignoreCase)
    {
        int at = p + 1;
        bool negated = at < pattern.Length && pattern[at] is '!' or '^';
        if (negated) at++;
        bool found = false;
        for (bool first = true; ; first = false)
        {
            if (at >= pattern.Length) return null;
            if (pattern[at] == ']' && !first) break;
            if (pattern[at] == '[' && at + 1 < pattern.Length && pattern[at + 1] == ':' && pattern.IndexOf(":]", at + 2, StringComparison.Ordinal) is > 0 and var end)
            {
                var ranges = RegularExpressions.CharacterClasses.Find(pattern[(at + 2)..end], utf8: false) ?? [];
                found |= ranges.Any(r => r.First <= c && c <= r.Last);
                at = end + 2;
                continue;
            }

            if (pattern[at] == '\\' && at + 1 < pattern.Length) at++;
            char low = pattern[at++], high = low;
            if (at + 1 < pattern.Length && pattern[at] == '-' && pattern[at + 1] != ']')
            {
                high = pattern[at + 1];
                at += 2;
            }

            found |= low <= c && c <= high;
            if (ignoreCase) found |= (low <= char.ToLowerInvariant(c) && char.ToLowerInvariant(c) <= high) || (low <= char.ToUpperInvariant(c) && char.ToUpperInvariant(c) <= high);
        }

        p = at + 1;
        return found != negated;
    }
}
