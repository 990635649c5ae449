using System.Data.Common;
using Offstage.Contracts;

namespace Offstage.Sql.Reading;

/// <summary>Columns and rows of both databases, in one order.</summary>
internal static class RowMapping
{
    public const string SessionColumns =
        "session_id, sequence, status, title, agent, repository, created_by, created_at, updated_at, wake_at, live_host, deleted, state";

    public const string EventColumns = "sequence, kind, schema_version, at, data";

    public const string OutboxColumns = "ordinal, effect_id, session_id, lane, kind, data, attempts, due_at";

    public static SessionRow ReadSession(DbDataReader reader) => new(
        new SessionId(reader.GetString(0)),
        new EventSequence(reader.GetInt64(1)),
        reader.GetString(2),
        reader.FindString(3),
        reader.GetString(4),
        reader.FindString(5),
        reader.FindString(6),
        reader.GetTime(7),
        reader.GetTime(8),
        reader.IsDBNull(9) ? null : reader.GetTime(9),
        reader.FindString(10) is { } host ? new HostId(host) : null,
        reader.GetInt64(11) == 1,
        reader.GetString(12));

    public static StoredEvent ReadEvent(DbDataReader reader) => new(
        new EventSequence(reader.GetInt64(0)), reader.GetString(1), (int)reader.GetInt64(2), reader.GetTime(3), reader.GetString(4));

    public static OutboxEntry ReadOutbox(DbDataReader reader) => new(
        reader.GetInt64(0),
        new EffectId(reader.GetString(1)),
        new SessionId(reader.GetString(2)),
        reader.GetString(3),
        reader.GetString(4),
        reader.GetString(5),
        (int)reader.GetInt64(6),
        reader.GetTime(7));

    public static DeadEffect ReadDead(DbDataReader reader)
        => new(ReadOutbox(reader), reader.FindString(8) ?? "", reader.GetTime(9));

    public static SandboxRow ReadSandbox(DbDataReader reader) => new(
        new SandboxId(reader.GetString(0)),
        new SessionId(reader.GetString(1)),
        new HostId(reader.GetString(2)),
        reader.GetString(3),
        reader.GetString(4),
        reader.GetTime(5));

    public static AttachmentRow ReadAttachment(DbDataReader reader) => new(
        new AttachmentId(reader.GetString(0)), new SessionId(reader.GetString(1)), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<byte[]>(4));

    public static IdempotencyRecord ReadIdempotency(DbDataReader reader)
        => new(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetTime(4));

    public static DateTimeOffset GetTime(this DbDataReader reader, int column) => new(reader.GetInt64(column), TimeSpan.Zero);

    private static string? FindString(this DbDataReader reader, int column)
        => reader.IsDBNull(column) ? null : reader.GetString(column);
}
