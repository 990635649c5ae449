using System.Globalization;

namespace Offstage.Shell.Commands.Text;

/// <summary>Numbers read as the C library's strtod reads them.</summary>
internal static class CNumber
{
    /// <summary>Reads the decimal number at the start of a text, after blanks.</summary>
    /// <param name="length">How much of the text it takes, blanks included; 0 when there is none.</param>
    public static double Prefix(ReadOnlySpan<byte> text, out int length)
    {
        int at = 0;
        while (at < text.Length && text[at] is (byte)' ' or (>= 9 and <= 13)) at++;
        int start = at;
        if (at < text.Length && text[at] is (byte)'+' or (byte)'-') at++;
        int digits = at;
        long whole = 0;
        while (at < text.Length && (uint)(text[at] - '0') <= 9)
        {
            if (at - digits < 18) whole = (whole * 10) + text[at] - '0';
            at++;
        }

        int count = at - digits;
        bool plain = count is > 0 and <= 18;
        if (at < text.Length && text[at] == '.')
        {
            int point = at++;
            while (at < text.Length && (uint)(text[at] - '0') <= 9) at++;
            int decimals = at - point - 1;
            if (count + decimals == 0)
            {
                length = 0;
                return Word(text, start, out length);
            }

            plain &= decimals == 0;
            count += decimals;
        }

        if (count == 0) return Word(text, start, out length);
        if (at < text.Length && text[at] is (byte)'e' or (byte)'E')
        {
            int exponent = at + 1;
            if (exponent < text.Length && text[exponent] is (byte)'+' or (byte)'-') exponent++;
            int first = exponent;
            while (exponent < text.Length && (uint)(text[exponent] - '0') <= 9) exponent++;
            if (exponent > first)
            {
                at = exponent;
                plain = false;
            }
        }

        length = at;
        if (plain) return text[start] == '-' ? -(double)whole : whole;
        return double.Parse(text[start..at], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    public static double Prefix(string text, out int length)
    {
        Span<byte> small = stackalloc byte[64];
        if (text.Length > 64) return Prefix(Latin.Bytes(text), out length);
        int count = System.Text.Encoding.Latin1.GetBytes(text, small);
        return Prefix(small[..count], out length);
    }

    private static double Word(ReadOnlySpan<byte> text, int start, out int length)
    {
        length = 0;
        int at = start;
        // Without a sign they are words, as awk sees it.
        if (at >= text.Length || text[at] is not ((byte)'+' or (byte)'-')) return 0;
        bool negative = text[at++] == '-';
        if (text.Length - at < 3) return 0;
        var word = text.Slice(at, 3);
        bool infinite = System.Text.Ascii.EqualsIgnoreCase(word, "inf"u8);
        if (!infinite && !System.Text.Ascii.EqualsIgnoreCase(word, "nan"u8)) return 0;
        if (text.Length > at + 3 && char.IsAsciiLetterOrDigit((char)text[at + 3])) return 0;
        length = at + 3;
        return !infinite ? double.NaN : negative ? double.NegativeInfinity : double.PositiveInfinity;
    }
}
