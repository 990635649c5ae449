using Offstage.Shell.Commands.Time;

namespace Offstage.Shell.Commands.Awk;

/// <summary>strftime and mktime.</summary>
internal static class AwkTimes
{
    public static AwkValue Format(AwkRuntime runtime, AwkExpression[] arguments)
    {
        string format = arguments.Length > 0 ? arguments[0].Text(runtime) : "%a %b %e %H:%M:%S %Z %Y";
        var now = runtime.Context.Time.GetUtcNow();
        double seconds = arguments.Length > 1 ? arguments[1].Number(runtime) : now.ToUnixTimeSeconds();
        bool utc = arguments.Length > 2 && arguments[2].Truth(runtime);
        if (seconds is < -62_135_596_800 or > 253_402_300_799) throw new AwkException("strftime: argument out of range");
        return AwkValue.Of(TimeFormat.Format(format, DateTimeOffset.FromUnixTimeSeconds((long)seconds), utc ? TimeZoneInfo.Utc : TimeZones.Of(runtime.Context)));
    }

    /// <summary>Seconds since 1970 of <c>YYYY MM DD HH MM SS</c>; -1 when it is no time.</summary>
    public static double Make(AwkRuntime runtime, string text)
    {
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = new long[6];
        if (parts.Length < 6) return -1;
        for (int i = 0; i < 6; i++)
        {
            if (!long.TryParse(parts[i], out numbers[i])) return -1;
        }

        long months = (numbers[0] * 12) + numbers[1] - 1;
        if (months is < 12 or > 9998 * 12) return -1;
        var local = new DateTime((int)(months / 12), (int)(months % 12) + 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
        if (Math.Abs(numbers[2]) > 400_000 || Math.Abs(numbers[3]) > 1_000_000 || Math.Abs(numbers[4]) > 10_000_000 || Math.Abs(numbers[5]) > 1_000_000_000) return -1;
        local = local.AddDays(numbers[2] - 1).AddHours(numbers[3]).AddMinutes(numbers[4]).AddSeconds(numbers[5]);
        var zone = TimeZones.Of(runtime.Context);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUnixTimeSeconds();
    }
}
