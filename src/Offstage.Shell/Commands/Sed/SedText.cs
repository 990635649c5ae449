using System.Text;

namespace Offstage.Shell.Commands.Sed;

/// <summary>The escapes of sed's own, which its expressions, replacements and texts share.</summary>
internal static class SedText
{
    /// <summary>Reads <c>\t</c>, <c>\x41</c>, <c>\o101</c>, <c>\d065</c>, <c>\cA</c> and their like.</summary>
    /// <param name="at">At the character after the backslash; moved past the escape when it is one.</param>
    /// <returns>Null when it is none of these.</returns>
    public static char? Escape(string text, ref int at)
    {
        char c = text[at];
        char? simple = c switch { 'a' => '\a', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => null };
        if (simple is not null)
        {
            at++;
            return simple;
        }

        if (c == 'c' && at + 1 < text.Length)
        {
            at += 2;
            return (char)(char.ToUpperInvariant(text[at - 1]) ^ 0x40);
        }

        (int radix, int digits) = c switch { 'd' => (10, 3), 'o' => (8, 3), 'x' => (16, 2), _ => (0, 0) };
        if (radix == 0) return null;
        int end = at + 1;
        int value = 0;
        while (end < text.Length && end - at <= digits && Digit(text[end]) is var digit && digit < radix)
        {
            value = (value * radix) + digit;
            end++;
        }

        if (end == at + 1) return null;
        at = end;
        return (char)(value & 0xFF);
    }

    /// <summary>A pattern with sed's escapes resolved, which may make operators.</summary>
    public static string Pattern(string text, char delimiter)
    {
        var result = new StringBuilder();
        bool inBracket = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (inBracket)
            {
                if (c == '[' && i + 1 < text.Length && text[i + 1] is ':' or '.' or '=')
                {
                    int end = text.IndexOf($"{text[i + 1]}]", i + 2, StringComparison.Ordinal);
                    if (end > 0)
                    {
                        result.Append(text, i, end + 2 - i);
                        i = end + 1;
                        continue;
                    }
                }

                if (c == '\\' && i + 1 < text.Length && text[i + 1] != '\\')
                {
                    int at = i + 1;
                    if (text[at] != 'c' && Escape(text, ref at) is { } plain && plain != ']')
                    {
                        result.Append(plain);
                        i = at - 1;
                        continue;
                    }
                }

                inBracket = c != ']';
                result.Append(c);
            }
            else if (c == '[')
            {
                inBracket = true;
                result.Append(c);
                if (i + 1 < text.Length && text[i + 1] == '^') result.Append(text[++i]);
                if (i + 1 < text.Length && text[i + 1] == ']') result.Append(text[++i]);
            }
            else if (c == '\\' && i + 1 < text.Length)
            {
                int at = i + 1;
                if (text[at] == '\n')
                {
                    result.Append('\n');
                    i = at;
                }
                else if (text[at] == delimiter && delimiter != 'n')
                {
                    result.Append(delimiter);
                    i = at;
                }
                else if (Escape(text, ref at) is { } plain)
                {
                    result.Append(plain);
                    i = at - 1;
                }
                else
                {
                    result.Append(c).Append(text[at]);
                    i = at;
                }
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    private static int Digit(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : int.MaxValue;
}
