namespace Offstage.Delivery;

/// <summary>Waits that timers take as they are meant.</summary>
internal static class Waits
{
    /// <summary>The longest wait that every timer takes; whoever waits longer looks again then.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(20);

    /// <summary>Whole milliseconds, rounded up. Timers cut the rest off and would come too early, again and again, until
    /// the clock has moved; a clock that stands still in a simulation never would.</summary>
    public static TimeSpan ForTimer(TimeSpan wait)
    {
        if (wait <= TimeSpan.Zero)
            return TimeSpan.Zero;
        return wait < Longest ? TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)) : Longest;
    }
}
