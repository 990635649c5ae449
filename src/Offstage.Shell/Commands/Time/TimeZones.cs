namespace Offstage.Shell.Commands.Time;

/// <summary>The time zone that a script's TZ asks for.</summary>
internal static class TimeZones
{
    /// <param name="name">The value of TZ; null or empty for UTC. An unknown name is UTC, as in the C library.</param>
    public static TimeZoneInfo Find(string? name)
    {
        if (string.IsNullOrEmpty(name)) return TimeZoneInfo.Utc;
        name = name.TrimStart(':');
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && !name.StartsWith('/') && !name.Contains("..", StringComparison.Ordinal)) return zone;
        return Posix(name) ?? TimeZoneInfo.Utc;
    }

    public static TimeZoneInfo Of(CommandContext context) => Find(context.Environment.GetValueOrDefault("TZ"));

    /// <summary>The abbreviation that <c>%Z</c> prints.</summary>
    public static string Abbreviation(TimeZoneInfo zone, DateTimeOffset at)
    {
        if (zone == TimeZoneInfo.Utc) return "UTC";
        string name = zone.IsDaylightSavingTime(at) ? zone.DaylightName : zone.StandardName;
        if (name.Length <= 5 && !name.Contains(' ')) return name;
        // Long names are shortened to their capitals where those look like an abbreviation.
        string capitals = string.Concat(name.Where(char.IsAsciiLetterUpper));
        return capitals.Length is >= 3 and <= 5 ? capitals : Offset(zone.GetUtcOffset(at));
    }

    private static string Offset(TimeSpan offset)
        => $"{(offset < TimeSpan.Zero ? '-' : '+')}{Math.Abs(offset.Hours):00}{(offset.Minutes == 0 ? "" : Math.Abs(offset.Minutes).ToString("00"))}";

    /// <summary><c>EST5</c>, <c>UTC-3</c>, <c>&lt;+03&gt;-3:30</c>: without rules for summer.</summary>
    private static TimeZoneInfo? Posix(string text)
    {
        int at = 0;
        string name;
        if (text.StartsWith('<'))
        {
            int close = text.IndexOf('>');
            if (close < 0) return null;
            name = text[1..close];
            at = close + 1;
        }
        else
        {
            while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
            name = text[..at];
        }

        if (name.Length < 3 || at >= text.Length) return null;
        int sign = text[at] == '-' ? 1 : -1;
        if (text[at] is '+' or '-') at++;
        int end = at;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == ':')) end++;
        string[] parts = text[at..end].Split(':');
        if (!int.TryParse(parts[0], out int hours) || hours > 24) return null;
        int minutes = parts.Length > 1 && int.TryParse(parts[1], out int m) && m < 60 ? m : 0;
        var offset = TimeSpan.FromMinutes(sign * ((hours * 60) + minutes));
        return Math.Abs(offset.TotalHours) > 14 ? null : TimeZoneInfo.CreateCustomTimeZone(name, offset, name, name);
    }
}
