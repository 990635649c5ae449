using Offstage.Contracts;
using Offstage.Sql.Reading;
using Offstage.Sql.Writing;

namespace Offstage.Sql;

/// <summary>The store over either database: reads go to borrowed connections, writes to the one group-committing writer.</summary>
internal sealed class SqlSessionStore(GroupCommit writes, IReadConnections reads) : ISessionStore
{
    private const int PageMax = 1_000;
    private const int ListMax = 10_000;

    public Task<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
    {
        AppendRules.Check(append);
        return writes.SubmitAsync(new AppendRequest(append), cancellationToken);
    }

    public Task<SessionRow?> FindSessionAsync(SessionId session, CancellationToken cancellationToken)
        => reads.ReadAsync((sql, stop) => SessionQueries.FindSessionAsync(sql, session, stop), cancellationToken);

    public Task<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionFilter filter, CancellationToken cancellationToken)
    {
        RequireLimit(filter.Limit, PageMax);
        return reads.ReadAsync((sql, stop) => SessionQueries.ListSessionsAsync(sql, filter, stop), cancellationToken);
    }

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(SessionId session, EventSequence after, int limit, CancellationToken cancellationToken)
    {
        RequireLimit(limit, PageMax);
        return reads.ReadAsync((sql, stop) => SessionQueries.ReadEventsAsync(sql, session, [], after, limit, stop), cancellationToken);
    }

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(
        SessionId session, IReadOnlyList<string> kinds, EventSequence after, int limit, CancellationToken cancellationToken)
    {
        RequireLimit(limit, PageMax);
        return kinds.Count == 0
            ? Task.FromResult<IReadOnlyList<StoredEvent>>([])
            : reads.ReadAsync((sql, stop) => SessionQueries.ReadEventsAsync(sql, session, kinds, after, limit, stop), cancellationToken);
    }

    public Task<IReadOnlyList<SessionId>> ListDueSessionsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        RequireLimit(limit, ListMax);
        return reads.ReadAsync((sql, stop) => SessionQueries.ListDueSessionsAsync(sql, now, limit, stop), cancellationToken);
    }

    public Task<DateTimeOffset?> FindNextWakeAsync(CancellationToken cancellationToken)
        => reads.ReadAsync(SessionQueries.FindNextWakeAsync, cancellationToken);

    public Task<IReadOnlyList<SessionId>> ListSessionsWithLiveAgentAsync(HostId host, CancellationToken cancellationToken)
        => reads.ReadAsync((sql, stop) => SessionQueries.ListSessionsWithLiveAgentAsync(sql, host, stop), cancellationToken);

    public Task<bool> PurgeSessionAsync(SessionId session, CancellationToken cancellationToken)
        => writes.SubmitAsync(new PurgeSessionRequest(session), cancellationToken);

    public Task<IdempotencyRecord?> FindIdempotencyAsync(string scope, string key, CancellationToken cancellationToken)
        => reads.ReadAsync((sql, stop) => SessionQueries.FindIdempotencyAsync(sql, scope, key, stop), cancellationToken);

    public Task<int> PurgeIdempotencyAsync(DateTimeOffset olderThan, CancellationToken cancellationToken)
        => writes.SubmitAsync(new PurgeIdempotencyRequest(olderThan), cancellationToken);

    public Task<int> DropRawEventsAsync(DateTimeOffset olderThan, CancellationToken cancellationToken)
        => writes.SubmitAsync(new DropRawEventsRequest(olderThan), cancellationToken);

    public Task<AttachmentRow?> FindAttachmentAsync(SessionId session, AttachmentId attachment, CancellationToken cancellationToken)
        => reads.ReadAsync((sql, stop) => SessionQueries.FindAttachmentAsync(sql, session, attachment, stop), cancellationToken);

    public Task<IReadOnlyList<SandboxRow>> ListSandboxesAsync(HostId host, CancellationToken cancellationToken)
        => reads.ReadAsync((sql, stop) => SessionQueries.ListSandboxesAsync(sql, host, stop), cancellationToken);

    public Task<IReadOnlyList<OutboxEntry>> ListPendingEffectsAsync(long afterOrdinal, int limit, CancellationToken cancellationToken)
    {
        RequireLimit(limit, ListMax);
        return reads.ReadAsync((sql, stop) => SessionQueries.ListPendingEffectsAsync(sql, afterOrdinal, limit, stop), cancellationToken);
    }

    public Task CompleteEffectsAsync(IReadOnlyList<EffectId> effects, CancellationToken cancellationToken)
        => effects.Count == 0 ? Task.CompletedTask : writes.SubmitAsync(new CompleteEffectsRequest(effects), cancellationToken);

    public Task RescheduleEffectAsync(EffectId effect, int attempts, DateTimeOffset dueAt, string error, CancellationToken cancellationToken)
        => writes.SubmitAsync(new FailEffectRequest(effect, attempts, dueAt, deadAt: null, error), cancellationToken);

    public Task DeadLetterEffectAsync(EffectId effect, int attempts, DateTimeOffset at, string error, CancellationToken cancellationToken)
        => writes.SubmitAsync(new FailEffectRequest(effect, attempts, dueAt: null, at, error), cancellationToken);

    public Task<IReadOnlyList<DeadEffect>> ListDeadEffectsAsync(int limit, CancellationToken cancellationToken)
    {
        RequireLimit(limit, ListMax);
        return reads.ReadAsync((sql, stop) => SessionQueries.ListDeadEffectsAsync(sql, limit, stop), cancellationToken);
    }

    public Task<OutboxEntry?> RetryDeadEffectAsync(EffectId effect, DateTimeOffset dueAt, CancellationToken cancellationToken)
        => writes.SubmitAsync(new RetryDeadEffectRequest(effect, dueAt), cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => reads.ReadAsync(SessionQueries.PingAsync, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await writes.DisposeAsync();
        await reads.DisposeAsync();
    }

    private static void RequireLimit(int limit, int max)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, max);
    }
}
