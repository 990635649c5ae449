using System.Globalization;

namespace Offstage.Shell.Commands.Time;

/// <summary>Dates as GNU's date reads them: ISO, RFC 5322, words such as <c>tomorrow</c>, and offsets such as <c>2 days ago</c>.</summary>
internal static class DateText
{
    private static readonly string[] months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static bool TryParse(string text, DateTimeOffset now, TimeZoneInfo zone, out DateTimeOffset result)
    {
        result = now;
        try
        {
            return new Reader(text, now, zone).TryRead(out result);
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    /// <summary><c>[[CC]YY]MMDDhhmm[.ss]</c>.</summary>
    public static bool TryParseStamp(string text, DateTimeOffset now, TimeZoneInfo zone, out DateTimeOffset result)
    {
        result = default;
        string seconds = "00";
        int point = text.IndexOf('.');
        if (point >= 0)
        {
            seconds = text[(point + 1)..];
            text = text[..point];
        }

        if (seconds.Length != 2 || (text + seconds).AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0) return false;
        int year = TimeZoneInfo.ConvertTime(now, zone).Year;
        if (text.Length == 12)
        {
            year = int.Parse(text.AsSpan(0, 4), CultureInfo.InvariantCulture);
            text = text[4..];
        }
        else if (text.Length == 10)
        {
            int two = int.Parse(text.AsSpan(0, 2), CultureInfo.InvariantCulture);
            year = two >= 69 ? 1900 + two : 2000 + two;
            text = text[2..];
        }

        if (text.Length != 8) return false;
        string whole = $"{year:0000}{text}{(seconds == "60" ? "59" : seconds)}";
        if (!DateTime.TryParseExact(whole, "yyyyMMddHHmmss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)) return false;
        if (seconds == "60") local = local.AddSeconds(1);
        result = new DateTimeOffset(local, zone.GetUtcOffset(local));
        return true;
    }

    private sealed class Reader(string source, DateTimeOffset now, TimeZoneInfo zone)
    {
        private readonly string text = source.ToLowerInvariant();
        private int at;
        private DateTime date = TimeZoneInfo.ConvertTime(now, zone).DateTime.Date;
        private TimeSpan? time;
        private TimeSpan? offset;
        private int years;
        private int monthsAdded;
        private double seconds;
        private double daysAdded;
        private int? weekday;
        private int weekdayOrdinal;
        private bool hasDate;
        private bool anything;

        public bool TryRead(out DateTimeOffset result)
        {
            result = now;
            SkipBlanks();
            if (Peek == '@') return TrySeconds(out result);
            while (at < text.Length)
            {
                if (!TryItem()) return false;
                anything = true;
                SkipBlanks();
            }

            if (!anything) time ??= TimeSpan.Zero;
            var local = date;
            bool relativeOnly = !hasDate && time is null && weekday is null;
            var clock = time ?? (hasDate || weekday is not null || !anything ? TimeSpan.Zero : TimeZoneInfo.ConvertTime(now, zone).TimeOfDay);
            if (relativeOnly && anything) clock = TimeZoneInfo.ConvertTime(now, zone).TimeOfDay;
            // A weekday beside a date says nothing new.
            if (weekday is { } day && !hasDate)
            {
                int ahead = ((day - (int)local.DayOfWeek + 7) % 7) + (7 * (weekdayOrdinal - (weekdayOrdinal > 0 && day != (int)local.DayOfWeek ? 1 : 0)));
                local = local.AddDays(ahead);
            }

            // The day of a month that is too short runs over into the next, as mktime has it.
            int month = (local.Year * 12) + local.Month - 1 + (years * 12) + monthsAdded;
            local = new DateTime(Math.DivRem(month, 12, out int index), index + 1, 1).AddDays(local.Day - 1).Add(clock).AddDays(daysAdded);
            result = offset is { } given ? new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), TimeSpan.Zero).Add(-given) : new DateTimeOffset(DateTime.SpecifyKind(local, DateTimeKind.Unspecified), zone.GetUtcOffset(local));
            result = result.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
            return true;
        }

        private char Peek => at < text.Length ? text[at] : '\0';

        private void SkipBlanks()
        {
            while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] == ',')) at++;
        }

        private bool TrySeconds(out DateTimeOffset result)
        {
            result = default;
            string rest = text[(at + 1)..].Trim();
            if (!decimal.TryParse(rest, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value)) return false;
            result = DateTimeOffset.UnixEpoch.AddTicks((long)(value * TimeSpan.TicksPerSecond));
            return true;
        }

        private bool TryItem()
        {
            if (char.IsAsciiDigit(Peek)) return TryNumberItem();
            if (Peek is '+' or '-') return TrySigned();
            if (char.IsAsciiLetter(Peek)) return TryWord();
            return false;
        }

        private bool TryNumberItem()
        {
            int start = at;
            int number = Digits(out int length);
            if (Peek == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]) && length >= 4) return TryIso(number);
            if (Peek == ':') return TryClock(number);
            if (Peek == '/') return TrySlashes(number, length);
            if (Peek == '-' && at + 1 < text.Length && char.IsAsciiLetter(text[at + 1])) return TryDayMonth(number);
            if (length == 8 && Peek is not ':') return TryDate(number / 10000, number / 100 % 100, number % 100);
            SkipBlanks();
            int word = at;
            string unit = Letters();
            if (unit is "am" or "pm" or "a" or "p" && number is >= 1 and <= 12)
            {
                time = TimeSpan.FromHours((number % 12) + (unit[0] == 'p' ? 12 : 0));
                return true;
            }

            if (Month(unit) is { } month)
            {
                date = new DateTime(date.Year, month, 1);
                if (number > DateTime.DaysInMonth(date.Year, month) && number < 29) return false;
                hasDate = true;
                return TryYearAfter(month, number);
            }

            if (unit.Length > 0 && TryUnit(unit, number)) return true;
            at = word;
            if (unit is "st" or "nd" or "rd" or "th") return false;
            if (length == 4 && hasDate && time is not null) return TryDate(number, date.Month, date.Day);
            if (length is 4 && !hasDate && time is null)
            {
                // Four digits alone are a time of day.
                time = new TimeSpan(number / 100, number % 100, 0);
                return number / 100 < 24 && number % 100 < 60;
            }

            if (length is 1 or 2 && number < 24 && time is null && hasDate)
            {
                time = TimeSpan.FromHours(number);
                return true;
            }

            at = start + length;
            if (length is 1 or 2 && number < 24 && time is null)
            {
                time = TimeSpan.FromHours(number);
                return true;
            }

            return false;
        }

        private bool TryIso(int year)
        {
            at++;
            int month = Digits(out _);
            if (Peek != '-') return false;
            at++;
            int day = Digits(out _);
            if (!TryDate(year, month, day)) return false;
            if (Peek == 't' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])) at++;
            return true;
        }

        private bool TryDate(int year, int month, int day)
        {
            if (month is < 1 or > 12 || day < 1 || year is < 1 or > 9999 || day > DateTime.DaysInMonth(year, month)) return false;
            date = new DateTime(year, month, day);
            hasDate = true;
            return true;
        }

        private bool TrySlashes(int first, int length)
        {
            at++;
            int second = Digits(out _);
            if (length == 4)
            {
                if (Peek != '/') return false;
                at++;
                return TryDate(first, second, Digits(out _));
            }

            int year = date.Year;
            if (Peek == '/')
            {
                at++;
                year = Digits(out int digits);
                if (digits <= 2) year += year >= 69 ? 1900 : 2000;
            }

            return TryDate(year, first, second);
        }

        private bool TryDayMonth(int day)
        {
            at++;
            if (Month(Letters()) is not { } month) return false;
            int year = date.Year;
            if (Peek == '-')
            {
                at++;
                year = Digits(out int digits);
                if (digits <= 2) year += year >= 69 ? 1900 : 2000;
            }

            return TryDate(year, month, day);
        }

        private bool TryYearAfter(int month, int day)
        {
            int save = at;
            SkipBlanks();
            if (char.IsAsciiDigit(Peek))
            {
                int year = Digits(out int length);
                if (length == 4 && Peek != ':') return TryDate(year, month, day);
            }

            at = save;
            return TryDate(date.Year, month, day);
        }

        private bool TryClock(int hours)
        {
            at++;
            int minutes = Digits(out int length);
            if (length == 0 || minutes > 59) return false;
            double secondsOfMinute = 0;
            if (Peek == ':')
            {
                at++;
                int start = at;
                while (char.IsAsciiDigit(Peek) || (Peek is '.' or ',' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))) at++;
                if (!double.TryParse(text[start..at].Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out secondsOfMinute) || secondsOfMinute >= 61) return false;
            }

            int save = at;
            SkipBlanks();
            int word = at;
            string half = Letters();
            if (half is "am" or "pm" or "a" or "p" && hours is >= 1 and <= 12) hours = (hours % 12) + (half[0] == 'p' ? 12 : 0);
            else at = word == save ? save : save;
            if (hours > 24) return false;
            time = new TimeSpan(0, hours, minutes, 0) + TimeSpan.FromTicks((long)(secondsOfMinute * TimeSpan.TicksPerSecond));
            if (Peek is '+' or '-') return TryOffset();
            if (Peek == 'z' && (at + 1 >= text.Length || !char.IsAsciiLetter(text[at + 1])))
            {
                at++;
                offset = TimeSpan.Zero;
            }

            return true;
        }

        private bool TryOffset()
        {
            int sign = text[at++] == '-' ? -1 : 1;
            int hours = Digits(out int length), minutes = 0;
            if (length == 4) (hours, minutes) = (hours / 100, hours % 100);
            else if (Peek == ':')
            {
                at++;
                minutes = Digits(out _);
            }

            if (length is 0 or 3 or > 4 || hours > 24) return false;
            offset = sign * new TimeSpan(hours, minutes, 0);
            return true;
        }

        private bool TrySigned()
        {
            int save = at;
            int sign = text[at++] == '-' ? -1 : 1;
            SkipBlanks();
            if (!char.IsAsciiDigit(Peek))
            {
                string only = Letters();
                return only.Length > 0 && TryUnit(only, sign);
            }

            int number = Digits(out int length);
            SkipBlanks();
            int word = at;
            string unit = Letters();
            if (unit.Length > 0 && TryUnit(unit, sign * number)) return true;
            at = word;
            if (time is null || length is not (2 or 4)) return false;
            at = save;
            return TryOffset();
        }

        private bool TryWord()
        {
            int start = at;
            string word = Letters();
            if (Peek == '.') at++;
            switch (word)
            {
                case "now" or "today":
                    return true;
                case "tomorrow":
                    daysAdded++;
                    return true;
                case "yesterday":
                    daysAdded--;
                    return true;
                case "z" or "utc" or "gmt":
                    offset = TimeSpan.Zero;
                    return Peek is not ('+' or '-') || TryOffset();
                case "t" when char.IsAsciiDigit(Peek):
                    return true;
                case "est" or "edt" or "cst" or "cdt" or "mst" or "mdt" or "pst" or "pdt" or "cet" or "cest" or "bst" or "jst":
                    offset = TimeSpan.FromHours(word switch { "est" => -5, "edt" => -4, "cst" => -6, "cdt" => -5, "mst" => -7, "mdt" => -6, "pst" => -8, "pdt" => -7, "cet" => 1, "cest" => 2, "bst" => 1, _ => 9 });
                    return true;
            }

            if (Month(word) is { } month) return TryMonthFirst(month);
            if (Weekday(word) is { } day)
            {
                weekday = day;
                return true;
            }

            int? ordinal = word switch { "last" => -1, "this" => 0, "next" => 1, "first" => 1, "third" => 3, "fourth" => 4, "fifth" => 5, "sixth" => 6, "seventh" => 7, "eighth" => 8, "ninth" => 9, "tenth" => 10, "eleventh" => 11, "twelfth" => 12, _ => null };
            if (ordinal is not { } count) return TryUnit(word, 1);
            SkipBlanks();
            string unit = Letters();
            if (Weekday(unit) is { } named)
            {
                weekday = named;
                weekdayOrdinal = count;
                return true;
            }

            _ = start;
            return TryUnit(unit, count);
        }

        private bool TryMonthFirst(int month)
        {
            SkipBlanks();
            if (!char.IsAsciiDigit(Peek)) return false;
            int day = Digits(out _);
            SkipBlanks();
            int save = at;
            if (char.IsAsciiDigit(Peek))
            {
                int year = Digits(out int length);
                if (length == 4 && Peek != ':') return TryDate(year, month, day);
                at = save;
            }

            return TryDate(date.Year, month, day);
        }

        private bool TryUnit(string unit, int count)
        {
            int save = at;
            SkipBlanks();
            int word = at;
            if (Letters() == "ago") count = -count;
            else at = word == save ? save : word;
            if (unit.Length > 3 && unit.EndsWith('s')) unit = unit[..^1];
            switch (unit)
            {
                case "year":
                    years += count;
                    return true;
                case "month":
                    monthsAdded += count;
                    return true;
                case "fortnight":
                    daysAdded += 14.0 * count;
                    return true;
                case "week":
                    daysAdded += 7.0 * count;
                    return true;
                case "day":
                    daysAdded += count;
                    return true;
                case "hour":
                    seconds += 3600.0 * count;
                    return true;
                case "minute" or "min" or "mins":
                    seconds += 60.0 * count;
                    return true;
                case "second" or "sec" or "secs":
                    seconds += count;
                    return true;
                default:
                    return false;
            }
        }

        private int Digits(out int length)
        {
            int start = at;
            long value = 0;
            while (char.IsAsciiDigit(Peek)) value = Math.Min((value * 10) + text[at++] - '0', int.MaxValue);
            length = at - start;
            return (int)value;
        }

        private string Letters()
        {
            int start = at;
            while (char.IsAsciiLetter(Peek)) at++;
            return text[start..at];
        }

        private static int? Month(string word)
            => word.Length >= 3 && Array.IndexOf(months, word[..3]) is >= 0 and var index && Full(word, CultureInfo.InvariantCulture.DateTimeFormat.MonthNames[index]) ? index + 1 : null;

        private static int? Weekday(string word)
            => word.Length >= 3 && Array.IndexOf(days, word[..3]) is >= 0 and var index && Full(word, CultureInfo.InvariantCulture.DateTimeFormat.DayNames[index]) ? index : null;

        private static bool Full(string word, string name) => word.Length == 3 || name.StartsWith(word, StringComparison.OrdinalIgnoreCase);
    }
}
