using System.Numerics;

namespace Offstage.Shell.Commands.Bc;

/// <summary>The functions of <c>bc -l</c>. Computed with digits to spare and cut off at the scale.</summary>
/// <remarks>Inside, a number is an integer that counts units of ten to the power of minus <c>digits</c>.</remarks>
/// <param name="check">Called in every loop; throws when the run is to end.</param>
internal sealed class BcLibrary(Action check)
{
    private const int Guard = 12;

    private int digits;
    private BigInteger one;

    /// <summary>How many arguments a function of the library takes; null when there is none of the name.</summary>
    public static int? Arity(string name) => name switch
    {
        "s" or "c" or "a" or "l" or "e" => 1,
        "j" => 2,
        _ => null,
    };

    public BcNumber Call(string name, IReadOnlyList<BcNumber> arguments, int scale)
    {
        BcNumber x = arguments[^1];
        double size = x.IsZero ? 0 : BigInteger.Log10(BigInteger.Abs(x.Value)) - x.Scale;
        // Each step costs a multiplication of so many digits, and there are about as many steps.
        if (scale > 20_000) throw new BcRuntimeException("Scale of more than 20000 digits for a library function");
        return name switch
        {
            "e" => Exponential(x, size, scale),
            "l" => Logarithm(x, size, scale),
            "s" => Sine(x, size, scale, isCosine: false),
            "c" => Sine(x, size, scale, isCosine: true),
            "a" => ArcTangent(x, scale),
            _ => Bessel(arguments[0].ToInt64(), x, size, scale),
        };
    }

    private void Begin(int wanted)
    {
        digits = wanted;
        one = BcNumber.PowerOfTen(digits);
    }

    private BigInteger Fixed(BcNumber x) => x.AtScale(digits).Value;

    private BcNumber Result(BigInteger value, int scale) => new BcNumber(value, digits).AtScale(scale);

    private BigInteger Times(BigInteger a, BigInteger b) => a * b / one;

    private BcNumber Exponential(BcNumber x, double size, int scale)
    {
        if (x.IsZero) return BcNumber.One.AtScale(scale);
        bool negative = x.Value.Sign < 0;
        double places = size > 7 ? double.PositiveInfinity : Math.Abs((double)x.Value / Math.Pow(10, x.Scale)) * 0.4342945 + 1;
        if (x.Scale > 250) places = size > 7 ? double.PositiveInfinity : (Math.Pow(10, size) * 0.4342945) + 1;
        if (negative && places > scale + 3) return new(0, scale);
        BcNumber.RequireRoom(places + scale);
        Begin(scale + (int)places + Guard + 10);
        BigInteger value = Fixed(new(BigInteger.Abs(x.Value), x.Scale));
        int halvings = 0;
        for (BigInteger small = one / 256; value > small; halvings++) value /= 2;
        BigInteger sum = one + value, term = value;
        for (int n = 2; !term.IsZero; n++)
        {
            check();
            term = Times(term, value) / n;
            sum += term;
        }

        for (; halvings > 0; halvings--)
        {
            check();
            sum = Times(sum, sum);
        }

        return negative ? new BcNumber(one * one / sum, digits).AtScale(scale) : Result(sum, scale);
    }

    private BcNumber Logarithm(BcNumber x, double size, int scale)
    {
        if (x.Value.Sign <= 0) return new((1 - BcNumber.PowerOfTen(scale)) * BcNumber.PowerOfTen(scale), scale);
        if (BcNumber.Compare(x, BcNumber.One) == 0) return new(0, scale);
        Begin(scale + Guard + 16 + (int)Math.Abs(size));
        BigInteger value = Fixed(x);
        int roots = 0;
        for (BigInteger near = one / 4096; BigInteger.Abs(value - one) > near; roots++)
        {
            check();
            value = BcNumber.Root(value * one);
        }

        BigInteger ratio = (value - one) * one / (value + one), square = Times(ratio, ratio), term = ratio, sum = ratio;
        for (int n = 3; !term.IsZero; n += 2)
        {
            check();
            term = Times(term, square);
            sum += term / n;
        }

        return Result(sum * 2 << roots, scale);
    }

    private BcNumber Sine(BcNumber x, double size, int scale, bool isCosine)
    {
        BcNumber.RequireRoom(Math.Max(0, size) + scale);
        if (x.IsZero) return isCosine ? BcNumber.One.AtScale(scale) : new(0, scale);
        Begin(scale + Guard + (int)Math.Max(0, size) + 4);
        BigInteger value = Fixed(x);
        int quarter = isCosine ? 1 : 0;
        if (size >= 0)
        {
            // Brought between minus and plus an eighth of a turn around a multiple of a quarter.
            BigInteger right = Pi() / 2;
            BigInteger turns = ((BigInteger.Abs(value) + (right / 2)) / right) * value.Sign;
            value -= turns * right;
            quarter += (int)(((turns % 4) + 4) % 4);
        }

        quarter %= 4;
        BigInteger square = -Times(value, value);
        BigInteger term = quarter % 2 == 0 ? value : one, sum = term;
        for (int n = quarter % 2 == 0 ? 2 : 1; !term.IsZero; n += 2)
        {
            check();
            term = Times(term, square) / ((long)n * (n + 1));
            sum += term;
        }

        return Result(quarter >= 2 ? -sum : sum, scale);
    }

    /// <summary>By Machin's formula.</summary>
    private BigInteger Pi() => 4 * ((4 * ArcTangentOfInverse(5)) - ArcTangentOfInverse(239));

    private BigInteger ArcTangentOfInverse(int n)
    {
        BigInteger term = one / n, sum = term;
        for (int k = 1; !term.IsZero; k++)
        {
            check();
            term /= -n * n;
            sum += term / ((2 * k) + 1);
        }

        return sum;
    }

    private BcNumber ArcTangent(BcNumber x, int scale)
    {
        if (x.IsZero) return new(0, scale);
        Begin(scale + Guard + 4);
        bool negative = x.Value.Sign < 0;
        BigInteger value = BigInteger.Abs(Fixed(x));
        BigInteger sum;
        if (value == one)
        {
            sum = Pi() / 4;
        }
        else
        {
            bool inverted = value > one;
            if (inverted) value = one * one / value;
            int halvings = 0;
            for (BigInteger small = one / 64; value > small; halvings++)
            {
                check();
                value = value * one / (one + BcNumber.Root((one * one) + (value * value)));
            }

            BigInteger square = -Times(value, value), term = value;
            sum = value;
            for (int n = 3; !term.IsZero; n += 2)
            {
                check();
                term = Times(term, square);
                sum += term / n;
            }

            sum <<= halvings;
            if (inverted) sum = (Pi() / 2) - sum;
        }

        return Result(negative ? -sum : sum, scale);
    }

    private BcNumber Bessel(long order, BcNumber x, double size, int scale)
    {
        bool negative = order < 0 && order % 2 != 0;
        order = Math.Abs(order);
        if (size > 4 || order > 10_000) throw new BcRuntimeException("Argument of j too large");
        // The terms of the series grow to about e to the power of x before they shrink.
        Begin(scale + Guard + (int)(Math.Pow(10, Math.Max(0, size)) * 0.44) + 4);
        BigInteger half = Fixed(x) / 2, square = -Times(half, half), term = one;
        for (int n = 1; n <= order; n++)
        {
            check();
            term = Times(term, half) / n;
        }

        BigInteger sum = term;
        for (long k = 1; !term.IsZero; k++)
        {
            check();
            term = Times(term, square) / (k * (k + order));
            sum += term;
        }

        return Result(negative ? -sum : sum, scale);
    }
}
