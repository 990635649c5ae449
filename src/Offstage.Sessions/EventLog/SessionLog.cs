using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;
using Offstage.Sql;

namespace Offstage.Sessions.EventLog;

/// <summary>
/// The one way a session changes: load, decide, append where the sequence is still the expected one, publish. On conflict
/// it decides again, a bounded number of times.
/// </summary>
/// <remarks>Thread-safe. Commands to one session are taken one after another within a process; over processes the database decides.</remarks>
public sealed class SessionLog(ISessionStore store, EventHub hub, IdSource ids, TimeProvider timeProvider)
{
    private const int AttemptsMax = 8;

    private static readonly TimeSpan UnknownPauseFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan UnknownPauseMax = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UnknownWaitMax = TimeSpan.FromSeconds(10);

    private readonly SessionCache cache = new();

    /// <summary>Called after commit with the effects of an append, before anyone else learns of it. Must not block or throw.</summary>
    public Action<IReadOnlyList<OutboxEntry>>? EffectsAppended { get; set; }

    /// <summary>Called when an append was made whose answer was lost: its effects are in the outbox and have not been
    /// announced. Must not block or throw.</summary>
    public Action? EffectsUnannounced { get; set; }

    /// <summary>Called after commit when a session has a deadline. Must not block or throw.</summary>
    public Action<DateTimeOffset>? WakeChanged { get; set; }

    /// <summary>The rules. Others only in a simulation that proves that it would notice.</summary>
    internal Func<SessionState?, SessionCommand, DecisionContext, Decision> Decide { get; set; } = SessionDecider.Decide;

    /// <returns>Null when there is no such session, or it is being deleted.</returns>
    /// <exception cref="StoreUnavailableException">Nothing is known; try again.</exception>
    public async Task<SessionState?> FindAsync(SessionId session, CancellationToken cancellationToken)
    {
        using var lease = await cache.EnterAsync(session, cancellationToken);
        var state = await LoadAsync(lease, session, cancellationToken);
        return state?.Status is SessionStatus.Deleted ? null : state;
    }

    /// <summary>Like <see cref="FindAsync"/>, and answers for a session that is being deleted too.</summary>
    internal async Task<SessionState?> FindEvenDeletedAsync(SessionId session, CancellationToken cancellationToken)
    {
        using var lease = await cache.EnterAsync(session, cancellationToken);
        return await LoadAsync(lease, session, cancellationToken);
    }

    /// <exception cref="StoreUnavailableException">Nothing was applied.</exception>
    /// <exception cref="StoreOutcomeUnknownException">It could not be found out in time whether it was applied.</exception>
    public async Task<CommandResult> ExecuteAsync(
        SessionId session, SessionCommand command, CommandOptions options, CancellationToken cancellationToken)
    {
        using var lease = await cache.EnterAsync(session, cancellationToken);
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var state = await LoadAsync(lease, session, cancellationToken);
            var context = new DecisionContext(session, timeProvider.GetUtcNow(), ids.NewSandbox());
            var outcome = Decide(state, command, context);
            if (outcome is Decision.Rejected rejected)
                return new CommandResult.Rejected(rejected.Reason);
            var decision = (Decision.Accepted)outcome;
            if (decision.Events.Count == 0)
                return new CommandResult.Accepted(decision.Next, []);

            var result = await AppendAsync(lease, state, decision, context.Now, options, cancellationToken);
            if (result is not null)
                return result;
        }

        return new CommandResult.Contended();
    }

    /// <summary>Reports what came of an effect, an agent or a timer.</summary>
    /// <exception cref="StoreUnavailableException">Also when others were first at every attempt: a report must not get lost for
    /// that, so whoever makes it tries again.</exception>
    internal async Task<CommandResult> ReportAsync(
        SessionId session, SessionCommand report, CancellationToken cancellationToken, EffectId? completed = null)
    {
        var options = completed is { } effect ? new CommandOptions(CompletedEffects: [effect]) : CommandOptions.None;
        return await ExecuteAsync(session, report, options, cancellationToken) is var result and not CommandResult.Contended
            ? result
            : throw new StoreUnavailableException($"Session {session.Value} was changed by others at every attempt.");
    }

    /// <summary>Forgets what was loaded: another process may have changed it.</summary>
    public void Forget(SessionId session) => cache.Remove(session);

    private async Task<SessionState?> LoadAsync(SessionCache.Lease lease, SessionId session, CancellationToken cancellationToken)
    {
        if (lease.State is { } cached)
            return cached;
        var row = await store.FindSessionAsync(session, cancellationToken);
        return row is null ? null : lease.State = SessionProjection.ReadState(row);
    }

    /// <returns>Null when somebody else was first and the decision has to be made again.</returns>
    private async Task<CommandResult?> AppendAsync(
        SessionCache.Lease lease,
        SessionState? before,
        Decision.Accepted decision,
        DateTimeOffset now,
        CommandOptions options,
        CancellationToken cancellationToken)
    {
        var append = SessionProjection.ToAppend(before, decision, now, options);
        AppendResult result;
        try
        {
            result = await store.AppendAsync(append, cancellationToken);
        }
        catch (StoreOutcomeUnknownException unknown)
        {
            lease.State = null;
            if (!await WasAppliedAsync(append, unknown, options, cancellationToken))
                return null;
            EffectsUnannounced?.Invoke();
            result = new AppendResult.Appended([]);
        }
        catch
        {
            lease.State = null;
            throw;
        }

        switch (result)
        {
            case AppendResult.KeyUsed used:
                return new CommandResult.KeyUsed(used.Existing);
            case AppendResult.Conflict:
                lease.State = null;
                return null;
            default:
                lease.State = decision.Next;
                return new CommandResult.Accepted(decision.Next, Publish(before, append, decision, now, ((AppendResult.Appended)result).Effects));
        }
    }

    private List<SessionEvent> Publish(
        SessionState? before, Append append, Decision.Accepted decision, DateTimeOffset now, IReadOnlyList<OutboxEntry> effects)
    {
        var events = new List<SessionEvent>(decision.Events.Count);
        var sequence = before?.Sequence ?? EventSequence.None;
        foreach (var body in decision.Events)
            events.Add(new SessionEvent(decision.Next.Session, sequence = sequence.Next, now, body));
        Invariant.Require(sequence == decision.Next.Sequence, "S7");

        if (effects.Count > 0)
            EffectsAppended?.Invoke(effects);
        if (decision.Next.WakeAt is { } wakeAt)
            WakeChanged?.Invoke(wakeAt);
        hub.Publish(decision.Next.Session, events, append.Events);
        return events;
    }

    /// <summary>
    /// A commit whose answer was lost was applied if the row carries just the state that was written. Deciding again
    /// without knowing would append the same facts twice.
    /// </summary>
    private async Task<bool> WasAppliedAsync(
        Append append, StoreOutcomeUnknownException cause, CommandOptions options, CancellationToken cancellationToken)
    {
        var pause = UnknownPauseFirst;
        long started = timeProvider.GetTimestamp();
        while (true)
        {
            try
            {
                var row = await store.FindSessionAsync(append.Row.Session, cancellationToken);
                if (row is null)
                    return false;
                if (row.Sequence >= append.Row.Sequence)
                    return await IsOursAsync(append, cancellationToken);
                return false;
            }
            catch (StoreUnavailableException)
            {
                bool tooLong = timeProvider.GetElapsedTime(started) > UnknownWaitMax;
                if (tooLong && !options.WaitForStore)
                    throw cause;
                await Task.Delay(pause, timeProvider, cancellationToken);
                pause = pause * 2 < UnknownPauseMax ? pause * 2 : UnknownPauseMax;
            }
        }
    }

    private async Task<bool> IsOursAsync(Append append, CancellationToken cancellationToken)
    {
        var stored = await store.ReadEventsAsync(append.Row.Session, append.Expected, Math.Min(append.Events.Count, 1000), cancellationToken);
        return stored.Count == Math.Min(append.Events.Count, 1000)
            && stored.Zip(append.Events).All(pair => pair.First.Kind == pair.Second.Kind
                && pair.First.At == pair.Second.At && pair.First.Data == pair.Second.Data);
    }
}

/// <param name="Idempotency">Recorded with the append; a key that was used before changes nothing.</param>
/// <param name="CompletedEffects">Effects whose outcome the command reports.</param>
/// <param name="Attachments">What came with the command's prompt.</param>
/// <param name="WaitForStore">When the answer of a commit is lost, wait as long as it takes to learn what became of it.</param>
public sealed record CommandOptions(
    IdempotencyRecord? Idempotency = null, IReadOnlyList<EffectId>? CompletedEffects = null, bool WaitForStore = false,
    IReadOnlyList<AttachmentRow>? Attachments = null)
{
    public static CommandOptions None { get; } = new();
}

public abstract record CommandResult
{
    private CommandResult() { }

    public sealed record Accepted(SessionState State, IReadOnlyList<SessionEvent> Events) : CommandResult;

    public sealed record Rejected(Rejection Reason) : CommandResult;

    public sealed record KeyUsed(IdempotencyRecord Existing) : CommandResult;

    /// <summary>Others were always first. Nothing was applied; try again.</summary>
    public sealed record Contended : CommandResult;
}
