using System.Globalization;
using System.Text;

namespace Offstage.Shell.Builtins;

/// <summary>Times as strftime writes them in the C locale, in UTC: a sandbox has no zone of its own.</summary>
internal static class TimeText
{
    public static string Format(string format, DateTimeOffset time)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            char flag = format[++i] is '-' or '_' or '^' or '0' ? format[i++] : '\0';
            if (i == format.Length)
                break;
            string value = One(format[i], time);
            text.Append(flag switch
            {
                '-' => value.TrimStart('0', ' ') is { Length: > 0 } trimmed ? trimmed : "0",
                '_' => value.TrimStart('0').PadLeft(value.Length),
                '^' => value.ToUpperInvariant(),
                _ => value,
            });
        }

        return text.ToString();
    }

    private static string One(char c, DateTimeOffset t)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        int hour12 = t.Hour % 12 == 0 ? 12 : t.Hour % 12;
        return c switch
        {
            'a' => t.ToString("ddd", culture),
            'A' => t.ToString("dddd", culture),
            'b' or 'h' => t.ToString("MMM", culture),
            'B' => t.ToString("MMMM", culture),
            'c' => Format("%a %b %e %H:%M:%S %Y", t),
            'C' => (t.Year / 100).ToString("D2", culture),
            'd' => t.Day.ToString("D2", culture),
            'D' or 'x' => Format("%m/%d/%y", t),
            'e' => t.Day.ToString(culture).PadLeft(2),
            'F' => Format("%Y-%m-%d", t),
            'g' => (ISOWeek.GetYear(t.DateTime) % 100).ToString("D2", culture),
            'G' => ISOWeek.GetYear(t.DateTime).ToString(culture),
            'H' => t.Hour.ToString("D2", culture),
            'I' => hour12.ToString("D2", culture),
            'j' => t.DayOfYear.ToString("D3", culture),
            'k' => t.Hour.ToString(culture).PadLeft(2),
            'l' => hour12.ToString(culture).PadLeft(2),
            'm' => t.Month.ToString("D2", culture),
            'M' => t.Minute.ToString("D2", culture),
            'n' => "\n",
            'N' => (t.UtcTicks % TimeSpan.TicksPerSecond * 100).ToString("D9", culture),
            'p' => t.Hour < 12 ? "AM" : "PM",
            'P' => t.Hour < 12 ? "am" : "pm",
            'r' => Format("%I:%M:%S %p", t),
            'R' => Format("%H:%M", t),
            's' => t.ToUnixTimeSeconds().ToString(culture),
            'S' => t.Second.ToString("D2", culture),
            't' => "\t",
            'T' or 'X' => Format("%H:%M:%S", t),
            'u' => (t.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)t.DayOfWeek).ToString(culture),
            'U' => ((t.DayOfYear + 6 - (int)t.DayOfWeek) / 7).ToString("D2", culture),
            'V' => ISOWeek.GetWeekOfYear(t.DateTime).ToString("D2", culture),
            'w' => ((int)t.DayOfWeek).ToString(culture),
            'W' => ((t.DayOfYear + 6 - (((int)t.DayOfWeek + 6) % 7)) / 7).ToString("D2", culture),
            'y' => (t.Year % 100).ToString("D2", culture),
            'Y' => t.Year.ToString(culture),
            'z' => "+0000",
            'Z' => "UTC",
            '%' => "%",
            _ => "%" + c,
        };
    }
}
