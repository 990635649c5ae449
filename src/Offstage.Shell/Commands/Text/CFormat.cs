using System.Globalization;
using System.Numerics;

namespace Offstage.Shell.Commands.Text;

/// <summary>One conversion of a format as C's printf has them.</summary>
/// <param name="Width">0 for none; negative widths have become <paramref name="Left"/>.</param>
/// <param name="Precision">-1 for none.</param>
internal readonly record struct CFormat(bool Left, bool Plus, bool Space, bool Alternate, bool Zero, bool Group, int Width, int Precision)
{
    private const int PrecisionMax = 1000;

    public string Text(string text)
    {
        if (Precision >= 0 && Precision < text.Length) text = text[..Precision];
        return Pad(text, mayZero: false);
    }

    public string Integer(BigInteger value, char conversion)
    {
        var magnitude = BigInteger.Abs(value);
        string digits = conversion switch
        {
            'o' => Octal(magnitude),
            'x' => Hex(magnitude),
            'X' => Hex(magnitude).ToUpperInvariant(),
            _ => magnitude.ToString(CultureInfo.InvariantCulture),
        };
        if (Precision == 0 && value.IsZero) digits = "";
        if (Precision > digits.Length) digits = new string('0', Math.Min(Precision, 100_000) - digits.Length) + digits;
        if (Alternate && conversion == 'o' && !digits.StartsWith('0')) digits = "0" + digits;
        string sign = value.Sign < 0 ? "-" : conversion is not ('d' or 'i') ? "" : Plus ? "+" : Space ? " " : "";
        if (Alternate && conversion is 'x' or 'X' && !value.IsZero) sign += "0" + conversion;
        return Number(sign, digits, mayZero: Precision < 0);
    }

    public string Float(double value, char conversion)
    {
        string sign = double.IsNegative(value) ? "-" : Plus ? "+" : Space ? " " : "";
        bool upper = char.IsUpper(conversion);
        if (!double.IsFinite(value))
        {
            string word = double.IsNaN(value) ? "nan" : "inf";
            return (this with { Zero = false }).Pad(sign + (upper ? word.ToUpperInvariant() : word), mayZero: false);
        }

        double magnitude = Math.Abs(value);
        int precision = Math.Min(Precision < 0 ? 6 : Precision, PrecisionMax);
        string digits = char.ToLowerInvariant(conversion) switch
        {
            'f' => Fixed(magnitude, precision),
            'e' => Exponential(magnitude, precision),
            'a' => HexFloat(magnitude),
            _ => General(magnitude, precision == 0 ? 1 : precision),
        };
        if (Alternate && char.ToLowerInvariant(conversion) is 'f' or 'e' && precision == 0)
            digits = digits.Contains('e') ? digits.Replace("e", ".e", StringComparison.Ordinal) : digits + ".";
        if (upper) digits = digits.ToUpperInvariant();
        return Number(sign, digits, mayZero: true);
    }

    /// <summary>As <c>%.6g</c> and its like.</summary>
    public static string General(double value, int precision, bool alternate)
        => new CFormat(false, false, false, alternate, false, false, 0, precision).Float(value, 'g');

    private static string Fixed(double value, int precision) => value.ToString("F" + precision, CultureInfo.InvariantCulture);

    private static string Exponential(double value, int precision)
    {
        string text = value.ToString("E" + precision, CultureInfo.InvariantCulture);
        int e = text.IndexOf('E');
        int exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return $"{text[..e]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private string General(double value, int precision)
    {
        string text = Exponential(value, precision - 1);
        int e = text.IndexOf('e');
        int exponent = value == 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        bool isFixed = exponent >= -4 && exponent < precision;
        if (isFixed) text = Fixed(value, Math.Max(0, precision - 1 - exponent));
        if (Alternate) return text;
        string tail = "";
        if (!isFixed)
        {
            tail = text[e..];
            text = text[..e];
        }

        if (text.Contains('.')) text = text.TrimEnd('0').TrimEnd('.');
        return text + tail;
    }

    private static string HexFloat(double value)
    {
        if (value == 0) return "0x0p+0";
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xF_FFFF_FFFF_FFFF;
        string digits = mantissa.ToString("x13", CultureInfo.InvariantCulture).TrimEnd('0');
        int power = exponent == 0 ? -1022 : exponent - 1023;
        return $"0x{(exponent == 0 ? 0 : 1)}{(digits.Length > 0 ? "." : "")}{digits}p{(power < 0 ? "-" : "+")}{Math.Abs(power)}";
    }

    private static string Hex(BigInteger value)
    {
        string text = value.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
        return text.Length == 0 ? "0" : text;
    }

    private static string Octal(BigInteger value)
    {
        var digits = new Stack<char>();
        do
        {
            digits.Push((char)('0' + (int)(value % 8)));
            value /= 8;
        }
        while (!value.IsZero);
        return new string([.. digits]);
    }

    private string Number(string sign, string digits, bool mayZero)
    {
        int room = Width - sign.Length - digits.Length;
        if (room <= 0) return sign + digits;
        if (Left) return sign + digits + new string(' ', room);
        return Zero && mayZero ? sign + new string('0', room) + digits : new string(' ', room) + sign + digits;
    }

    private string Pad(string text, bool mayZero)
    {
        if (text.Length >= Width) return text;
        return Left ? text.PadRight(Width) : text.PadLeft(Width, mayZero && Zero ? '0' : ' ');
    }
}
