using System.Data.Common;
using System.Text;
using Offstage.Contracts;

namespace Offstage.Sql.Reading;

/// <summary>Every read of the session store, in SQL that both databases understand.</summary>
internal static class SessionQueries
{
    public static Task<SessionRow?> FindSessionAsync(IStatements sql, SessionId session, CancellationToken cancellationToken)
        => FirstAsync(
            sql.Get($"select {RowMapping.SessionColumns} from sessions where session_id = @session", ("session", session.Value)),
            RowMapping.ReadSession,
            cancellationToken);

    public static Task<IReadOnlyList<SessionRow>> ListSessionsAsync(IStatements sql, SessionFilter filter, CancellationToken cancellationToken)
    {
        var text = new StringBuilder($"select {RowMapping.SessionColumns} from sessions where deleted = 0");
        var parameters = new List<(string, object)>();
        void And(string condition, string name, object value)
        {
            text.Append(" and ").Append(condition);
            parameters.Add((name, value));
        }

        if (filter.Statuses.Count > 0)
            text.Append(" and status in (").Append(InList(filter.Statuses, parameters)).Append(')');
        if (filter.CreatedBy is { } createdBy)
            And("created_by = @created_by", "created_by", createdBy);
        if (filter.Repository is { } repository)
            And("repository = @repository", "repository", repository);
        if (filter.Before is { } before)
            And("session_id < @before", "before", before.Value);
        text.Append(" order by session_id desc limit @limit");
        parameters.Add(("limit", (long)filter.Limit));
        return AllAsync(sql.Get(text.ToString(), [.. parameters]), RowMapping.ReadSession, cancellationToken);
    }

    public static Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(
        IStatements sql, SessionId session, IReadOnlyList<string> kinds, EventSequence after, int limit, CancellationToken cancellationToken)
    {
        var parameters = new List<(string, object)> { ("session", session.Value), ("after", after.Value), ("limit", (long)limit) };
        string ofKinds = kinds.Count == 0 ? "" : $" and kind in ({InList(kinds, parameters)})";
        return AllAsync(
            sql.Get(
                $"select {RowMapping.EventColumns} from events where session_id = @session and sequence > @after{ofKinds} order by sequence limit @limit",
                [.. parameters]),
            RowMapping.ReadEvent,
            cancellationToken);
    }

    public static Task<IReadOnlyList<SessionId>> ListDueSessionsAsync(IStatements sql, DateTimeOffset now, int limit, CancellationToken cancellationToken)
        => AllAsync(
            sql.Get(
                "select session_id from sessions where wake_at is not null and wake_at <= @now order by wake_at, session_id limit @limit",
                ("now", now.UtcTicks),
                ("limit", (long)limit)),
            static reader => new SessionId(reader.GetString(0)),
            cancellationToken);

    public static async Task<DateTimeOffset?> FindNextWakeAsync(IStatements sql, CancellationToken cancellationToken)
    {
        object? ticks = await sql.Get("select wake_at from sessions where wake_at is not null order by wake_at limit 1")
            .ExecuteScalarAsync(cancellationToken);
        return ticks is long value ? new DateTimeOffset(value, TimeSpan.Zero) : null;
    }

    public static Task<IReadOnlyList<SessionId>> ListSessionsWithLiveAgentAsync(IStatements sql, HostId host, CancellationToken cancellationToken)
        => AllAsync(
            sql.Get("select session_id from sessions where live_host = @host order by session_id", ("host", host.Value)),
            static reader => new SessionId(reader.GetString(0)),
            cancellationToken);

    public static Task<IdempotencyRecord?> FindIdempotencyAsync(IStatements sql, string scope, string key, CancellationToken cancellationToken)
        => FirstAsync(
            sql.Get(
                "select scope, key, fingerprint, answer, at from idempotency_keys where scope = @scope and key = @key",
                ("scope", scope),
                ("key", key)),
            RowMapping.ReadIdempotency,
            cancellationToken);

    public static Task<AttachmentRow?> FindAttachmentAsync(IStatements sql, SessionId session, AttachmentId attachment, CancellationToken cancellationToken)
        => FirstAsync(
            sql.Get(
                "select attachment_id, session_id, name, media_type, data from attachments where attachment_id = @attachment and session_id = @session",
                ("attachment", attachment.Value),
                ("session", session.Value)),
            RowMapping.ReadAttachment,
            cancellationToken);

    public static Task<IReadOnlyList<SandboxRow>> ListSandboxesAsync(IStatements sql, HostId host, CancellationToken cancellationToken)
        => AllAsync(
            sql.Get(
                "select sandbox_id, session_id, host, driver, state, updated_at from sandboxes where host = @host order by sandbox_id",
                ("host", host.Value)),
            RowMapping.ReadSandbox,
            cancellationToken);

    public static Task<IReadOnlyList<OutboxEntry>> ListPendingEffectsAsync(IStatements sql, long afterOrdinal, int limit, CancellationToken cancellationToken)
        => AllAsync(
            sql.Get(
                $"select {RowMapping.OutboxColumns} from outbox where dead_at is null and ordinal > @after order by ordinal limit @limit",
                ("after", afterOrdinal),
                ("limit", (long)limit)),
            RowMapping.ReadOutbox,
            cancellationToken);

    public static Task<IReadOnlyList<DeadEffect>> ListDeadEffectsAsync(IStatements sql, int limit, CancellationToken cancellationToken)
        => AllAsync(
            sql.Get(
                $"select {RowMapping.OutboxColumns}, error, dead_at from outbox where dead_at is not null order by ordinal limit @limit",
                ("limit", (long)limit)),
            RowMapping.ReadDead,
            cancellationToken);

    public static async Task<bool> PingAsync(IStatements sql, CancellationToken cancellationToken)
        => await sql.Get("select 1 from schema_migrations limit 1").ExecuteScalarAsync(cancellationToken) is not null;

    private static string InList(IReadOnlyList<string> values, List<(string, object)> parameters)
    {
        for (int i = 0; i < values.Count; i++)
            parameters.Add(($"in{i}", values[i]));
        return string.Join(", ", Enumerable.Range(0, values.Count).Select(i => $"@in{i}"));
    }

    private static async Task<T?> FirstAsync<T>(DbCommand command, Func<DbDataReader, T> map, CancellationToken cancellationToken)
        where T : class
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? map(reader) : null;
    }

    private static async Task<IReadOnlyList<T>> AllAsync<T>(DbCommand command, Func<DbDataReader, T> map, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(map(reader));
        return rows;
    }
}
