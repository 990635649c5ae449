using System.Text;

namespace Offstage.Shell.Commands.Text;

/// <summary>The backslash escapes of printf's formats, as stat and find share them.</summary>
internal static class Escapes
{
    public static string Expand(string text) => Expand(text, out _);

    /// <param name="stopped">Whether <c>\c</c> ended the text.</param>
    public static string Expand(string text, out bool stopped)
    {
        stopped = false;
        if (!text.Contains('\\')) return text;
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            char c = text[++i];
            int simple = "abfnrtv\\\"e".IndexOf(c);
            if (simple >= 0) result.Append("\a\b\f\n\r\t\v\\\"\u001b"[simple]);
            else if (c is >= '0' and <= '7')
            {
                int value = 0, digits = 0;
                for (; digits < 3 && i < text.Length && text[i] is >= '0' and <= '7'; digits++) value = (value * 8) + text[i++] - '0';
                i--;
                result.Append((char)(value & 0xFF));
            }
            else if (c == 'x' && i + 1 < text.Length && char.IsAsciiHexDigit(text[i + 1]))
            {
                int length = i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 2]) ? 2 : 1;
                result.Append((char)Convert.ToInt32(text.Substring(i + 1, length), 16));
                i += length;
            }
            else if (c == 'c')
            {
                stopped = true;
                break;
            }
            else result.Append('\\').Append(c);
        }

        return result.ToString();
    }
}
