using System.Globalization;
using Offstage.Shell.Commands.Time;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Dates: seconds since 1970, and broken down times <c>[year, month from 0, day, hour, minute, second, weekday, day of the year from 0]</c>.</summary>
internal static class Dates
{
    private static readonly string[] months = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    private static readonly string[] days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    public static JsonValue? BreakDown(JqRun run, JsonValue value, string name, TimeZoneInfo zone)
    {
        if (value is not JsonNumber number) return run.Fail($"{name}() requires a number");
        double whole = Math.Floor(number.Value);
        if (!(whole is > -62135596800 and < 253402300800)) return run.Fail($"error converting number of seconds since epoch to datetime");
        DateTimeOffset time = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds((long)whole), zone);
        double seconds = time.Second + (number.Value - whole);
        return Parts(time.DateTime, seconds);
    }

    public static JsonValue? MakeTime(JqRun run, JsonValue value, string name, TimeZoneInfo zone)
    {
        if (value is not JsonArray) return run.Fail($"{name} requires array of 6 numbers");
        if (!TryTime(value, out DateTime time, out _)) return run.Fail($"{name} requires parsed datetime inputs");
        DateTime utc = zone == TimeZoneInfo.Utc ? time : time - zone.GetUtcOffset(time);
        return JsonValue.Of(Math.Floor((utc - DateTime.UnixEpoch).TotalSeconds));
    }

    public static JsonValue? Format(JqRun run, JsonValue value, JsonValue format, string name, TimeZoneInfo zone)
    {
        if (value is JsonNumber) value = BreakDown(run, value, name, zone)!;
        if (value is null) return null;
        if (value is not JsonArray) return run.Fail($"{name}/1 requires parsed datetime inputs");
        if (format is not JsonString text) return run.Fail($"{name}/1 requires a string format");
        if (!TryTime(value, out DateTime time, out _)) return run.Fail($"{name}/1 requires parsed datetime inputs");
        var at = new DateTimeOffset(time - zone.GetUtcOffset(time), TimeSpan.Zero);
        string shown = TimeFormat.Format(Text.Latin.FromUnicode(text.Value), at, zone);
        return JsonValue.Of(Text.Latin.ToUnicode(shown));
    }

    public static JsonValue? Parse(JqRun run, JsonValue value, JsonValue format)
    {
        if (value is not JsonString text) return run.Fail($"strptime/1 requires string inputs and arguments");
        if (format is not JsonString pattern) return run.Fail($"strptime/1 requires string inputs and arguments");
        if (!new Scanner(text.Value).TryScan(pattern.Value, out DateTime time)) return run.Fail($"date \"{text.Value}\" does not match format \"{pattern.Value}\"");
        return Parts(time, time.Second);
    }

    private static JsonArray Parts(DateTime time, double seconds) => JsonArray.Own(
        [JsonValue.Of(time.Year), JsonValue.Of(time.Month - 1), JsonValue.Of(time.Day), JsonValue.Of(time.Hour), JsonValue.Of(time.Minute), JsonValue.Of(seconds), JsonValue.Of((int)time.DayOfWeek), JsonValue.Of(time.DayOfYear - 1)]);

    private static bool TryTime(JsonValue value, out DateTime time, out double seconds)
    {
        time = default;
        seconds = 0;
        if (value is not JsonArray { Count: >= 6 } parts) return false;
        double[] numbers = new double[6];
        for (int i = 0; i < 6; i++)
        {
            if (parts[i] is not JsonNumber number || double.IsNaN(number.Value)) return false;
            numbers[i] = number.Value;
        }

        seconds = numbers[5];
        try
        {
            // Fields that are too large carry over, as timegm does it.
            time = new DateTime(1, 1, 1).AddYears((int)numbers[0] - 1).AddMonths((int)numbers[1]).AddDays((int)numbers[2] - 1).AddHours((int)numbers[3]).AddMinutes((int)numbers[4]).AddSeconds(Math.Floor(numbers[5]));
            return true;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    /// <summary>strptime of the C library.</summary>
    private sealed class Scanner(string text)
    {
        private int at;
        private int year = 1900;
        private int month = 1;
        private int day = 1;
        private int hour;
        private int minute;
        private int second;
        private int dayOfYear = -1;
        private bool isAfternoon;
        private bool isTwelve;
        private TimeSpan offset;
        private double? epoch;

        public bool TryScan(string format, out DateTime time)
        {
            time = default;
            if (!Scan(format) || at != text.Length) return false;
            if (isTwelve) hour = (hour % 12) + (isAfternoon ? 12 : 0);
            try
            {
                time = epoch is { } e ? DateTime.UnixEpoch.AddSeconds(e)
                    : dayOfYear >= 0 ? new DateTime(year, 1, 1, hour, minute, Math.Min(second, 59)).AddDays(dayOfYear)
                    : new DateTime(year, month, 1, hour, minute, Math.Min(second, 59)).AddDays(day - 1);
                return true;
            }
            catch (ArgumentOutOfRangeException)
            {
                return false;
            }
        }

        private bool Scan(string format)
        {
            for (int i = 0; i < format.Length; i++)
            {
                char c = format[i];
                if (char.IsWhiteSpace(c))
                {
                    while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
                    continue;
                }

                if (c != '%' || i + 1 >= format.Length)
                {
                    if (at >= text.Length || text[at++] != c) return false;
                    continue;
                }

                i++;
                while (i + 1 < format.Length && format[i] is 'E' or 'O' or '-' or '_' or '0' or '^' or '#') i++;
                if (!Field(format[i])) return false;
            }

            return true;
        }

        private bool Field(char field)
        {
            switch (field)
            {
                case 'Y': return Number(4, 0, 9999, out year);
                case 'm': return Number(2, 1, 12, out month);
                case 'd' or 'e': return Number(2, 1, 31, out day);
                case 'H' or 'k': return Number(2, 0, 23, out hour);
                case 'M': return Number(2, 0, 59, out minute);
                case 'S': return Number(2, 0, 61, out second);
                case 'I' or 'l':
                    isTwelve = true;
                    return Number(2, 1, 12, out hour);
                case 'j':
                    if (!Number(3, 1, 366, out dayOfYear)) return false;
                    dayOfYear--;
                    return true;
                case 'y':
                    if (!Number(2, 0, 99, out year)) return false;
                    year += year < 69 ? 2000 : 1900;
                    return true;
                case 'p' or 'P':
                    if (at + 2 > text.Length) return false;
                    string half = text.Substring(at, 2).ToLowerInvariant();
                    at += 2;
                    isAfternoon = half == "pm";
                    return half is "am" or "pm";
                case 'b' or 'B' or 'h': return Word(months, out month, 1);
                case 'a' or 'A': return Word(days, out _, 0);
                case 'u' or 'w': return Number(1, 0, 7, out _);
                case 'U' or 'W' or 'V': return Number(2, 0, 53, out _);
                case 'T': return Scan("%H:%M:%S");
                case 'R': return Scan("%H:%M");
                case 'r': return Scan("%I:%M:%S %p");
                case 'D' or 'x': return Scan("%m/%d/%y");
                case 'F': return Scan("%Y-%m-%d");
                case 'c': return Scan("%a %b %e %H:%M:%S %Y");
                case 'X': return Scan("%H:%M:%S");
                case 'n' or 't':
                    while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
                    return true;
                case '%': return at < text.Length && text[at++] == '%';
                case 's':
                    int start = at;
                    while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
                    epoch = at > start && at - start < 13 ? double.Parse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture) : null;
                    return epoch is not null;
                case 'Z':
                    while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
                    return true;
                case 'z': return Zone();
                default: return false;
            }
        }

        private bool Number(int digits, int min, int max, out int value)
        {
            value = 0;
            while (at < text.Length && text[at] == ' ') at++;
            int start = at;
            while (at < text.Length && at - start < digits && char.IsAsciiDigit(text[at])) value = (value * 10) + text[at++] - '0';
            return at > start && value >= min && value <= max;
        }

        private bool Word(string[] words, out int value, int first)
        {
            for (int i = 0; i < words.Length; i++)
            {
                foreach (int length in (ReadOnlySpan<int>)[words[i].Length, 3])
                {
                    if (string.Compare(text, at, words[i], 0, length, StringComparison.OrdinalIgnoreCase) != 0) continue;
                    at += length;
                    value = i + first;
                    return true;
                }
            }

            value = 0;
            return false;
        }

        private bool Zone()
        {
            if (at < text.Length && text[at] == 'Z')
            {
                at++;
                return true;
            }

            if (at >= text.Length || text[at] is not ('+' or '-')) return false;
            at++;
            if (!Number(2, 0, 23, out int hours)) return false;
            if (at < text.Length && text[at] == ':') at++;
            if (!Number(2, 0, 59, out int minutes)) return false;
            offset = new TimeSpan(hours, minutes, 0);
            return offset >= TimeSpan.Zero;
        }
    }
}
