using System.Globalization;
using System.Numerics;

namespace Offstage.Shell.Commands.Bc;

/// <summary>A decimal number of any length: <paramref name="Value"/> divided by ten to the power of <paramref name="Scale"/>.</summary>
/// <remarks>The scales of results are those of POSIX bc; what is beyond the scale is cut off, not rounded.</remarks>
internal readonly record struct BcNumber(BigInteger Value, int Scale)
{
    /// <summary>Digits of one number. An operation whose result may have more is refused, so that none runs for long.</summary>
    public const int DigitsMax = 400_000;

    public static readonly BcNumber Zero = new(0, 0);
    public static readonly BcNumber One = new(1, 0);

    private static readonly BigInteger[] powers = [.. Enumerable.Range(0, 256).Select(n => BigInteger.Pow(10, n))];

    public bool IsZero => Value.IsZero;

    /// <summary>The integer part, at the bounds of a long where it is beyond.</summary>
    public long ToInt64()
    {
        BigInteger whole = AtScale(0).Value;
        return whole > long.MaxValue ? long.MaxValue : whole < long.MinValue ? long.MinValue : (long)whole;
    }

    public static BigInteger PowerOfTen(int exponent) => exponent < powers.Length ? powers[exponent] : BigInteger.Pow(10, exponent);

    /// <summary>With so many decimals, cut off or filled with zeros.</summary>
    public BcNumber AtScale(int scale) => scale == Scale ? this
        : scale > Scale ? new(Value * PowerOfTen(scale - Scale), scale)
        : new(Value / PowerOfTen(Scale - scale), scale);

    public static BcNumber Add(BcNumber a, BcNumber b)
    {
        int scale = Math.Max(a.Scale, b.Scale);
        return new(a.AtScale(scale).Value + b.AtScale(scale).Value, scale);
    }

    public BcNumber Negate() => new(-Value, Scale);

    public static int Compare(BcNumber a, BcNumber b)
    {
        int scale = Math.Max(a.Scale, b.Scale);
        return a.AtScale(scale).Value.CompareTo(b.AtScale(scale).Value);
    }

    public static BcNumber Multiply(BcNumber a, BcNumber b, int scale)
    {
        RequireRoom(Digits(a.Value) + Digits(b.Value));
        int full = a.Scale + b.Scale;
        return new BcNumber(a.Value * b.Value, full).AtScale(Math.Min(full, Math.Max(scale, Math.Max(a.Scale, b.Scale))));
    }

    public static BcNumber Divide(BcNumber a, BcNumber b, int scale)
    {
        if (b.IsZero) throw new BcRuntimeException("Divide by zero");
        RequireRoom(Digits(a.Value) + scale + b.Scale);
        int shift = scale + b.Scale - a.Scale;
        return new(shift >= 0 ? a.Value * PowerOfTen(shift) / b.Value : a.Value / (b.Value * PowerOfTen(-shift)), scale);
    }

    public static BcNumber Modulo(BcNumber a, BcNumber b, int scale)
    {
        if (b.IsZero) throw new BcRuntimeException("Modulo by zero");
        BcNumber quotient = Divide(a, b, scale);
        int final = Math.Max(a.Scale, b.Scale + scale);
        return Add(a, Multiply(quotient, b, final).Negate()).AtScale(final);
    }

    public static BcNumber Power(BcNumber a, BcNumber b, int scale)
    {
        long exponent = b.ToInt64();
        if (Math.Abs((decimal)exponent) > int.MaxValue) throw new BcRuntimeException("exponent too large in raise");
        if (exponent == 0) return One;
        int times = (int)Math.Abs(exponent);
        double digits = BigInteger.Abs(a.Value) <= 1 ? (double)a.Scale * times : Math.Max((double)a.Scale, BigInteger.Log10(BigInteger.Abs(a.Value)) + 1) * times;
        RequireRoom(digits);
        var power = new BcNumber(BigInteger.Pow(a.Value, times), a.Scale * times);
        if (exponent > 0) return power.AtScale(Math.Min(power.Scale, Math.Max(scale, a.Scale)));
        return Divide(One, power, scale);
    }

    public static BcNumber SquareRoot(BcNumber a, int scale)
    {
        if (a.Value.Sign < 0) throw new BcRuntimeException("Square root of a negative number");
        if (a.IsZero) return Zero;
        if (Compare(a, One) == 0) return One;
        int result = Math.Max(scale, a.Scale);
        RequireRoom(Digits(a.Value) + (2.0 * result));
        return new(Root(a.Value * PowerOfTen((2 * result) - a.Scale)), result);
    }

    /// <summary>The largest integer whose square is not larger.</summary>
    public static BigInteger Root(BigInteger value)
    {
        if (value.IsZero) return 0;
        BigInteger guess = BigInteger.One << (int)((value.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger next = (guess + (value / guess)) >> 1;
            if (next >= guess) return guess;
            guess = next;
        }
    }

    /// <summary>Digits that count: those before the point without leading zeros, and all behind it.</summary>
    public int Length()
    {
        int digits = Value.IsZero ? 1 : BigInteger.Abs(Value).ToString(CultureInfo.InvariantCulture).Length;
        return Math.Max(Scale, digits);
    }

    /// <summary>Reads a number as it stands in a program. Digits that the base does not have count as its largest.</summary>
    public static BcNumber Parse(string text, int radix)
    {
        int point = text.IndexOf('.');
        string whole = point < 0 ? text : text[..point], fraction = point < 0 ? "" : text[(point + 1)..];
        RequireRoom(text.Length * 1.6);
        if (text.Length == 1 && point < 0) return new(Digit(text[0]), 0);
        BigInteger integer = Integer(whole, radix);
        if (fraction.Length == 0) return new(integer, 0);
        if (radix == 10) return new((integer * PowerOfTen(fraction.Length)) + Integer(fraction, 10), fraction.Length);
        BcNumber part = Divide(new(Integer(fraction, radix), 0), new(BigInteger.Pow(radix, fraction.Length), 0), fraction.Length);
        return Add(new(integer, 0), part);
    }

    public static int Digit(char c) => char.IsAsciiDigit(c) ? c - '0' : c - 'A' + 10;

    private static BigInteger Integer(string digits, int radix)
    {
        if (digits.Length == 0) return 0;
        if (radix == 10)
        {
            char[] plain = digits.ToCharArray();
            for (int i = 0; i < plain.Length; i++) plain[i] = char.IsAsciiDigit(plain[i]) ? plain[i] : '9';
            return BigInteger.Parse(plain, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        // Halving keeps long numbers from costing the square of their length.
        if (digits.Length > 64)
        {
            int half = digits.Length / 2;
            return (Integer(digits[..half], radix) * BigInteger.Pow(radix, digits.Length - half)) + Integer(digits[half..], radix);
        }

        BigInteger value = 0;
        foreach (char c in digits) value = (value * radix) + Math.Min(Digit(c), radix - 1);
        return value;
    }

    private static double Digits(BigInteger value) => value.GetBitLength() * 0.30103;

    public static void RequireRoom(double digits)
    {
        if (digits > DigitsMax) throw new BcRuntimeException($"Number of more than {DigitsMax} digits");
    }
}

/// <summary>Ends what one line of a program began; bc goes on with the next.</summary>
internal sealed class BcRuntimeException(string message) : Exception(message);
