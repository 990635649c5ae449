using Offstage.Contracts;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.Mutations;

/// <summary>A store that passes everything on; mutations change single calls.</summary>
internal abstract class StoreDecorator(ISessionStore inner) : ISessionStore
{
    protected ISessionStore Inner => inner;

    public virtual Task<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken) => inner.AppendAsync(append, cancellationToken);

    public virtual Task<SessionRow?> FindSessionAsync(SessionId session, CancellationToken cancellationToken) => inner.FindSessionAsync(session, cancellationToken);

    public Task<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionFilter filter, CancellationToken cancellationToken) => inner.ListSessionsAsync(filter, cancellationToken);

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(SessionId session, EventSequence after, int limit, CancellationToken cancellationToken)
        => inner.ReadEventsAsync(session, after, limit, cancellationToken);

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(
        SessionId session, IReadOnlyList<string> kinds, EventSequence after, int limit, CancellationToken cancellationToken)
        => inner.ReadEventsAsync(session, kinds, after, limit, cancellationToken);

    public Task<IReadOnlyList<SessionId>> ListDueSessionsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => inner.ListDueSessionsAsync(now, limit, cancellationToken);

    public Task<DateTimeOffset?> FindNextWakeAsync(CancellationToken cancellationToken) => inner.FindNextWakeAsync(cancellationToken);

    public virtual Task<IReadOnlyList<SessionId>> ListSessionsWithLiveAgentAsync(HostId host, CancellationToken cancellationToken)
        => inner.ListSessionsWithLiveAgentAsync(host, cancellationToken);

    public Task<bool> PurgeSessionAsync(SessionId session, CancellationToken cancellationToken) => inner.PurgeSessionAsync(session, cancellationToken);

    public Task<IdempotencyRecord?> FindIdempotencyAsync(string scope, string key, CancellationToken cancellationToken)
        => inner.FindIdempotencyAsync(scope, key, cancellationToken);

    public Task<int> PurgeIdempotencyAsync(DateTimeOffset olderThan, CancellationToken cancellationToken) => inner.PurgeIdempotencyAsync(olderThan, cancellationToken);

    public Task<int> DropRawEventsAsync(DateTimeOffset olderThan, CancellationToken cancellationToken) => inner.DropRawEventsAsync(olderThan, cancellationToken);

    public Task<AttachmentRow?> FindAttachmentAsync(SessionId session, AttachmentId attachment, CancellationToken cancellationToken)
        => inner.FindAttachmentAsync(session, attachment, cancellationToken);

    public Task<IReadOnlyList<SandboxRow>> ListSandboxesAsync(HostId host, CancellationToken cancellationToken) => inner.ListSandboxesAsync(host, cancellationToken);

    public virtual Task<IReadOnlyList<OutboxEntry>> ListPendingEffectsAsync(long afterOrdinal, int limit, CancellationToken cancellationToken)
        => inner.ListPendingEffectsAsync(afterOrdinal, limit, cancellationToken);

    public Task CompleteEffectsAsync(IReadOnlyList<EffectId> effects, CancellationToken cancellationToken) => inner.CompleteEffectsAsync(effects, cancellationToken);

    public Task RescheduleEffectAsync(EffectId effect, int attempts, DateTimeOffset dueAt, string error, CancellationToken cancellationToken)
        => inner.RescheduleEffectAsync(effect, attempts, dueAt, error, cancellationToken);

    public Task DeadLetterEffectAsync(EffectId effect, int attempts, DateTimeOffset at, string error, CancellationToken cancellationToken)
        => inner.DeadLetterEffectAsync(effect, attempts, at, error, cancellationToken);

    public Task<IReadOnlyList<DeadEffect>> ListDeadEffectsAsync(int limit, CancellationToken cancellationToken) => inner.ListDeadEffectsAsync(limit, cancellationToken);

    public Task<OutboxEntry?> RetryDeadEffectAsync(EffectId effect, DateTimeOffset dueAt, CancellationToken cancellationToken)
        => inner.RetryDeadEffectAsync(effect, dueAt, cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => inner.PingAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
