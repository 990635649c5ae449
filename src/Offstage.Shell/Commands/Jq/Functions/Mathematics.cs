namespace Offstage.Shell.Commands.Jq;

/// <summary>The functions of C's math library.</summary>
internal static class Mathematics
{
    public static void AddTo(Dictionary<(string, int), NativeFunction> table)
    {
        void One(string name, Func<double, double> function)
            => table[(name, 0)] = (run, v, _) => v is JsonNumber n ? JsonValue.Of(function(n.Value)) : run.Fail($"{ErrorText.Of(v)} number required");

        void Two(string name, Func<double, double, double> function)
            => table[(name, 2)] = (run, _, a) => a[0] is not JsonNumber x ? run.Fail($"{ErrorText.Of(a[0])} number required")
                : a[1] is not JsonNumber y ? run.Fail($"{ErrorText.Of(a[1])} number required") : JsonValue.Of(function(x.Value, y.Value));

        One("floor", Math.Floor);
        One("ceil", Math.Ceiling);
        One("round", x => Math.Round(x, MidpointRounding.AwayFromZero));
        One("rint", x => Math.Round(x, MidpointRounding.ToEven));
        One("nearbyint", x => Math.Round(x, MidpointRounding.ToEven));
        One("trunc", Math.Truncate);
        One("sqrt", Math.Sqrt);
        One("cbrt", Math.Cbrt);
        One("fabs", Math.Abs);
        One("sin", Math.Sin);
        One("cos", Math.Cos);
        One("tan", Math.Tan);
        One("asin", Math.Asin);
        One("acos", Math.Acos);
        One("atan", Math.Atan);
        One("sinh", Math.Sinh);
        One("cosh", Math.Cosh);
        One("tanh", Math.Tanh);
        One("asinh", Math.Asinh);
        One("acosh", Math.Acosh);
        One("atanh", Math.Atanh);
        One("exp", Math.Exp);
        One("exp2", x => Math.Pow(2, x));
        One("exp10", x => Math.Pow(10, x));
        One("expm1", x => Math.Abs(x) < 1e-5 ? x + (x * x / 2) : Math.Exp(x) - 1);
        One("log", Math.Log);
        One("log2", Math.Log2);
        One("log10", Math.Log10);
        One("log1p", x => Math.Abs(x) < 1e-5 ? x - (x * x / 2) : Math.Log(1 + x));
        One("gamma", LogGamma);
        One("lgamma", LogGamma);
        One("lgamma_r", LogGamma);
        One("tgamma", Gamma);
        One("logb", x => x == 0 ? double.NegativeInfinity : double.IsInfinity(x) ? double.PositiveInfinity : Math.ILogB(x));
        One("significand", x => x == 0 || !double.IsFinite(x) ? x : Math.ScaleB(x, -Math.ILogB(x)));
        table[("abs", 0)] = (run, v, _) => v is JsonNumber n ? n.Value < 0 ? JsonValue.Of(-n.Value) : n : run.Fail($"{ErrorText.Of(v)} has no absolute value");
        table[("frexp", 0)] = (run, v, _) => v is JsonNumber n ? Fraction(n.Value) : run.Fail($"{ErrorText.Of(v)} number required");
        table[("modf", 0)] = (run, v, _) => v is JsonNumber n
            ? JsonArray.Own([JsonValue.Of(double.IsInfinity(n.Value) ? 0 : n.Value - Math.Truncate(n.Value)), JsonValue.Of(Math.Truncate(n.Value))])
            : run.Fail($"{ErrorText.Of(v)} number required");
        Two("pow", Math.Pow);
        Two("atan2", Math.Atan2);
        Two("fmin", (a, b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Min(a, b));
        Two("fmax", (a, b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Math.Max(a, b));
        Two("fmod", (a, b) => a % b);
        Two("hypot", (a, b) => Math.Sqrt((a * a) + (b * b)));
        Two("copysign", Math.CopySign);
        Two("drem", Math.IEEERemainder);
        Two("ldexp", (a, b) => Math.ScaleB(a, (int)b));
        Two("scalb", (a, b) => Math.ScaleB(a, (int)b));
        Two("scalbln", (a, b) => Math.ScaleB(a, (int)b));
        Two("nextafter", (a, b) => double.IsNaN(a) || double.IsNaN(b) ? double.NaN : a == b ? b : b > a ? Math.BitIncrement(a) : Math.BitDecrement(a));
        Two("nexttoward", (a, b) => a == b ? b : b > a ? Math.BitIncrement(a) : Math.BitDecrement(a));
        table[("fma", 3)] = (run, _, a) => a[0] is JsonNumber x && a[1] is JsonNumber y && a[2] is JsonNumber z
            ? JsonValue.Of(Math.FusedMultiplyAdd(x.Value, y.Value, z.Value)) : run.Fail($"{ErrorText.Of(a[0])} number required");
    }

    private static JsonArray Fraction(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return JsonArray.Own([JsonValue.Of(value), JsonValue.Of(0)]);
        int exponent = Math.ILogB(value) + 1;
        return JsonArray.Own([JsonValue.Of(Math.ScaleB(value, -exponent)), JsonValue.Of(exponent)]);
    }

    private static readonly double[] lanczos =
        [0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];

    private static double Gamma(double x)
    {
        if (x == Math.Floor(x) && x is > 0 and < 171)
        {
            double product = 1;
            for (int i = 2; i < x; i++) product *= i;
            return product;
        }

        return x < 0.5 ? Math.PI / (Math.Sin(Math.PI * x) * Gamma(1 - x)) : Math.Exp(LogGamma(x));
    }

    private static double LogGamma(double x)
    {
        if (x is 1 or 2) return 0;
        if (x < 0.5) return Math.Log(Math.PI / Math.Abs(Math.Sin(Math.PI * x))) - LogGamma(1 - x);
        x -= 1;
        double sum = lanczos[0];
        for (int i = 1; i < lanczos.Length; i++) sum += lanczos[i] / (x + i);
        double t = x + 7.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((x + 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }
}
