using Npgsql;
using NpgsqlTypes;
using Offstage.Sql.Writing;

namespace Offstage.Sql.Postgres;

/// <summary>The statements that write all winners of a batch at once: one per table, whatever the number of sessions.</summary>
internal static class AppendCommands
{
    private const string InsertSessions = """
        insert into sessions (session_id, sequence, status, title, agent, repository, created_by, created_at, updated_at, wake_at, live_host, deleted, state)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """;

    private const string UpdateSessions = """
        update sessions s set sequence = v.sequence, status = v.status, title = v.title, agent = v.agent, repository = v.repository,
            created_by = v.created_by, created_at = v.created_at, updated_at = v.updated_at, wake_at = v.wake_at,
            live_host = v.live_host, deleted = v.deleted, state = v.state
        from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            as v (session_id, sequence, status, title, agent, repository, created_by, created_at, updated_at, wake_at, live_host, deleted, state, expected)
        where s.session_id = v.session_id and s.sequence = v.expected
        """;

    private const string InsertEvents = """
        insert into events (session_id, sequence, kind, schema_version, at, data)
        select * from unnest($1, $2, $3, $4, $5, $6)
        """;

    // The order of the subquery is the order in which ordinals are given.
    private const string InsertEffects = """
        insert into outbox (effect_id, session_id, lane, kind, data, attempts, due_at)
        select effect_id, session_id, lane, kind, data, attempts, due_at
        from unnest($1, $2, $3, $4, $5, $6, $7) with ordinality
            as v (effect_id, session_id, lane, kind, data, attempts, due_at, place)
        order by place
        returning ordinal, effect_id
        """;

    private const string PutSandboxes = """
        insert into sandboxes (sandbox_id, session_id, host, driver, state, updated_at)
        select * from unnest($1, $2, $3, $4, $5, $6)
        on conflict (sandbox_id) do update set session_id = excluded.session_id, host = excluded.host,
            driver = excluded.driver, state = excluded.state, updated_at = excluded.updated_at
        """;

    private const string InsertAttachments = """
        insert into attachments (attachment_id, session_id, name, media_type, data)
        select * from unnest($1, $2, $3, $4, $5)
        """;

    private const string InsertKeys = """
        insert into idempotency_keys (scope, key, fingerprint, answer, at)
        select * from unnest($1, $2, $3, $4, $5)
        """;

    /// <returns>The command that returns ordinals and effect ids; null when no winner has effects.</returns>
    public static NpgsqlBatchCommand? AddTo(NpgsqlBatch batch, IReadOnlyList<AppendRequest> winners)
    {
        var appends = winners.Select(winner => winner.Append).ToArray();
        AddRows(batch, InsertSessions, [.. appends.Where(append => append.Expected.Value == 0)], withExpected: false);
        AddRows(batch, UpdateSessions, [.. appends.Where(append => append.Expected.Value > 0)], withExpected: true);
        AddEvents(batch, appends);

        string[] completed = [.. appends.SelectMany(append => append.CompletedEffects).Select(effect => effect.Value)];
        if (completed.Length > 0)
            Add(batch, "delete from outbox where effect_id = any($1)", Text(completed));
        AddSandboxes(batch, appends);
        AddAttachments(batch, appends);
        AddKeys(batch, appends);
        return AddEffects(batch, appends);
    }

    private static void AddRows(NpgsqlBatch batch, string sql, Append[] appends, bool withExpected)
    {
        if (appends.Length == 0)
            return;
        var rows = appends.Select(append => append.Row).ToArray();
        var command = Add(
            batch,
            sql,
            Text([.. rows.Select(row => row.Session.Value)]),
            Number([.. rows.Select(row => row.Sequence.Value)]),
            Text([.. rows.Select(row => row.Status)]),
            Text([.. rows.Select(row => row.Title)]),
            Text([.. rows.Select(row => row.Agent)]),
            Text([.. rows.Select(row => row.Repository)]),
            Text([.. rows.Select(row => row.CreatedBy)]),
            Number([.. rows.Select(row => row.CreatedAt.UtcTicks)]),
            Number([.. rows.Select(row => row.UpdatedAt.UtcTicks)]),
            MaybeNumber([.. rows.Select(row => row.WakeAt?.UtcTicks)]),
            Text([.. rows.Select(row => row.LiveHost?.Value)]),
            Number([.. rows.Select(row => row.Deleted ? 1L : 0L)]),
            Text([.. rows.Select(row => row.State)]));
        if (withExpected)
            command.Parameters.Add(Number([.. appends.Select(append => append.Expected.Value)]));
    }

    private static void AddEvents(NpgsqlBatch batch, Append[] appends)
    {
        int count = appends.Sum(append => append.Events.Count);
        if (count == 0)
            return;
        var (sessions, sequences, kinds) = (new string[count], new long[count], new string[count]);
        var (versions, times, data) = (new long[count], new long[count], new string[count]);
        int i = 0;
        foreach (var append in appends)
        {
            long sequence = append.Expected.Value;
            foreach (var e in append.Events)
            {
                (sessions[i], sequences[i], kinds[i]) = (append.Row.Session.Value, ++sequence, e.Kind);
                (versions[i], times[i], data[i]) = (e.SchemaVersion, e.At.UtcTicks, e.Data);
                i++;
            }
        }

        Add(batch, InsertEvents, Text(sessions), Number(sequences), Text(kinds), Number(versions), Number(times), Text(data));
    }

    private static NpgsqlBatchCommand? AddEffects(NpgsqlBatch batch, Append[] appends)
    {
        var effects = appends.SelectMany(append => append.Effects).ToArray();
        return effects.Length == 0 ? null : Add(
            batch,
            InsertEffects,
            Text([.. effects.Select(effect => effect.Effect.Value)]),
            Text([.. effects.Select(effect => effect.Session.Value)]),
            Text([.. effects.Select(effect => effect.Lane)]),
            Text([.. effects.Select(effect => effect.Kind)]),
            Text([.. effects.Select(effect => effect.Data)]),
            Number([.. effects.Select(effect => (long)effect.Attempts)]),
            Number([.. effects.Select(effect => effect.DueAt.UtcTicks)]));
    }

    private static void AddSandboxes(NpgsqlBatch batch, Append[] appends)
    {
        // One statement may touch a row once: the last word on a sandbox counts.
        var last = new Dictionary<string, SandboxRow>(StringComparer.Ordinal);
        foreach (var sandbox in appends.SelectMany(append => append.Sandboxes))
            last[sandbox.Sandbox.Value] = sandbox;
        var kept = last.Values.Where(sandbox => sandbox.State != "gone").OrderBy(sandbox => sandbox.Sandbox.Value, StringComparer.Ordinal).ToArray();
        string[] gone = [.. last.Values.Where(sandbox => sandbox.State == "gone").Select(sandbox => sandbox.Sandbox.Value)];
        if (gone.Length > 0)
            Add(batch, "delete from sandboxes where sandbox_id = any($1)", Text(gone));
        if (kept.Length == 0)
            return;
        Add(
            batch,
            PutSandboxes,
            Text([.. kept.Select(sandbox => sandbox.Sandbox.Value)]),
            Text([.. kept.Select(sandbox => sandbox.Session.Value)]),
            Text([.. kept.Select(sandbox => sandbox.Host.Value)]),
            Text([.. kept.Select(sandbox => sandbox.Driver)]),
            Text([.. kept.Select(sandbox => sandbox.State)]),
            Number([.. kept.Select(sandbox => sandbox.UpdatedAt.UtcTicks)]));
    }

    private static void AddAttachments(NpgsqlBatch batch, Append[] appends)
    {
        var attachments = appends.SelectMany(append => append.Attachments).ToArray();
        if (attachments.Length == 0)
            return;
        Add(
            batch,
            InsertAttachments,
            Text([.. attachments.Select(attachment => attachment.Attachment.Value)]),
            Text([.. attachments.Select(attachment => attachment.Session.Value)]),
            Text([.. attachments.Select(attachment => attachment.Name)]),
            Text([.. attachments.Select(attachment => attachment.MediaType)]),
            new NpgsqlParameter<byte[][]> { TypedValue = [.. attachments.Select(attachment => attachment.Data)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea });
    }

    private static void AddKeys(NpgsqlBatch batch, Append[] appends)
    {
        var keys = appends.Select(append => append.Idempotency).OfType<IdempotencyRecord>().ToArray();
        if (keys.Length == 0)
            return;
        Add(
            batch,
            InsertKeys,
            Text([.. keys.Select(key => key.Scope)]),
            Text([.. keys.Select(key => key.Key)]),
            Text([.. keys.Select(key => key.Fingerprint)]),
            Text([.. keys.Select(key => key.Answer)]),
            Number([.. keys.Select(key => key.At.UtcTicks)]));
    }

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        batch.BatchCommands.Add(command);
        return command;
    }

    private static NpgsqlParameter<string?[]> Text(string?[] values)
        => new NpgsqlParameter<string?[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter<long[]> Number(long[] values)
        => new NpgsqlParameter<long[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    private static NpgsqlParameter<long?[]> MaybeNumber(long?[] values)
        => new NpgsqlParameter<long?[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };
}
