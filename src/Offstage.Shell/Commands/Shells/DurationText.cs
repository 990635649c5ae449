using System.Globalization;

namespace Offstage.Shell.Commands;

/// <summary>Durations as <c>sleep</c> and <c>timeout</c> take them: a decimal number with <c>s m h d</c>.</summary>
internal static class DurationText
{
    public static TimeSpan? Parse(string text)
    {
        if (text == "infinity" || text == "inf")
            return TimeSpan.FromDays(10_000);
        double unit = text.Length == 0 ? 1 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        string number = unit > 0 ? text[..^1] : text;
        unit = unit == 0 ? 1 : unit;
        return double.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value)
            ? TimeSpan.FromSeconds(Math.Min(value * unit, 86400.0 * 10_000))
            : null;
    }
}
