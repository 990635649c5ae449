using Npgsql;
using NpgsqlTypes;
using Offstage.Contracts;
using Offstage.Sql.Reading;
using Offstage.Sql.Writing;

namespace Offstage.Sql.Postgres;

/// <summary>
/// One transaction in two round trips: lock and read what the appends stand on; then write everything and commit.
/// </summary>
internal sealed class PostgresTransaction(NpgsqlConnection connection, IReadOnlyList<WriteRequest> requests)
{
    private const string LockSessions =
        "select session_id, sequence from sessions where session_id = any($1) order by session_id for update";

    private const string FindKeys = """
        select scope, key, fingerprint, answer, at from idempotency_keys
        where (scope, key) in (select * from unnest($1, $2))
        """;

    private readonly AppendRequest[] appends = [.. requests.OfType<AppendRequest>()];

    /// <summary>Begins, locks the sessions' rows in order of id (so that two replicas cannot lock in a ring), and decides.</summary>
    public async Task<AppendPlan> BeginAsync()
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("begin"));
        var sequences = new Dictionary<string, long>(StringComparer.Ordinal);
        var keys = new Dictionary<(string, string), IdempotencyRecord>();
        if (appends.Length > 0)
        {
            Add(batch, LockSessions, [.. appends.Select(request => request.Append.Row.Session.Value).Distinct()]);
            var used = appends.Select(request => request.Append.Idempotency).OfType<IdempotencyRecord>().ToArray();
            Add(batch, FindKeys, [.. used.Select(key => key.Scope)], [.. used.Select(key => key.Key)]);
        }

        await using (var reader = await batch.ExecuteReaderAsync())
        {
            if (appends.Length > 0)
            {
                while (await reader.ReadAsync())
                    sequences.Add(reader.GetString(0), reader.GetInt64(1));
                await reader.NextResultAsync();
                while (await reader.ReadAsync())
                {
                    var key = RowMapping.ReadIdempotency(reader);
                    keys.Add((key.Scope, key.Key), key);
                }
            }
        }

        var plan = new AppendPlan(sequences, keys);
        foreach (var append in appends)
            plan.Add(append);
        return plan;
    }

    /// <summary>Writes and commits. A connection lost in here leaves the outcome unknown.</summary>
    public async Task CommitAsync(AppendPlan plan)
    {
        await using var batch = new NpgsqlBatch(connection);
        var effects = AppendCommands.AddTo(batch, plan.Winners);
        var others = requests
            .Where(request => request is not AppendRequest)
            .Select(request => (Request: request, Command: EffectCommands.AddTo(batch, request)))
            .ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("commit"));

        var ordinals = new Dictionary<string, long>(StringComparer.Ordinal);
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            // Only statements that return rows make a result; they come in the order of the batch.
            bool more = reader.FieldCount > 0;
            if (effects is not null)
            {
                while (await reader.ReadAsync())
                    ordinals.Add(reader.GetString(1), reader.GetInt64(0));
                more = await reader.NextResultAsync();
            }

            foreach (var (request, _) in others)
            {
                if (request is RetryDeadEffectRequest retry)
                    retry.Stage(await reader.ReadAsync() ? RowMapping.ReadOutbox(reader) : null);
                else if (request is PurgeSessionRequest purge)
                    purge.Stage(await reader.ReadAsync() && reader.GetInt64(0) == 1);
                else
                    continue;
                more = await reader.NextResultAsync();
            }

            while (more)
                more = await reader.NextResultAsync();
        }

        StageCounts(others);
        foreach (var winner in plan.Winners)
            winner.Stage(new AppendResult.Appended([.. winner.Append.Effects.Select(effect => effect with { Ordinal = ordinals[effect.Effect.Value] })]));
    }

    private static void StageCounts(IEnumerable<(WriteRequest Request, NpgsqlBatchCommand Command)> others)
    {
        foreach (var (request, command) in others)
        {
            if (request is WriteRequest<int> counted)
                counted.Stage((int)command.RecordsAffected);
            else if (request is WriteRequest<bool> and not PurgeSessionRequest)
                ((WriteRequest<bool>)request).Stage(command.RecordsAffected > 0);
        }
    }

    private static void Add(NpgsqlBatch batch, string sql, params ReadOnlySpan<string[]> arrays)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (string[] array in arrays)
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = array, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        batch.BatchCommands.Add(command);
    }
}
