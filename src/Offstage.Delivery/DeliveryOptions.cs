namespace Offstage.Delivery;

/// <summary>How the in-process engine carries effects out.</summary>
public sealed class DeliveryOptions
{
    /// <summary>Handlers that run at once, for each lane's name: what stops work never waits for the work it stops. Default 64.</summary>
    public int ConcurrencyMax { get; set; } = 64;

    /// <summary>Effects kept in memory. What is more stays in the outbox and is paged in as these finish. Default 10,000.</summary>
    public int PendingMax { get; set; } = 10_000;

    /// <summary>Effects of one lane kept in memory, so that one lane that waits cannot crowd out the others. Default 256.</summary>
    public int PendingPerLaneMax { get; set; } = 256;

    /// <summary>Rows per read of the outbox. Default 500.</summary>
    public int PageSize { get; set; } = 500;

    /// <summary>Attempts before an effect is given up. Default 8.</summary>
    public int AttemptsMax { get; set; } = 8;

    /// <summary>Attempts for kinds that differ from <see cref="AttemptsMax"/>.</summary>
    public Dictionary<string, int> AttemptsMaxByKind { get; } = new(StringComparer.Ordinal);

    /// <summary>How long to wait after an effect failed.</summary>
    public Backoff EffectBackoff { get; set; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));

    /// <summary>How long to wait after the store, or giving up, failed. These are retried without end.</summary>
    public Backoff StoreBackoff { get; set; } = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30));

    /// <summary>How often the whole outbox is read again for effects whose offer was lost; null never. Default 1 min.</summary>
    public TimeSpan? PollInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long dispose waits for handlers that were told to stop. Default 10 s.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    internal int AttemptsFor(string kind) => AttemptsMaxByKind.GetValueOrDefault(kind, AttemptsMax);
}
