using System.Globalization;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Expansion;

/// <summary>Brace expansion: a matter of the text alone, done once for each word.</summary>
internal static class BraceExpander
{
    /// <summary>More words than these are not made; the braces then stand for themselves.</summary>
    private const int WordsMax = 1 << 20;

    /// <summary>A character of an unquoted literal, or a part that braces do not look into.</summary>
    private readonly record struct Item(char Character, WordPart? Part);

    /// <returns>The word itself when it has no braces to expand.</returns>
    public static Word[] Expand(Word word)
    {
        if (!word.Parts.Any(p => p is WordPart.Literal literal && literal.Text.Contains('{')))
            return [word];
        var items = new List<Item>();
        foreach (WordPart part in word.Parts)
        {
            if (part is WordPart.Literal literal)
                items.AddRange(literal.Text.Select(c => new Item(c, null)));
            else
                items.Add(new Item('\0', part));
        }

        List<List<Item>> expanded = Expand(items);
        if (expanded.Count == 1 && expanded[0].Count == items.Count)
            return [word];
        return [.. expanded.Select(ToWord).Where(w => w.Parts.Length > 0)];
    }

    private static List<List<Item>> Expand(List<Item> items)
    {
        for (int open = 0; open < items.Count; open++)
        {
            if (items[open].Character != '{' || (open > 0 && items[open - 1].Character == '$'))
                continue;
            if (FindClosing(items, open, out List<int> commas) is not { } close)
                continue;
            List<List<Item>>? middles = null;
            if (commas.Count > 0)
            {
                middles = [];
                int start = open + 1;
                foreach (int end in commas.Append(close))
                {
                    middles.AddRange(Expand(items[start..end]));
                    start = end + 1;
                }
            }
            else
            {
                middles = Sequence(items[(open + 1)..close]);
            }

            if (middles is null)
                continue;
            List<Item> before = items[..open];
            List<List<Item>> after = Expand(items[(close + 1)..]);
            if ((long)middles.Count * after.Count > WordsMax)
                return [items];
            return [.. from middle in middles from rest in after select (List<Item>)[.. before, .. middle, .. rest]];
        }

        return [items];
    }

    /// <summary>The brace that closes one, with the commas between them that are not in others.</summary>
    private static int? FindClosing(List<Item> items, int open, out List<int> commas)
    {
        commas = [];
        int depth = 0;
        for (int i = open; i < items.Count; i++)
        {
            switch (items[i].Character)
            {
                case '{':
                    depth++;
                    break;
                case '}':
                    if (--depth == 0)
                        return i;
                    break;
                case ',' when depth == 1:
                    commas.Add(i);
                    break;
            }
        }

        return null;
    }

    private static List<List<Item>>? Sequence(List<Item> items)
    {
        if (items.Any(i => i.Part is not null))
            return null;
        string[] ends = string.Concat(items.Select(i => i.Character)).Split("..");
        if (ends.Length is not (2 or 3))
            return null;
        long step = 0;
        if (ends.Length == 3 && !long.TryParse(ends[2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out step))
            return null;
        if (IsNumber(ends[0], out long first) && IsNumber(ends[1], out long last))
        {
            int width = IsPadded(ends[0]) || IsPadded(ends[1]) ? Math.Max(ends[0].Length, ends[1].Length) : 0;
            return Numbers(first, last, step)?.ConvertAll(n => Characters(Pad(n, width)));
        }

        if (ends[0].Length == 1 && ends[1].Length == 1 && char.IsAsciiLetter(ends[0][0]) && char.IsAsciiLetter(ends[1][0]))
            return Numbers(ends[0][0], ends[1][0], step)?.ConvertAll(n => Characters(((char)n).ToString()));
        return null;
    }

    private static List<long>? Numbers(long first, long last, long step)
    {
        step = Math.Abs(step == 0 ? 1 : step);
        ulong count = (first <= last ? (ulong)last - (ulong)first : (ulong)first - (ulong)last) / (ulong)step;
        if (count >= WordsMax || step < 0)
            return null;
        var numbers = new List<long>((int)count + 1);
        for (ulong i = 0; i <= count; i++)
            numbers.Add(first <= last ? first + ((long)i * step) : first - ((long)i * step));
        return numbers;
    }

    private static bool IsNumber(string text, out long value)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static bool IsPadded(string text)
    {
        string digits = text.TrimStart('-', '+');
        return digits.Length > 1 && digits[0] == '0';
    }

    private static string Pad(long value, int width)
    {
        string digits = value.ToString(CultureInfo.InvariantCulture);
        return width == 0 ? digits : value < 0 ? "-" + digits[1..].PadLeft(width - 1, '0') : digits.PadLeft(width, '0');
    }

    private static List<Item> Characters(string text) => [.. text.Select(c => c is '\\' ? new Item('\0', new WordPart.Quoted("", "\\")) : c is '`' or '\'' or '"' ? new Item('\0', new WordPart.Quoted(c.ToString(), "\\" + c)) : new Item(c, null))];

    private static Word ToWord(List<Item> items)
    {
        var parts = new List<WordPart>();
        int i = 0;
        while (i < items.Count)
        {
            if (items[i].Part is { } part)
            {
                parts.Add(part);
                i++;
                continue;
            }

            int start = i;
            while (i < items.Count && items[i].Part is null)
                i++;
            parts.Add(new WordPart.Literal(string.Concat(items[start..i].Select(c => c.Character))));
        }

        JoinNames(parts);

        return new Word(ScriptPrinter.PartsText(parts), [.. parts]);
    }

    /// <summary>Braces come before parameters: <c>$x{a,b}</c> is <c>$xa $xb</c>, so a bare name takes what follows it.</summary>
    private static void JoinNames(List<WordPart> parts)
    {
        for (int i = 0; i + 1 < parts.Count; i++)
        {
            if (parts[i] is not WordPart.Parameter { Expansion: { } bare } || bare.Source != "$" + bare.Name || !(char.IsAsciiLetter(bare.Name[0]) || bare.Name[0] == '_')
                || parts[i + 1] is not WordPart.Literal next)
            {
                continue;
            }

            int taken = 0;
            while (taken < next.Text.Length && (char.IsAsciiLetterOrDigit(next.Text[taken]) || next.Text[taken] == '_'))
                taken++;
            if (taken == 0)
                continue;
            string name = bare.Name + next.Text[..taken];
            parts[i] = new WordPart.Parameter(new ParameterExpansion { Name = name, Source = "$" + name });
            if (taken == next.Text.Length)
                parts.RemoveAt(i + 1);
            else
                parts[i + 1] = new WordPart.Literal(next.Text[taken..]);
        }
    }
}
