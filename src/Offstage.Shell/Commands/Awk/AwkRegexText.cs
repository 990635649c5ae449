using System.Text;

namespace Offstage.Shell.Commands.Awk;

/// <summary>Escapes that awk resolves before a regular expression is one.</summary>
internal static class AwkRegexText
{
    public static string Translate(string source)
    {
        if (!source.Contains('\\')) return source;
        var result = new StringBuilder();
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] != '\\' || i + 1 >= source.Length)
            {
                result.Append(source[i]);
                continue;
            }

            char c = source[++i];
            int simple = "ntrafv".IndexOf(c);
            if (simple >= 0) result.Append("\n\t\r\a\f\v"[simple]);
            else if (c is '"' or '/') result.Append(c);
            else if (c is >= '0' and <= '7')
            {
                int value = 0, digits = 0;
                for (; digits < 3 && i < source.Length && source[i] is >= '0' and <= '7'; digits++) value = (value * 8) + source[i++] - '0';
                i--;
                Literal(result, (char)(value & 0xFF));
            }
            else if (c == 'x' && i + 1 < source.Length && char.IsAsciiHexDigit(source[i + 1]))
            {
                int length = i + 2 < source.Length && char.IsAsciiHexDigit(source[i + 2]) ? 2 : 1;
                Literal(result, (char)Convert.ToInt32(source.Substring(i + 1, length), 16));
                i += length;
            }
            else if (c == 'y') result.Append("\\b");
            else if (char.IsAsciiLetter(c) && !"wWsSB".Contains(c, StringComparison.Ordinal)) result.Append(c);
            else if (c is '&') result.Append(c);
            else result.Append('\\').Append(c);
        }

        return result.ToString();
    }

    private static void Literal(StringBuilder result, char c)
    {
        if (".^$*+?()[]{}|\\".Contains(c, StringComparison.Ordinal)) result.Append('\\');
        result.Append(c);
    }
}
