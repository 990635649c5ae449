using System.Diagnostics;
using Npgsql;
using NpgsqlTypes;
using Offstage.Sql.Reading;
using Offstage.Sql.Writing;

namespace Offstage.Sql.Postgres;

/// <summary>One statement for each write that is not an append.</summary>
internal static class EffectCommands
{
    public static NpgsqlBatchCommand AddTo(NpgsqlBatch batch, WriteRequest request)
    {
        var command = request switch
        {
            CompleteEffectsRequest complete => Command(
                "delete from outbox where effect_id = any($1)",
                new NpgsqlParameter<string[]> { TypedValue = [.. complete.Effects.Select(effect => effect.Value)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }),
            FailEffectRequest { DeadAt: { } deadAt } dead => Command(
                "update outbox set attempts = $1, dead_at = $2, error = $3 where effect_id = $4",
                Number(dead.Attempts), Number(deadAt.UtcTicks), Text(dead.Error), Text(dead.Effect.Value)),
            FailEffectRequest failed => Command(
                "update outbox set attempts = $1, due_at = $2, error = $3 where effect_id = $4 and dead_at is null",
                Number(failed.Attempts), Number(failed.DueAt!.Value.UtcTicks), Text(failed.Error), Text(failed.Effect.Value)),
            RetryDeadEffectRequest retry => Command(
                $"update outbox set attempts = 0, due_at = $1, dead_at = null, error = null where effect_id = $2 and dead_at is not null returning {RowMapping.OutboxColumns}",
                Number(retry.DueAt.UtcTicks), Text(retry.Effect.Value)),
            PurgeSessionRequest purge => Command(
                """
                with gone as (delete from sessions where session_id = $1 and deleted = 1 returning session_id)
                , keys as (delete from idempotency_keys where scope in (select session_id from gone))
                select count(*) from gone
                """,
                Text(purge.Session.Value)),
            DropRawEventsRequest drop => Command(
                """
                update events set kind = 'agent.raw_dropped', schema_version = 1, data = '{}' where (session_id, sequence) in
                    (select session_id, sequence from events where kind = 'agent.raw' and at < $1 order by at limit $2)
                """,
                Number(drop.OlderThan.UtcTicks), Number(DropRawEventsRequest.EventsMax)),
            PurgeIdempotencyRequest purge => Command(
                """
                delete from idempotency_keys where (scope, key) in
                    (select scope, key from idempotency_keys where at < $1 order by at limit $2)
                """,
                Number(purge.OlderThan.UtcTicks), Number(PurgeIdempotencyRequest.KeysMax)),
            _ => throw new UnreachableException(),
        };
        batch.BatchCommands.Add(command);
        return command;
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter<string> Text(string value) => new NpgsqlParameter<string> { TypedValue = value };

    private static NpgsqlParameter<long> Number(long value) => new NpgsqlParameter<long> { TypedValue = value };
}
