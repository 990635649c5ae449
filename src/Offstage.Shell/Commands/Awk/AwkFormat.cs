using System.Numerics;
using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Awk;

/// <summary>printf and sprintf.</summary>
internal static class AwkFormat
{
    private const int WidthMax = 1_000_000;

    public static string Format(string format, ReadOnlySpan<AwkValue> arguments, string numberFormat, bool utf8)
    {
        var result = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                result.Append(format[i]);
                continue;
            }

            if (i + 1 < format.Length && format[i + 1] == '%')
            {
                result.Append('%');
                i++;
                continue;
            }

            int start = i++;
            if (!TryParse(format, ref i, arguments, ref next, out var spec) || i >= format.Length)
            {
                result.Append(format, start, format.Length - start);
                break;
            }

            char conversion = format[i];
            if (!"diouxXceEfFgGaAs".Contains(conversion, StringComparison.Ordinal))
            {
                result.Append(format, start, i - start + 1);
                continue;
            }

            if (next >= arguments.Length) throw new AwkException("not enough arguments to satisfy format string\n\t`" + format.TrimEnd('\n') + "'\n\t" + new string(' ', i) + "^ ran out for this one");
            Convert(result, spec, conversion, arguments[next++], numberFormat, utf8);
        }

        return result.ToString();
    }

    private static void Convert(StringBuilder result, CFormat spec, char conversion, in AwkValue value, string numberFormat, bool utf8)
    {
        switch (conversion)
        {
            case 's':
                result.Append(Text(spec, value.Text(numberFormat), utf8));
                break;
            case 'c':
                result.Append(Text(spec with { Precision = -1 }, Character(value, numberFormat, utf8), utf8));
                break;
            case 'd' or 'i' or 'o' or 'x' or 'X' or 'u':
                double number = value.Number;
                if (!double.IsFinite(number)) result.Append(spec.Text(AwkValue.Format(number, numberFormat)));
                else result.Append(spec.Integer(Integer(number, conversion), conversion));
                break;
            default:
                double real = value.Number;
                result.Append(double.IsFinite(real) ? spec.Float(real, conversion) : (spec with { Precision = -1 }).Text(AwkValue.Format(real, numberFormat)));
                break;
        }
    }

    /// <summary>Negative numbers are shown in 64 bits where there is no sign.</summary>
    private static BigInteger Integer(double number, char conversion)
    {
        var whole = new BigInteger(Math.Truncate(number));
        return whole.Sign < 0 && conversion is not ('d' or 'i') ? whole + (BigInteger.One << 64) : whole;
    }

    private static string Character(in AwkValue value, string numberFormat, bool utf8)
    {
        if (!value.LooksNumeric(out double code))
        {
            string text = value.Text(numberFormat);
            return text.Length == 0 ? "\0" : utf8 ? AwkCharacters.Substring(text, 0, 1) : text[..1];
        }

        int number = (int)code;
        return utf8 && number >= 128 && Rune.IsValid(number) ? Latin.FromUnicode(new Rune(number).ToString()) : ((char)(number & 0xFF)).ToString();
    }

    /// <summary>Widths and precisions count characters.</summary>
    private static string Text(CFormat spec, string text, bool utf8)
    {
        if (!utf8 || text.AsSpan().IndexOfAnyInRange('\x80', '\xFF') < 0) return spec.Text(text);
        int length = AwkCharacters.Count(text);
        if (spec.Precision >= 0 && spec.Precision < length)
        {
            text = AwkCharacters.Substring(text, 0, spec.Precision);
            length = spec.Precision;
        }

        string padding = new(' ', Math.Max(0, spec.Width - length));
        return spec.Left ? text + padding : padding + text;
    }

    private static bool TryParse(string format, ref int i, ReadOnlySpan<AwkValue> arguments, ref int next, out CFormat spec)
    {
        spec = default(CFormat) with { Precision = -1 };
        for (; i < format.Length; i++)
        {
            char c = format[i];
            if (c == '-') spec = spec with { Left = true };
            else if (c == '+') spec = spec with { Plus = true };
            else if (c == ' ') spec = spec with { Space = true };
            else if (c == '#') spec = spec with { Alternate = true };
            else if (c == '0') spec = spec with { Zero = true };
            else if (c == '\'') spec = spec with { Group = true };
            else break;
        }

        if (!TryNumber(format, ref i, arguments, ref next, out int width)) return false;
        if (width < 0) spec = spec with { Left = true };
        spec = spec with { Width = Math.Min(Math.Abs(width), WidthMax) };
        if (i < format.Length && format[i] == '.')
        {
            i++;
            if (!TryNumber(format, ref i, arguments, ref next, out int precision)) return false;
            spec = spec with { Precision = precision };
        }

        while (i < format.Length && format[i] is 'l' or 'h' or 'L') i++;
        return true;
    }

    private static bool TryNumber(string format, ref int i, ReadOnlySpan<AwkValue> arguments, ref int next, out int number)
    {
        number = 0;
        if (i < format.Length && format[i] == '*')
        {
            i++;
            if (next >= arguments.Length) throw new AwkException("not enough arguments to satisfy format string");
            number = (int)Math.Clamp(arguments[next++].Number, -WidthMax, WidthMax);
            return true;
        }

        while (i < format.Length && char.IsAsciiDigit(format[i])) number = Math.Min((number * 10) + format[i++] - '0', WidthMax);
        return true;
    }
}
