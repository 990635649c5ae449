using Offstage.Contracts;
using Offstage.Sessions;
using Offstage.Simulation.Tests.Checking;
using Offstage.Simulation.Tests.Scheduling;
using Offstage.Sql;

namespace Offstage.Simulation.Tests.World;

/// <summary>
/// The real store behind a network that fails: before the commit, after it, for a while, or slowly. It outlives every host;
/// what was sent before a crash is still carried out. Each commit is shown to the ledger before anyone else can act on it.
/// </summary>
internal sealed class SimulatedStore(ISessionStore inner, Scheduler scheduler, Chaos chaos, Ledger ledger) : ISessionStore
{
    private readonly AsyncGate turn = new();
    private DateTimeOffset outageUntil;

    public Task<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken)
        => WriteAsync("append", () => inner.AppendAsync(append, CancellationToken.None), result => ledger.Appended(append, result), cancellationToken);

    public Task<SessionRow?> FindSessionAsync(SessionId session, CancellationToken cancellationToken)
        => ReadAsync(() => inner.FindSessionAsync(session, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionFilter filter, CancellationToken cancellationToken)
        => ReadAsync(() => inner.ListSessionsAsync(filter, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(SessionId session, EventSequence after, int limit, CancellationToken cancellationToken)
        => ReadAsync(() => inner.ReadEventsAsync(session, after, limit, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(
        SessionId session, IReadOnlyList<string> kinds, EventSequence after, int limit, CancellationToken cancellationToken)
        => ReadAsync(() => inner.ReadEventsAsync(session, kinds, after, limit, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<SessionId>> ListDueSessionsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => ReadAsync(() => inner.ListDueSessionsAsync(now, limit, CancellationToken.None), cancellationToken);

    public Task<DateTimeOffset?> FindNextWakeAsync(CancellationToken cancellationToken)
        => ReadAsync(() => inner.FindNextWakeAsync(CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<SessionId>> ListSessionsWithLiveAgentAsync(HostId host, CancellationToken cancellationToken)
        => ReadAsync(() => inner.ListSessionsWithLiveAgentAsync(host, CancellationToken.None), cancellationToken);

    public Task<bool> PurgeSessionAsync(SessionId session, CancellationToken cancellationToken)
        => WriteAsync("purge", () => inner.PurgeSessionAsync(session, CancellationToken.None), done => ledger.Purged(session, done), cancellationToken);

    public Task<IdempotencyRecord?> FindIdempotencyAsync(string scope, string key, CancellationToken cancellationToken)
        => ReadAsync(() => inner.FindIdempotencyAsync(scope, key, CancellationToken.None), cancellationToken);

    public Task<int> PurgeIdempotencyAsync(DateTimeOffset olderThan, CancellationToken cancellationToken)
        => WriteAsync("purge keys", () => inner.PurgeIdempotencyAsync(olderThan, CancellationToken.None), null, cancellationToken);

    public Task<int> DropRawEventsAsync(DateTimeOffset olderThan, CancellationToken cancellationToken)
        => WriteAsync("drop raw events", () => inner.DropRawEventsAsync(olderThan, CancellationToken.None), null, cancellationToken);

    public Task<AttachmentRow?> FindAttachmentAsync(SessionId session, AttachmentId attachment, CancellationToken cancellationToken)
        => ReadAsync(() => inner.FindAttachmentAsync(session, attachment, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<SandboxRow>> ListSandboxesAsync(HostId host, CancellationToken cancellationToken)
        => ReadAsync(() => inner.ListSandboxesAsync(host, CancellationToken.None), cancellationToken);

    public Task<IReadOnlyList<OutboxEntry>> ListPendingEffectsAsync(long afterOrdinal, int limit, CancellationToken cancellationToken)
        => ReadAsync(() => inner.ListPendingEffectsAsync(afterOrdinal, limit, CancellationToken.None), cancellationToken);

    public Task CompleteEffectsAsync(IReadOnlyList<EffectId> effects, CancellationToken cancellationToken)
        => WriteAsync("complete", () => AsTrue(inner.CompleteEffectsAsync(effects, CancellationToken.None)), _ => ledger.Completed(effects), cancellationToken);

    public Task RescheduleEffectAsync(EffectId effect, int attempts, DateTimeOffset dueAt, string error, CancellationToken cancellationToken)
        => WriteAsync("reschedule", () => AsTrue(inner.RescheduleEffectAsync(effect, attempts, dueAt, error, CancellationToken.None)), null, cancellationToken);

    public Task DeadLetterEffectAsync(EffectId effect, int attempts, DateTimeOffset at, string error, CancellationToken cancellationToken)
        => WriteAsync(
            "dead-letter", () => AsTrue(inner.DeadLetterEffectAsync(effect, attempts, at, error, CancellationToken.None)), _ => ledger.DeadLettered(effect), cancellationToken);

    public Task<IReadOnlyList<DeadEffect>> ListDeadEffectsAsync(int limit, CancellationToken cancellationToken)
        => ReadAsync(() => inner.ListDeadEffectsAsync(limit, CancellationToken.None), cancellationToken);

    public Task<OutboxEntry?> RetryDeadEffectAsync(EffectId effect, DateTimeOffset dueAt, CancellationToken cancellationToken)
        => WriteAsync("retry dead", () => inner.RetryDeadEffectAsync(effect, dueAt, CancellationToken.None), null, cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => ReadAsync(() => AsTrue(inner.PingAsync(CancellationToken.None)), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task<T> ReadAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
        => SendAsync(() => AttemptAsync(null, call, null, cancellationToken), cancellationToken);

    private Task<T> WriteAsync<T>(string what, Func<Task<T>> call, Action<T>? applied, CancellationToken cancellationToken)
        => SendAsync(() => AttemptAsync(what, call, applied, cancellationToken), cancellationToken);

    /// <summary>The call crosses from its process into the world; only the answer is lost when that process dies.</summary>
    private async Task<T> SendAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        scheduler.RequireThread("The store was called");
        cancellationToken.ThrowIfCancellationRequested();
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.World.Start(async () =>
        {
            try
            {
                answer.TrySetResult(await call());
            }
            catch (Exception e)
            {
                answer.TrySetException(e);
            }
        });
        return await answer.Task;
    }

    private async Task<T> AttemptAsync<T>(string? write, Func<Task<T>> call, Action<T>? applied, CancellationToken cancellationToken)
    {
        if (chaos.Happens(chaos.StoreOutage))
            outageUntil = scheduler.Now + chaos.Between(1, 30);
        if (chaos.Happens(chaos.StoreIsSlow))
            await Task.Delay(chaos.Between(0.01, 4), scheduler.Clock, cancellationToken);
        if ((chaos.IsOn && scheduler.Now < outageUntil) || chaos.Happens(chaos.StoreFails))
        {
            if (write is not null)
                scheduler.Trace.Add("store", $"{write} fails before its commit");
            throw new StoreUnavailableException("The simulated store is away.");
        }

        bool loses = write is not null && chaos.Happens(chaos.StoreLosesAnswer);
        if (loses && chaos.Next(2) == 0)
        {
            scheduler.Trace.Add("store", $"{write} not applied, and the answer is lost");
            throw new StoreOutcomeUnknownException("The simulated answer is lost.");
        }

        T result;
        await turn.EnterAsync(CancellationToken.None);
        try
        {
            result = await call();
            applied?.Invoke(result);
        }
        finally
        {
            turn.Leave();
        }

        if (!loses)
            return result;
        scheduler.Trace.Add("store", $"{write} applied, and the answer is lost");
        throw new StoreOutcomeUnknownException("The simulated answer is lost.");
    }

    private static async Task<bool> AsTrue(Task task)
    {
        await task;
        return true;
    }
}
