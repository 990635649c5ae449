using System.Globalization;
using System.Numerics;
using System.Text;

namespace Offstage.Shell.Builtins;

/// <summary>Numbers as C's printf writes them.</summary>
internal static class PrintfNumbers
{
    public static void Signed(StringBuilder output, long value, string flags, int width, int? precision)
    {
        string digits = value < 0 ? value.ToString(CultureInfo.InvariantCulture)[1..] : value.ToString(CultureInfo.InvariantCulture);
        string sign = value < 0 ? "-" : flags.Contains('+') ? "+" : flags.Contains(' ') ? " " : "";
        Put(output, sign, Digits(digits, precision, value == 0), flags, width, precision is not null);
    }

    public static void Unsigned(StringBuilder output, ulong value, char conversion, string flags, int width, int? precision)
    {
        string digits = conversion switch
        {
            'u' => value.ToString(CultureInfo.InvariantCulture),
            'o' => Octal(value),
            'x' => value.ToString("x", CultureInfo.InvariantCulture),
            _ => value.ToString("X", CultureInfo.InvariantCulture),
        };
        digits = Digits(digits, precision, value == 0);
        if (flags.Contains('#') && conversion == 'o' && !digits.StartsWith('0'))
            digits = "0" + digits;
        string prefix = flags.Contains('#') && value != 0 && conversion is 'x' or 'X' ? "0" + conversion : "";
        Put(output, prefix, digits, flags, width, precision is not null);
    }

    public static void Real(StringBuilder output, double value, char conversion, string flags, int width, int? precision)
    {
        string sign = double.IsNegative(value) && !double.IsNaN(value) ? "-" : flags.Contains('+') ? "+" : flags.Contains(' ') ? " " : "";
        double size = Math.Abs(value);
        string digits;
        bool finite = double.IsFinite(value);
        if (!finite)
            digits = double.IsNaN(value) ? "nan" : "inf";
        else if (conversion is 'f' or 'F')
            digits = Fixed(size, precision ?? 6);
        else if (conversion is 'e' or 'E')
            digits = Exponential(size, precision ?? 6);
        else if (conversion is 'g' or 'G')
            digits = General(size, precision ?? 6, flags.Contains('#'));
        else
            digits = Hexadecimal(size, precision);
        if (flags.Contains('#') && finite && !digits.Contains('.') && conversion is 'f' or 'F')
            digits += ".";
        if (char.IsUpper(conversion))
            digits = digits.ToUpperInvariant();
        Put(output, sign, digits, finite ? flags : flags.Replace("0", "", StringComparison.Ordinal), width, false);
    }

    /// <summary>Reads a number from the start of a text, as strtod does.</summary>
    public static bool TryReal(string text, out double value, out int taken)
    {
        int at = 0;
        if (at < text.Length && text[at] is '+' or '-')
            at++;
        if (string.Compare(text, at, "inf", 0, 3, StringComparison.OrdinalIgnoreCase) == 0)
        {
            taken = string.Compare(text, at, "infinity", 0, 8, StringComparison.OrdinalIgnoreCase) == 0 ? at + 8 : at + 3;
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (string.Compare(text, at, "nan", 0, 3, StringComparison.OrdinalIgnoreCase) == 0)
        {
            taken = at + 3;
            value = double.NaN;
            return true;
        }

        if (at + 1 < text.Length && text[at] == '0' && text[at + 1] is 'x' or 'X')
        {
            int end = at + 2;
            ulong hex = 0;
            while (end < text.Length && char.IsAsciiHexDigit(text[end]))
                hex = (hex * 16) + Convert.ToUInt64(text[end++].ToString(), 16);
            taken = end;
            value = text[0] == '-' ? -(double)hex : hex;
            return end > at + 2;
        }

        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            int end = at + 1;
            if (end < text.Length && text[end] is '+' or '-')
                end++;
            if (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                while (end < text.Length && char.IsAsciiDigit(text[end]))
                    end++;
                at = end;
            }
        }

        taken = at;
        return double.TryParse(text.AsSpan(0, at), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Decimal digits without rounding twice: the exact value of the double, cut at the precision.</summary>
    private static string Fixed(double value, int precision)
    {
        if (precision <= 15 && value < 1e15)
            return value.ToString("F" + precision, CultureInfo.InvariantCulture);
        (BigInteger numerator, int shift) = Exact(value);
        BigInteger scaled = numerator * BigInteger.Pow(10, precision);
        BigInteger rounded = Shift(scaled, shift);
        string digits = rounded.ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        return precision == 0 ? digits : $"{digits[..^precision]}.{digits[^precision..]}";
    }

    private static (BigInteger Numerator, int Shift) Exact(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFFL;
        return exponent == 0 ? (mantissa, -1074) : (mantissa | (1L << 52), exponent - 1075);
    }

    private static BigInteger Shift(BigInteger value, int shift)
    {
        if (shift >= 0)
            return value << shift;
        BigInteger half = BigInteger.One << (-shift - 1);
        BigInteger rounded = (value + half) >> -shift;
        bool tie = (value & ((BigInteger.One << -shift) - 1)) == half;
        return tie && !rounded.IsEven ? rounded - 1 : rounded;
    }

    private static string Exponential(double value, int precision)
    {
        string text = value.ToString("E" + precision, CultureInfo.InvariantCulture).ToLowerInvariant();
        int mark = text.IndexOf('e');
        string exponent = text[(mark + 2)..].TrimStart('0').PadLeft(2, '0');
        return $"{text[..mark]}e{text[mark + 1]}{exponent}";
    }

    private static string General(double value, int precision, bool keepsZeros)
    {
        precision = precision == 0 ? 1 : precision;
        string exponential = Exponential(value, precision - 1);
        int exponent = int.Parse(exponential[(exponential.IndexOf('e') + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        bool plain = exponent >= -4 && exponent < precision;
        string digits = plain ? Fixed(value, Math.Max(0, precision - 1 - exponent)) : exponential[..exponential.IndexOf('e')];
        if (!keepsZeros && digits.Contains('.'))
            digits = digits.TrimEnd('0').TrimEnd('.');
        return plain ? digits : digits + exponential[exponential.IndexOf('e')..];
    }

    private static string Hexadecimal(double value, int? precision)
    {
        if (value == 0)
            return precision is > 0 ? $"0x0.{new string('0', precision.Value)}p+0" : "0x0p+0";
        (BigInteger numerator, int shift) = Exact(value);
        // Bash writes long doubles, whose first digit has four bits.
        int length = (int)numerator.GetBitLength();
        BigInteger aligned = numerator << (64 - length);
        int exponent = shift + length - 4;
        string digits = aligned.ToString("x", CultureInfo.InvariantCulture).TrimStart('0').PadRight(16, '0');
        string fraction = digits[1..].TrimEnd('0');
        if (precision is { } wanted)
            fraction = digits[1..].PadRight(wanted, '0')[..wanted];
        return $"0x{digits[0]}{(fraction.Length > 0 ? "." + fraction : "")}p{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}";
    }

    private static string Octal(ulong value)
    {
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, (char)('0' + (value & 7)));
            value >>= 3;
        }
        while (value != 0);
        return digits.ToString();
    }

    private static string Digits(string digits, int? precision, bool isZero)
        => precision is { } wanted ? wanted == 0 && isZero ? "" : digits.PadLeft(wanted, '0') : digits;

    private static void Put(StringBuilder output, string prefix, string digits, string flags, int width, bool hasPrecision)
    {
        int fill = width - prefix.Length - digits.Length;
        bool left = flags.Contains('-');
        bool zeros = flags.Contains('0') && !left && !hasPrecision;
        if (fill > 0 && !left && !zeros)
            output.Append(' ', fill);
        output.Append(prefix);
        if (fill > 0 && zeros)
            output.Append('0', fill);
        output.Append(digits);
        if (fill > 0 && left)
            output.Append(' ', fill);
    }
}
