using System.Globalization;

namespace Offstage.Shell.Commands.Text;

/// <summary>Numbers with a unit behind them: <c>10K</c>, <c>5MB</c>, <c>1GiB</c>, <c>2b</c>.</summary>
internal static class SizeText
{
    /// <returns>False when it is none, or too large.</returns>
    public static bool TryParse(string text, out long value)
    {
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;
        value = 0;
        string unit = text[digits..];
        long number = 1;
        if (digits == 0 ? unit.Length == 0 || Multiplier(unit) == 0 : !long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            if (digits == 0) return false;
            number = long.MaxValue;
        }

        long multiplier = unit.Length == 0 ? 1 : Multiplier(unit);
        if (multiplier == 0) return false;
        value = number > long.MaxValue / multiplier ? long.MaxValue : number * multiplier;
        return true;
    }

    private static long Multiplier(string unit)
    {
        if (unit == "b") return 512;
        if (unit == "c") return 1;
        if (unit == "w") return 2;
        int power = "KMGTPE".IndexOf(char.ToUpperInvariant(unit[0])) + 1;
        if (power == 0 || (unit[0] is 'm' or 'g' or 't' or 'p' or 'e' && unit[0] != 'm' && unit[0] != 'k')) return 0;
        string rest = unit[1..];
        long radix = rest switch { "" or "iB" => 1024, "B" => 1000, _ => 0 };
        long result = radix == 0 ? 0 : 1;
        for (int i = 0; i < power; i++) result *= radix;
        return result;
    }
}
