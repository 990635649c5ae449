using System.Globalization;
using System.Text;

namespace Offstage.Shell.Commands.Time;

/// <summary>strftime in the C locale, with GNU's flags.</summary>
internal static class TimeFormat
{
    private static readonly string[] days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

    private static readonly string[] months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    public static string Format(string format, DateTimeOffset utc, TimeZoneInfo zone)
    {
        var time = TimeZoneInfo.ConvertTime(utc, zone);
        var result = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                result.Append(format[i]);
                continue;
            }

            int start = i++;
            char flag = '\0';
            bool upper = false, swap = false;
            for (; i < format.Length && "-_0^#+".Contains(format[i], StringComparison.Ordinal); i++)
            {
                if (format[i] == '^') upper = true;
                else if (format[i] == '#') swap = true;
                else flag = format[i];
            }

            int width = -1;
            while (i < format.Length && char.IsAsciiDigit(format[i])) width = Math.Min(1000, (Math.Max(width, 0) * 10) + format[i++] - '0');
            int colons = 0;
            while (i < format.Length && format[i] == ':')
            {
                colons++;
                i++;
            }

            if (i < format.Length && format[i] is 'E' or 'O') i++;
            if (i >= format.Length)
            {
                result.Append(format, start, format.Length - start);
                break;
            }

            string? text = Field(format[i], time, zone, flag, width, colons, swap);
            if (text is null) result.Append(format, start, i - start + 1);
            else result.Append(upper ? text.ToUpperInvariant() : text);
        }

        return result.ToString();
    }

    private static string? Field(char field, DateTimeOffset time, TimeZoneInfo zone, char flag, int width, int colons, bool swap)
    {
        string Number(long value, int digits, char pad = '0')
        {
            if (flag == '-') return value.ToString(CultureInfo.InvariantCulture);
            if (flag == '_') pad = ' ';
            else if (flag is '0' or '+') pad = '0';
            string text = Math.Abs(value).ToString(CultureInfo.InvariantCulture);
            int room = Math.Max(digits, width) - (value < 0 ? 1 : 0);
            return pad == '0' ? (value < 0 ? "-" : "") + text.PadLeft(Math.Max(0, room), '0') : ((value < 0 ? "-" : "") + text).PadLeft(Math.Max(digits, width));
        }

        string Words(string text)
        {
            if (width > text.Length) text = text.PadLeft(width, flag == '0' ? '0' : ' ');
            return swap ? text.ToUpperInvariant() : text;
        }

        string Again(string format) => Words(Format(format, time, zone));
        int hour12 = time.Hour % 12 == 0 ? 12 : time.Hour % 12;
        return field switch
        {
            '%' => "%",
            'n' => "\n",
            't' => "\t",
            'a' => Words(days[(int)time.DayOfWeek][..3]),
            'A' => Words(days[(int)time.DayOfWeek]),
            'b' or 'h' => Words(months[time.Month - 1][..3]),
            'B' => Words(months[time.Month - 1]),
            'c' => Again("%a %b %e %H:%M:%S %Y"),
            'C' => Number(time.Year / 100, 2),
            'd' => Number(time.Day, 2),
            'D' or 'x' => Again("%m/%d/%y"),
            'e' => Number(time.Day, 2, ' '),
            'F' => Again(flag == '+' ? "%+4Y-%m-%d" : "%Y-%m-%d"),
            'g' => Number(ISOWeek.GetYear(time.DateTime) % 100, 2),
            'G' => Number(ISOWeek.GetYear(time.DateTime), 4),
            'H' => Number(time.Hour, 2),
            'I' => Number(hour12, 2),
            'j' => Number(time.DayOfYear, 3),
            'k' => Number(time.Hour, 2, ' '),
            'l' => Number(hour12, 2, ' '),
            'm' => Number(time.Month, 2),
            'M' => Number(time.Minute, 2),
            'N' => Nanoseconds(time, width),
            'p' => swap ? (time.Hour < 12 ? "am" : "pm") : Words(time.Hour < 12 ? "AM" : "PM"),
            'P' => Words(time.Hour < 12 ? "am" : "pm"),
            'q' => Number(((time.Month - 1) / 3) + 1, 1),
            'r' => Again("%I:%M:%S %p"),
            'R' => Again("%H:%M"),
            's' => Number(time.ToUnixTimeSeconds(), 1),
            'S' => Number(time.Second, 2),
            'T' or 'X' => Again("%H:%M:%S"),
            'u' => Number(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, 1),
            'U' => Number((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2),
            'V' => Number(ISOWeek.GetWeekOfYear(time.DateTime), 2),
            'w' => Number((int)time.DayOfWeek, 1),
            'W' => Number((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2),
            'y' => Number(time.Year % 100, 2),
            'Y' => Number(time.Year, flag == '_' ? 1 : 4),
            'z' => Zone(time.Offset, colons),
            'Z' => swap ? TimeZones.Abbreviation(zone, time).ToLowerInvariant() : Words(TimeZones.Abbreviation(zone, time)),
            _ => null,
        };
    }

    private static string Nanoseconds(DateTimeOffset time, int width)
    {
        string digits = (time.Ticks % TimeSpan.TicksPerSecond * 100).ToString("D9", CultureInfo.InvariantCulture);
        return width is > 0 and < 9 ? digits[..width] : digits;
    }

    private static string Zone(TimeSpan offset, int colons)
    {
        char sign = offset < TimeSpan.Zero ? '-' : '+';
        offset = offset.Duration();
        return colons switch
        {
            1 => $"{sign}{offset.Hours:00}:{offset.Minutes:00}",
            2 => $"{sign}{offset.Hours:00}:{offset.Minutes:00}:{offset.Seconds:00}",
            3 => $"{sign}{offset.Hours:00}" + (offset.Minutes == 0 ? "" : $":{offset.Minutes:00}"),
            _ => $"{sign}{offset.Hours:00}{offset.Minutes:00}",
        };
    }
}
