using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Delivery;

/// <summary>
/// Carries effects from the outbox to their handler: at least once, in order of cause within a session's lane, with
/// backoff, and a dead-letter state in the end (D1). The in-process engine is one implementation; a broker can be another.
/// </summary>
public interface IEffectDelivery : IAsyncDisposable
{
    /// <summary>Reads what the outbox still holds and begins. Nothing needs a client's traffic.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Offers effects that have just been committed. Never blocks and never fails: what is not taken here is found
    /// in the outbox.</summary>
    void Offer(IReadOnlyList<OutboxEntry> effects);

    /// <summary>The outbox may hold effects that nobody could offer, because the answer to their commit was lost: look at all
    /// of it now. Never blocks and never fails.</summary>
    void LookAgain();

    Task<IReadOnlyList<DeadEffect>> ListDeadAsync(int limit, CancellationToken cancellationToken);

    /// <returns>False when there is no such dead effect.</returns>
    Task<bool> RetryDeadAsync(EffectId effect, CancellationToken cancellationToken);
}

/// <summary>What carries effects out. Must be idempotent by effect id.</summary>
public interface IEffectHandler
{
    Task<EffectOutcome> HandleAsync(OutboxEntry effect, CancellationToken cancellationToken);

    /// <summary>The engine gave the effect up. Tells its cause, so that nothing waits for it for ever.</summary>
    Task GiveUpAsync(OutboxEntry effect, string error, CancellationToken cancellationToken);
}

public abstract record EffectOutcome
{
    private EffectOutcome() { }

    /// <param name="AlreadyCompleted">An append has removed the effect from the outbox with its outcome.</param>
    public sealed record Done(bool AlreadyCompleted = false) : EffectOutcome;

    /// <summary>Try again after a backoff.</summary>
    public sealed record Retry(string Error) : EffectOutcome;

    /// <summary>No further attempt can help.</summary>
    public sealed record Impossible(string Error) : EffectOutcome;
}
