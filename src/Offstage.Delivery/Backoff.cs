namespace Offstage.Delivery;

/// <summary>Waits that double from <paramref name="First"/> up to <paramref name="Max"/>, each shortened by up to half at random,
/// so that what failed together does not come back together.</summary>
public sealed record Backoff(TimeSpan First, TimeSpan Max)
{
    /// <param name="failures">Failures so far, from 1.</param>
    public TimeSpan After(int failures, Random random)
    {
        double longest = Math.Min(Max.Ticks, First.Ticks * Math.Pow(2, Math.Min(failures - 1, 40)));
        double jitter;
        // A seeded Random is not thread-safe.
        lock (random)
            jitter = random.NextDouble();
        return TimeSpan.FromTicks((long)(longest * (1 - (jitter / 2))));
    }
}
