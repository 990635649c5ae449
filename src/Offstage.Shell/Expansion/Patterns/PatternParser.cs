using System.Collections;

namespace Offstage.Shell.Expansion;

/// <summary>Reads patterns in which quoted characters are marked.</summary>
internal ref struct PatternParser
{
    private readonly string text;
    private readonly PatternOptions options;
    private int at;

    private PatternParser(string text, PatternOptions options)
    {
        this.text = text;
        this.options = options;
    }

    public static PatternNode[] Parse(string text, PatternOptions options)
    {
        if (options.IsUtf8)
            text = Utf8Text.DecodeMarked(text);
        return new PatternParser(text, options).ParseSequence(inGroup: false);
    }

    private PatternNode[] ParseSequence(bool inGroup)
    {
        var nodes = new List<PatternNode>();
        while (at < text.Length)
        {
            char c = text[at];
            if (inGroup && c is '|' or ')' && inGroup)
                break;
            if (options.ExtendedGlob && c is '?' or '*' or '+' or '@' or '!' && at + 1 < text.Length && text[at + 1] == '(' && options.ExtendedGlob
                && TryParseGroup(out PatternNode.Group? group))
            {
                nodes.Add(group!);
                continue;
            }

            at++;
            switch (c)
            {
                case '*':
                    if (nodes.Count == 0 || nodes[^1] is not PatternNode.Star)
                        nodes.Add(new PatternNode.Star());
                    break;
                case '?':
                    nodes.Add(new PatternNode.Any());
                    break;
                case '[' when TryParseSet(out PatternNode.Set? set):
                    nodes.Add(set!);
                    break;
                case '\\' when at < text.Length:
                    nodes.Add(new PatternNode.Character(Plain(text[at++])));
                    break;
                default:
                    nodes.Add(new PatternNode.Character(Plain(c)));
                    break;
            }
        }

        return [.. nodes];
    }

    private bool TryParseGroup(out PatternNode.Group? group)
    {
        int start = at;
        char kind = text[at];
        at += 2;
        var alternatives = new List<PatternNode[]>();
        group = null;
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            at = start;
            return false;
        }

        while (true)
        {
            alternatives.Add(ParseSequence(inGroup: true));
            if (at >= text.Length)
            {
                at = start;
                return false;
            }

            if (text[at++] == ')')
                break;
        }

        group = new PatternNode.Group(kind, [.. alternatives]);
        return true;
    }

    private bool TryParseSet(out PatternNode.Set? set)
    {
        int start = at;
        set = null;
        var low = new BitArray(256);
        var ranges = new List<(char, char)>();
        bool negated = at < text.Length && text[at] is '!' or '^';
        at += negated ? 1 : 0;
        bool first = true;
        while (true)
        {
            if (at >= text.Length)
            {
                at = start;
                return false;
            }

            char c = text[at];
            if (c == ']' && !first)
                break;
            first = false;
            if (c == '[' && at + 1 < text.Length && text[at + 1] is ':' or '.' or '=' && TryNamed(low, out char collated, out bool isClass))
            {
                if (isClass)
                    continue;
                AddRange(low, ranges, collated, RangeEnd(collated));
                continue;
            }

            at++;
            if (c == '\\' && at < text.Length)
                c = text[at++];
            char from = Plain(c);
            AddRange(low, ranges, from, RangeEnd(from));
        }

        at++;
        set = new PatternNode.Set(low, negated, [.. ranges]);
        return true;
    }

    private char RangeEnd(char from)
    {
        if (at + 1 >= text.Length || text[at] != '-' || text[at + 1] == ']')
            return from;
        at++;
        char to = text[at++];
        if (to == '\\' && at < text.Length)
            to = text[at++];
        else if (to == '[' && at + 2 < text.Length && text[at] is '.' or '=')
        {
            to = text[at + 1];
            int close = text.IndexOf(']', at + 2);
            at = close < 0 ? text.Length : close + 1;
        }

        return Plain(to);
    }

    private bool TryNamed(BitArray low, out char collated, out bool isClass)
    {
        collated = '\0';
        isClass = false;
        char kind = text[at + 1];
        int close = text.IndexOf(kind + "]", at + 2, StringComparison.Ordinal);
        if (close < 0)
            return false;
        string name = text[(at + 2)..close];
        if (kind == ':')
        {
            if (CharacterClass.Find(name) is not { } contains)
                return false;
            isClass = true;
            for (int c = 0; c < 256; c++)
                low[c] |= contains((char)c) || (options.IgnoresCase && name is "upper" or "lower" && char.IsAsciiLetter((char)c));
        }
        else
        {
            if (name.Length != 1)
                return false;
            collated = Plain(name[0]);
        }

        at = close + 2;
        return true;
    }

    private readonly void AddRange(BitArray low, List<(char, char)> ranges, char from, char to)
    {
        for (int c = from; c <= to && c < 256; c++)
        {
            low[c] = true;
            if (options.IgnoresCase && char.IsAsciiLetter((char)c))
                low[c ^ 0x20] = true;
        }

        if (to >= 256)
            ranges.Add((from, to));
    }

    private readonly char Plain(char c)
    {
        if (!options.IsUtf8)
            return (char)(c & 0xFF);
        return Utf8Text.Unquote(c);
    }
}
