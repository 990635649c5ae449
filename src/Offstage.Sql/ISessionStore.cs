using Offstage.Contracts;

namespace Offstage.Sql;

/// <summary>
/// The event log, the session rows projected from it, and the outbox: one transaction for all three. Content is text the
/// store does not look into. SQLite and PostgreSQL implement it behind <c>SessionStoreConformance</c>.
/// </summary>
/// <remarks>
/// Thread-safe. Appends of many sessions that arrive together share one transaction; each still succeeds or conflicts by
/// itself. Every method throws <see cref="StoreUnavailableException"/> when nothing was applied and the cause may pass,
/// <see cref="StoreOutcomeUnknownException"/> when a commit was sent and its answer lost, and
/// <see cref="StoreRejectedException"/> when the content can never be stored. A write that is cancelled while it waits in
/// the queue was not applied; one that has begun is carried to its outcome whatever its token says.
/// </remarks>
public interface ISessionStore : IAsyncDisposable
{
    /// <summary>Appends events where the session is still at the expected sequence (S7), replaces its row, adds and
    /// completes effects, and records an idempotency key: all or nothing.</summary>
    /// <remarks>A used key is answered before a conflict, so that a retried request finds what it made (S4).</remarks>
    Task<AppendResult> AppendAsync(Append append, CancellationToken cancellationToken);

    /// <returns>Null when there is no such session, or it was purged.</returns>
    Task<SessionRow?> FindSessionAsync(SessionId session, CancellationToken cancellationToken);

    /// <summary>Newest first by id. Deleted sessions are left out.</summary>
    Task<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionFilter filter, CancellationToken cancellationToken);

    /// <summary>Events after <paramref name="after"/>, oldest first, at most <paramref name="limit"/> (1 to 1,000).</summary>
    Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(SessionId session, EventSequence after, int limit, CancellationToken cancellationToken);

    /// <summary>Events of the given kinds only, oldest first, at most <paramref name="limit"/>: for the conversation so far, turns, checkpoints.</summary>
    Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(SessionId session, IReadOnlyList<string> kinds, EventSequence after, int limit, CancellationToken cancellationToken);

    /// <summary>Sessions whose <c>wake_at</c> is due, most overdue first.</summary>
    Task<IReadOnlyList<SessionId>> ListDueSessionsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>The earliest <c>wake_at</c> of all sessions; null when nothing waits.</summary>
    Task<DateTimeOffset?> FindNextWakeAsync(CancellationToken cancellationToken);

    /// <summary>Sessions whose row carries work of that host: for recovery at start.</summary>
    Task<IReadOnlyList<SessionId>> ListSessionsWithLiveAgentAsync(HostId host, CancellationToken cancellationToken);

    /// <summary>Removes a session, its events, effects, sandboxes and the keys of its scope for good. Only a row marked
    /// deleted is removed. The key it was created with stays until it is too old, so that a late retry of the creation
    /// does not bring the session back.</summary>
    /// <returns>False when there was none that may be.</returns>
    Task<bool> PurgeSessionAsync(SessionId session, CancellationToken cancellationToken);

    /// <returns>Null when the key was never used in that scope.</returns>
    Task<IdempotencyRecord?> FindIdempotencyAsync(string scope, string key, CancellationToken cancellationToken);

    /// <summary>Forgets keys older than that. At most 10,000 a call.</summary>
    Task<int> PurgeIdempotencyAsync(DateTimeOffset olderThan, CancellationToken cancellationToken);

    /// <summary>Empties events of kind <c>agent.raw</c> that are older than that: their place and time stay, their kind becomes
    /// <c>agent.raw_dropped</c>. At most 1,000 a call.</summary>
    Task<int> DropRawEventsAsync(DateTimeOffset olderThan, CancellationToken cancellationToken);

    /// <returns>Null when the session has none of that id.</returns>
    Task<AttachmentRow?> FindAttachmentAsync(SessionId session, AttachmentId attachment, CancellationToken cancellationToken);

    /// <summary>Owner rows of sandboxes (B1), for one host.</summary>
    Task<IReadOnlyList<SandboxRow>> ListSandboxesAsync(HostId host, CancellationToken cancellationToken);

    /// <summary>Effects that wait, in the order they were caused; dead ones are left out. Paged by <paramref name="afterOrdinal"/>.</summary>
    Task<IReadOnlyList<OutboxEntry>> ListPendingEffectsAsync(long afterOrdinal, int limit, CancellationToken cancellationToken);

    /// <summary>Removes effects that were carried out. Absent ones have no effect.</summary>
    Task CompleteEffectsAsync(IReadOnlyList<EffectId> effects, CancellationToken cancellationToken);

    /// <summary>Records a failed attempt and when the next is due.</summary>
    Task RescheduleEffectAsync(EffectId effect, int attempts, DateTimeOffset dueAt, string error, CancellationToken cancellationToken);

    /// <summary>Gives an effect up until an operator retries it.</summary>
    Task DeadLetterEffectAsync(EffectId effect, int attempts, DateTimeOffset at, string error, CancellationToken cancellationToken);

    Task<IReadOnlyList<DeadEffect>> ListDeadEffectsAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Puts a dead effect back with no attempts counted.</summary>
    /// <returns>The entry to deliver, or null when there is no such dead effect.</returns>
    Task<OutboxEntry?> RetryDeadEffectAsync(EffectId effect, DateTimeOffset dueAt, CancellationToken cancellationToken);

    /// <summary>Round trip to the store, for <c>/readyz</c>.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}

/// <summary>One decision made durable.</summary>
/// <param name="Row">Its sequence is that of the last event (S7).</param>
/// <param name="Expected">The sequence the decision was made on; <see cref="EventSequence.None"/> creates the session, with at least one event.</param>
/// <param name="Events">Numbered from <c>Expected + 1</c>. May be empty when only effects are completed; the row is replaced all the same.</param>
/// <param name="CompletedEffects">Effects whose outcome this append records.</param>
/// <param name="Sandboxes">Owner rows to put in place; <see cref="SandboxRow.State"/> <c>gone</c> removes the row.</param>
public sealed record Append(
    SessionRow Row,
    EventSequence Expected,
    IReadOnlyList<NewEvent> Events,
    IReadOnlyList<OutboxEntry> Effects,
    IReadOnlyList<EffectId> CompletedEffects,
    IReadOnlyList<SandboxRow> Sandboxes,
    IdempotencyRecord? Idempotency)
{
    /// <summary>What the events speak of by id. Never changed, and gone with the session.</summary>
    public IReadOnlyList<AttachmentRow> Attachments { get; init; } = [];
}

public abstract record AppendResult
{
    private AppendResult() { }

    /// <param name="Effects">The appended effects with their ordinals.</param>
    public sealed record Appended(IReadOnlyList<OutboxEntry> Effects) : AppendResult;

    /// <summary>Somebody else appended first. Nothing was applied.</summary>
    /// <param name="Actual"><see cref="EventSequence.None"/> when the session does not exist.</param>
    public sealed record Conflict(EventSequence Actual) : AppendResult;

    /// <summary>The idempotency key was used before. Nothing was applied.</summary>
    public sealed record KeyUsed(IdempotencyRecord Existing) : AppendResult;
}

/// <summary>What is projected of a session for lists and timers, and its whole state for the next decision.</summary>
/// <param name="Status">Public status, in lower case with underscores.</param>
/// <param name="WakeAt">The earliest deadline of the state; null when only a person or an agent moves it on.</param>
/// <param name="LiveHost">The host that holds, or is starting, its agent; null when none does.</param>
/// <param name="State">The session's state as JSON.</param>
public sealed record SessionRow(
    SessionId Session,
    EventSequence Sequence,
    string Status,
    string? Title,
    string Agent,
    string? Repository,
    string? CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? WakeAt,
    HostId? LiveHost,
    bool Deleted,
    string State);

/// <param name="Data">JSON.</param>
public sealed record NewEvent(string Kind, int SchemaVersion, DateTimeOffset At, string Data);

public sealed record StoredEvent(EventSequence Sequence, string Kind, int SchemaVersion, DateTimeOffset At, string Data);

/// <param name="Ordinal">Order of cause over all sessions; 0 before it is stored.</param>
/// <param name="Lane">Effects of one session and lane are carried out one after another.</param>
/// <param name="Data">JSON.</param>
public sealed record OutboxEntry(
    long Ordinal,
    EffectId Effect,
    SessionId Session,
    string Lane,
    string Kind,
    string Data,
    int Attempts,
    DateTimeOffset DueAt);

public sealed record DeadEffect(OutboxEntry Entry, string Error, DateTimeOffset DeadAt);

/// <param name="State"><c>creating</c>, <c>ready</c>, <c>stopped</c>, <c>destroying</c>, or <c>gone</c>, which removes the row.</param>
public sealed record SandboxRow(SandboxId Sandbox, SessionId Session, HostId Host, string Driver, string State, DateTimeOffset UpdatedAt);

public sealed record AttachmentRow(AttachmentId Attachment, SessionId Session, string Name, string MediaType, byte[] Data);

/// <param name="Scope"><c>sessions</c>, or the id of the session the key belongs to.</param>
/// <param name="Fingerprint">Hash of the body it was used with; the same key with another body is a conflict (S4).</param>
/// <param name="Answer">What was made, by id.</param>
public sealed record IdempotencyRecord(string Scope, string Key, string Fingerprint, string Answer, DateTimeOffset At);

/// <param name="Before">Only sessions with a smaller id: the cursor.</param>
/// <param name="Statuses">Empty: all.</param>
public sealed record SessionFilter(IReadOnlyList<string> Statuses, string? CreatedBy, string? Repository, SessionId? Before, int Limit);

/// <summary>The store cannot be reached, is too busy (message begins with <c>store_busy</c>), or refused. Nothing was applied; the cause may pass.</summary>
public class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A commit was sent and its answer lost: it may or may not have been applied. Read to find out.</summary>
public class StoreOutcomeUnknownException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The content breaks a rule of the store: a NUL character, an effect id in use, an unknown session. Nothing was
/// applied, and trying again does not help.</summary>
public class StoreRejectedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The database's schema is newer than this program, or is not the one it was migrated to. Nothing was changed.</summary>
public class StoreSchemaException(string message) : Exception(message);
