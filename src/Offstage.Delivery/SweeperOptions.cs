namespace Offstage.Delivery;

/// <summary>How sessions whose <c>wake_at</c> is due are woken.</summary>
public sealed class SweeperOptions
{
    /// <summary>The longest time between two looks at the store, for what other replicas wrote. Default 1 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Sessions read at once. Default 256.</summary>
    public int BatchSize { get; set; } = 256;

    /// <summary>Sessions woken at once. Default 16.</summary>
    public int ConcurrencyMax { get; set; } = 16;

    /// <summary>How long a session whose waking failed is left alone, and how long a store that failed.</summary>
    public Backoff Backoff { get; set; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>How long dispose waits for wakes that were told to stop. Default 10 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
