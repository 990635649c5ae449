using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Delivery.Tests;

/// <summary>A store that refuses, or applies and loses the answer, when a test says so.</summary>
internal sealed class FaultyStore(ISessionStore inner) : ISessionStore
{
    /// <summary>Asked before each call with its name: null passes it on.</summary>
    public Func<string, Fault?> Faults { get; set; } = _ => null;

    public enum Fault
    {
        Refused,
        AppliedButLost,
    }

    public Task<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
        => CallAsync("append", () => inner.AppendAsync(append, cancellationToken));

    public Task<SessionRow?> FindSessionAsync(SessionId session, CancellationToken cancellationToken)
        => CallAsync("find", () => inner.FindSessionAsync(session, cancellationToken));

    public Task<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionFilter filter, CancellationToken cancellationToken)
        => CallAsync("list", () => inner.ListSessionsAsync(filter, cancellationToken));

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(SessionId session, EventSequence after, int limit, CancellationToken cancellationToken)
        => CallAsync("events", () => inner.ReadEventsAsync(session, after, limit, cancellationToken));

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(SessionId session, IReadOnlyList<string> kinds, EventSequence after, int limit, CancellationToken cancellationToken)
        => CallAsync("events", () => inner.ReadEventsAsync(session, kinds, after, limit, cancellationToken));

    public Task<IReadOnlyList<SessionId>> ListDueSessionsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => CallAsync("due", () => inner.ListDueSessionsAsync(now, limit, cancellationToken));

    public Task<DateTimeOffset?> FindNextWakeAsync(CancellationToken cancellationToken)
        => CallAsync("next_wake", () => inner.FindNextWakeAsync(cancellationToken));

    public Task<IReadOnlyList<SessionId>> ListSessionsWithLiveAgentAsync(HostId host, CancellationToken cancellationToken)
        => CallAsync("live", () => inner.ListSessionsWithLiveAgentAsync(host, cancellationToken));

    public Task<bool> PurgeSessionAsync(SessionId session, CancellationToken cancellationToken)
        => CallAsync("purge", () => inner.PurgeSessionAsync(session, cancellationToken));

    public Task<IdempotencyRecord?> FindIdempotencyAsync(string scope, string key, CancellationToken cancellationToken)
        => CallAsync("find_key", () => inner.FindIdempotencyAsync(scope, key, cancellationToken));

    public Task<int> PurgeIdempotencyAsync(DateTimeOffset olderThan, CancellationToken cancellationToken)
        => CallAsync("purge_keys", () => inner.PurgeIdempotencyAsync(olderThan, cancellationToken));

    public Task<int> DropRawEventsAsync(DateTimeOffset olderThan, CancellationToken cancellationToken)
        => CallAsync("drop_raw", () => inner.DropRawEventsAsync(olderThan, cancellationToken));

    public Task<AttachmentRow?> FindAttachmentAsync(SessionId session, AttachmentId attachment, CancellationToken cancellationToken)
        => CallAsync("find_attachment", () => inner.FindAttachmentAsync(session, attachment, cancellationToken));

    public Task<IReadOnlyList<SandboxRow>> ListSandboxesAsync(HostId host, CancellationToken cancellationToken)
        => CallAsync("sandboxes", () => inner.ListSandboxesAsync(host, cancellationToken));

    public Task<IReadOnlyList<OutboxEntry>> ListPendingEffectsAsync(long afterOrdinal, int limit, CancellationToken cancellationToken)
        => CallAsync("pending", () => inner.ListPendingEffectsAsync(afterOrdinal, limit, cancellationToken));

    public Task CompleteEffectsAsync(IReadOnlyList<EffectId> effects, CancellationToken cancellationToken)
        => CallAsync("complete", () => inner.CompleteEffectsAsync(effects, cancellationToken));

    public Task RescheduleEffectAsync(EffectId effect, int attempts, DateTimeOffset dueAt, string error, CancellationToken cancellationToken)
        => CallAsync("reschedule", () => inner.RescheduleEffectAsync(effect, attempts, dueAt, error, cancellationToken));

    public Task DeadLetterEffectAsync(EffectId effect, int attempts, DateTimeOffset at, string error, CancellationToken cancellationToken)
        => CallAsync("dead_letter", () => inner.DeadLetterEffectAsync(effect, attempts, at, error, cancellationToken));

    public Task<IReadOnlyList<DeadEffect>> ListDeadEffectsAsync(int limit, CancellationToken cancellationToken)
        => CallAsync("dead", () => inner.ListDeadEffectsAsync(limit, cancellationToken));

    public Task<OutboxEntry?> RetryDeadEffectAsync(EffectId effect, DateTimeOffset dueAt, CancellationToken cancellationToken)
        => CallAsync("retry", () => inner.RetryDeadEffectAsync(effect, dueAt, cancellationToken));

    public Task PingAsync(CancellationToken cancellationToken) => CallAsync("ping", () => inner.PingAsync(cancellationToken));

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> CallAsync<T>(string name, Func<Task<T>> call)
    {
        var fault = Faults(name);
        if (fault == Fault.Refused)
            throw new StoreUnavailableException($"injected: {name}");
        var result = await call();
        return fault == Fault.AppliedButLost ? throw new StoreOutcomeUnknownException($"injected: {name}") : result;
    }

    private Task<bool> CallAsync(string name, Func<Task> call) => CallAsync(name, async () =>
    {
        await call();
        return true;
    });
}
