using System.Globalization;
using System.Text;

namespace Offstage.Shell.Expansion;

/// <summary>The backslash escapes of <c>$'…'</c>.</summary>
internal static class AnsiEscapes
{
    /// <summary>Decodes the text between the quotes; a NUL ends it.</summary>
    public static string Decode(ReadOnlySpan<char> text)
    {
        var value = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                value.Append(text[i]);
                continue;
            }

            char c = text[++i];
            int taken = 0;
            switch (c)
            {
                case 'x':
                    bool braced = i + 1 < text.Length && text[i + 1] == '{';
                    int hex = Number(text[(i + (braced ? 2 : 1))..], 16, braced ? 8 : 2, out taken);
                    if (taken == 0)
                    {
                        value.Append("\\x");
                        break;
                    }

                    i += taken + (braced ? 1 : 0);
                    if (braced && i + 1 < text.Length && text[i + 1] == '}')
                        i++;
                    if ((hex & 0xFF) == 0)
                        return value.ToString();
                    value.Append((char)(hex & 0xFF));
                    break;
                case 'u' or 'U':
                    int point = Number(text[(i + 1)..], 16, c == 'u' ? 4 : 8, out taken);
                    if (taken == 0)
                        value.Append('\\').Append(c);
                    else
                        AppendCodePoint(value, point);
                    i += taken;
                    break;
                case >= '0' and <= '7':
                    int octal = Number(text[i..], 8, 3, out taken);
                    i += taken - 1;
                    if ((octal & 0xFF) == 0)
                        return value.ToString();
                    value.Append((char)(octal & 0xFF));
                    break;
                case 'c' when i + 1 < text.Length:
                    i++;
                    value.Append((char)(text[i] == '?' ? 0x7F : char.ToUpperInvariant(text[i]) & 0x1F));
                    break;
                case '\'' or '"' or '?' or '\\':
                    value.Append(c);
                    break;
                default:
                    if (Simple(c) is { } simple)
                        value.Append(simple);
                    else
                        value.Append('\\').Append(c);
                    break;
            }
        }

        return value.ToString();
    }

    /// <summary>The escapes that are one letter; null when the letter means nothing.</summary>
    public static char? Simple(char letter) => letter switch
    {
        'a' => '\a',
        'b' => '\b',
        'e' or 'E' => '\x1b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\v',
        _ => null,
    };

    /// <summary>Reads digits.</summary>
    /// <param name="taken">How many; 0 when there is none.</param>
    public static int Number(ReadOnlySpan<char> text, int @base, int digitsMax, out int taken)
    {
        int value = 0;
        taken = 0;
        while (taken < digitsMax && taken < text.Length && char.IsAsciiHexDigit(text[taken]) && Digit(text[taken]) < @base)
            value = unchecked((value * @base) + Digit(text[taken++]));
        return value;
    }

    /// <summary>A code point as UTF-8 bytes; beyond Unicode as the bytes its number would have.</summary>
    public static void AppendCodePoint(StringBuilder value, int point)
    {
        uint p = (uint)point;
        if (p < 0x80)
            value.Append((char)p);
        else if (p < 0x800)
            value.Append((char)(0xC0 | (p >> 6))).Append((char)(0x80 | (p & 0x3F)));
        else if (p < 0x10000)
            value.Append((char)(0xE0 | (p >> 12))).Append((char)(0x80 | ((p >> 6) & 0x3F))).Append((char)(0x80 | (p & 0x3F)));
        else
            value.Append((char)(0xF0 | ((p >> 18) & 7))).Append((char)(0x80 | ((p >> 12) & 0x3F))).Append((char)(0x80 | ((p >> 6) & 0x3F))).Append((char)(0x80 | (p & 0x3F)));
    }

    private static int Digit(char c) => int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
