using System.Globalization;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Numbers as text: a double by the fewest digits that give it back, a large literal by its own digits.</summary>
internal static class NumberText
{
    private static readonly double[] tens = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];

    public static string Format(JsonNumber number) => number.Literal ?? Format(number.Value);

    /// <summary>NaN is null, and what is infinite is the largest number, as JSON has neither.</summary>
    public static string Format(double value)
    {
        if (double.IsNaN(value)) return "null";
        if (double.IsInfinity(value)) value = value > 0 ? double.MaxValue : double.MinValue;
        if (Math.Abs(value) < 1e15 && value == Math.Truncate(value) && (value != 0 || !double.IsNegative(value))) return ((long)value).ToString(CultureInfo.InvariantCulture);
        string text = value.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var (negative, digits, point) = Split(shortest.Length > 0 ? shortest : text);
        string sign = negative ? "-" : "";
        if (digits.Length == 0) return sign + "0";
        if (point <= -4 || point > digits.Length + 15)
        {
            int exponent = point - 1;
            string tail = $"e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
            return sign + digits[0] + (digits.Length > 1 ? "." + digits[1..] : "") + tail;
        }

        if (point <= 0) return sign + "0." + new string('0', -point) + digits;
        return sign + (point >= digits.Length ? digits + new string('0', point - digits.Length) : digits[..point] + "." + digits[point..]);
    }

    /// <summary>A number of a JSON text or program.</summary>
    /// <returns>Null when the text is no number.</returns>
    public static JsonNumber? Parse(ReadOnlySpan<char> text)
    {
        if (ParseShort(text) is { } number) return number;
        if (!IsNumber(text)) return null;
        double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        string literal = Canonical(text);
        return literal == Format(value) ? JsonNumber.Of(value) : JsonNumber.OfLiteral(value, literal);
    }

    /// <summary>A number of at most 15 digits without an exponent: a double keeps them, and one division gives it.</summary>
    /// <returns>Null for all others.</returns>
    private static JsonNumber? ParseShort(ReadOnlySpan<char> text)
    {
        bool isNegative = text.Length > 0 && text[0] == '-';
        var body = isNegative ? text[1..] : text;
        if (body.Length is 0 or > 15) return null;
        long digits = 0;
        int point = -1;
        for (int at = 0; at < body.Length; at++)
        {
            uint digit = (uint)(body[at] - '0');
            if (digit <= 9) digits = (digits * 10) + digit;
            else if (body[at] == '.' && point < 0) point = at;
            else return null;
        }

        if (isNegative && digits == 0) return null;
        if (point < 0) return JsonNumber.Of(isNegative ? -digits : digits);
        int fraction = body.Length - point - 1;
        // Written otherwise than as it stands: what begins with a zero too many, or with so many zeros that it has an exponent.
        if (point == 0 || fraction == 0 || (body[0] == '0' && (point > 1 || body[2] == '0'))) return null;
        double value = digits / tens[fraction];
        if (isNegative) value = -value;
        return body[^1] == '0' ? JsonNumber.OfLiteral(value, text.ToString()) : JsonNumber.Of(value);
    }

    public static int CompareDigits(JsonNumber a, JsonNumber b)
    {
        var (negativeA, digitsA, pointA) = Split(Format(a));
        var (negativeB, digitsB, pointB) = Split(Format(b));
        if (digitsA.Length == 0 || digitsB.Length == 0 || negativeA != negativeB) return 0;
        int order = pointA != pointB ? pointA.CompareTo(pointB) : string.CompareOrdinal(digitsA, digitsB);
        return negativeA ? -order : order;
    }

    private static bool IsNumber(ReadOnlySpan<char> text)
    {
        int at = 0, digits = 0;
        if (at < text.Length && text[at] is '-' or '+') at++;
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++) digits++;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            for (; at < text.Length && char.IsAsciiDigit(text[at]); at++) digits++;
        }

        if (digits == 0) return false;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            if (at < text.Length && text[at] is '-' or '+') at++;
            if (at == text.Length) return false;
            for (; at < text.Length && char.IsAsciiDigit(text[at]); at++)
            {
            }
        }

        return at == text.Length;
    }

    /// <summary>The digits without zeros at either end, and where the point stands from the first of them.</summary>
    private static (bool Negative, string Digits, int Point) Split(string text)
    {
        bool negative = text.StartsWith('-');
        string body = text.TrimStart('-', '+');
        int e = body.IndexOfAny(['e', 'E']);
        int exponent = e < 0 ? 0 : Exponent(body.AsSpan(e + 1));
        if (e >= 0) body = body[..e];
        int dot = body.IndexOf('.');
        string all = dot < 0 ? body : body.Remove(dot, 1);
        int point = (dot < 0 ? body.Length : dot) + exponent;
        string stripped = all.TrimStart('0');
        point -= all.Length - stripped.Length;
        stripped = stripped.TrimEnd('0');
        return (negative, stripped, stripped.Length == 0 ? 0 : point);
    }

    private static int Exponent(ReadOnlySpan<char> text)
        => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? Math.Clamp(value, -999_999_999, 999_999_999)
            : text[0] == '-' ? -999_999_999 : 999_999_999;

    /// <summary>As IEEE 754's decimal arithmetic writes the digits of a literal, which keeps zeros at its end.</summary>
    private static string Canonical(ReadOnlySpan<char> text)
    {
        bool negative = text[0] == '-';
        string body = text.TrimStart("+-").ToString();
        int e = body.IndexOfAny(['e', 'E']);
        int exponent = e < 0 ? 0 : Exponent(body.AsSpan(e + 1));
        if (e >= 0) body = body[..e];
        int dot = body.IndexOf('.');
        if (dot >= 0)
        {
            exponent -= body.Length - dot - 1;
            body = body.Remove(dot, 1);
        }

        string digits = body.TrimStart('0');
        if (digits.Length == 0) digits = "0";
        string sign = negative ? "-" : "";
        int adjusted = exponent + digits.Length - 1;
        if (adjusted >= 999_999_999) return sign + Format(double.MaxValue);
        if (exponent <= 0 && adjusted >= -6)
        {
            if (exponent == 0) return sign + digits;
            int point = digits.Length + exponent;
            return sign + (point > 0 ? digits[..point] + "." + digits[point..] : "0." + new string('0', -point) + digits);
        }

        return $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}E{(adjusted < 0 ? '-' : '+')}{Math.Abs(adjusted)}";
    }
}
