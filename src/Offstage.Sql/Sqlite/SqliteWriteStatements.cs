using Microsoft.Data.Sqlite;
using Offstage.Sql.Reading;

namespace Offstage.Sql.Sqlite;

/// <summary>Every statement that changes something, prepared once per writing connection.</summary>
internal sealed class SqliteWriteStatements(SqliteConnection connection) : IDisposable
{
    public SqliteStatement Begin { get; } = new(connection, "begin immediate");

    public SqliteStatement Commit { get; } = new(connection, "commit");

    public SqliteStatement Rollback { get; } = new(connection, "rollback");

    public SqliteStatement Mark { get; } = new(connection, "savepoint one_write");

    public SqliteStatement Keep { get; } = new(connection, "release one_write");

    public SqliteStatement Undo { get; } = new(connection, "rollback to one_write");

    public SqliteStatement FindSequence { get; } = new(connection, "select sequence from sessions where session_id = @session", "session");

    public SqliteStatement FindKey { get; } = new(
        connection, "select scope, key, fingerprint, answer, at from idempotency_keys where scope = @scope and key = @key", "scope", "key");

    public SqliteStatement InsertSession { get; } = new(
        connection,
        """
        insert into sessions (session_id, sequence, status, title, agent, repository, created_by, created_at, updated_at, wake_at, live_host, deleted, state)
        values (@session, @sequence, @status, @title, @agent, @repository, @created_by, @created_at, @updated_at, @wake_at, @live_host, @deleted, @state)
        on conflict (session_id) do nothing
        """,
        "session", "sequence", "status", "title", "agent", "repository", "created_by", "created_at", "updated_at", "wake_at", "live_host", "deleted", "state");

    public SqliteStatement UpdateSession { get; } = new(
        connection,
        """
        update sessions set sequence = @sequence, status = @status, title = @title, agent = @agent, repository = @repository,
            created_by = @created_by, created_at = @created_at, updated_at = @updated_at, wake_at = @wake_at,
            live_host = @live_host, deleted = @deleted, state = @state
        where session_id = @session and sequence = @expected
        """,
        "session", "sequence", "status", "title", "agent", "repository", "created_by", "created_at", "updated_at", "wake_at", "live_host", "deleted", "state", "expected");

    public SqliteStatement InsertEvent { get; } = new(
        connection,
        "insert into events (session_id, sequence, kind, schema_version, at, data) values (@session, @sequence, @kind, @schema_version, @at, @data)",
        "session", "sequence", "kind", "schema_version", "at", "data");

    public SqliteStatement InsertEffect { get; } = new(
        connection,
        """
        insert into outbox (effect_id, session_id, lane, kind, data, attempts, due_at)
        values (@effect, @session, @lane, @kind, @data, @attempts, @due_at) returning ordinal
        """,
        "effect", "session", "lane", "kind", "data", "attempts", "due_at");

    public SqliteStatement DeleteEffect { get; } = new(connection, "delete from outbox where effect_id = @effect", "effect");

    public SqliteStatement Reschedule { get; } = new(
        connection,
        "update outbox set attempts = @attempts, due_at = @due_at, error = @error where effect_id = @effect and dead_at is null",
        "attempts", "due_at", "error", "effect");

    public SqliteStatement DeadLetter { get; } = new(
        connection,
        "update outbox set attempts = @attempts, dead_at = @dead_at, error = @error where effect_id = @effect",
        "attempts", "dead_at", "error", "effect");

    public SqliteStatement RetryDead { get; } = new(
        connection,
        $"""
        update outbox set attempts = 0, due_at = @due_at, dead_at = null, error = null
        where effect_id = @effect and dead_at is not null returning {RowMapping.OutboxColumns}
        """,
        "due_at", "effect");

    public SqliteStatement PutSandbox { get; } = new(
        connection,
        """
        insert into sandboxes (sandbox_id, session_id, host, driver, state, updated_at)
        values (@sandbox, @session, @host, @driver, @state, @updated_at)
        on conflict (sandbox_id) do update set session_id = excluded.session_id, host = excluded.host,
            driver = excluded.driver, state = excluded.state, updated_at = excluded.updated_at
        """,
        "sandbox", "session", "host", "driver", "state", "updated_at");

    public SqliteStatement InsertAttachment { get; } = new(
        connection,
        "insert into attachments (attachment_id, session_id, name, media_type, data) values (@attachment, @session, @name, @media_type, @data)",
        "attachment", "session", "name", "media_type", "data");

    public SqliteStatement DropRawEvents { get; } = new(
        connection,
        """
        update events set kind = 'agent.raw_dropped', schema_version = 1, data = '{}' where (session_id, sequence) in
            (select session_id, sequence from events where kind = 'agent.raw' and at < @older_than order by at limit @limit)
        """,
        "older_than", "limit");

    public SqliteStatement DeleteSandbox { get; } = new(connection, "delete from sandboxes where sandbox_id = @sandbox", "sandbox");

    public SqliteStatement InsertKey { get; } = new(
        connection,
        "insert into idempotency_keys (scope, key, fingerprint, answer, at) values (@scope, @key, @fingerprint, @answer, @at)",
        "scope", "key", "fingerprint", "answer", "at");

    public SqliteStatement DeleteSession { get; } = new(
        connection, "delete from sessions where session_id = @session and deleted = 1", "session");

    public SqliteStatement DeleteKeysOfScope { get; } = new(connection, "delete from idempotency_keys where scope = @scope", "scope");

    public SqliteStatement DeleteOldKeys { get; } = new(
        connection,
        """
        delete from idempotency_keys where (scope, key) in
            (select scope, key from idempotency_keys where at < @older_than order by at limit @limit)
        """,
        "older_than", "limit");

    public void Dispose()
    {
        SqliteStatement[] all =
        [
            Begin, Commit, Rollback, Mark, Keep, Undo, FindSequence, FindKey, InsertSession, UpdateSession, InsertEvent,
            InsertEffect, DeleteEffect, Reschedule, DeadLetter, RetryDead, PutSandbox, DeleteSandbox, InsertKey,
            InsertAttachment, DropRawEvents,
            DeleteSession, DeleteKeysOfScope, DeleteOldKeys,
        ];
        foreach (var statement in all)
            statement.Dispose();
    }
}
