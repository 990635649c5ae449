using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Offstage.Contracts;
using Offstage.Sql.Reading;
using Offstage.Sql.Writing;

namespace Offstage.Sql.Sqlite;

/// <summary>Carries one request out inside the writer's transaction, and stages its answer.</summary>
internal sealed class SqliteRequestWriter(SqliteConnection connection) : IDisposable
{
    public SqliteWriteStatements Sql { get; } = new(connection);

    /// <returns>False when what it did so far is to be undone.</returns>
    public bool Write(WriteRequest request)
    {
        switch (request)
        {
            case AppendRequest append:
                var result = Append(append.Append);
                append.Stage(result);
                return result is AppendResult.Appended;
            case CompleteEffectsRequest complete:
                foreach (var effect in complete.Effects)
                    Sql.DeleteEffect.Execute(effect.Value);
                complete.Stage(true);
                return true;
            case FailEffectRequest { DeadAt: { } deadAt } dead:
                dead.Stage(Sql.DeadLetter.Execute((long)dead.Attempts, deadAt.UtcTicks, dead.Error, dead.Effect.Value) == 1);
                return true;
            case FailEffectRequest failed:
                failed.Stage(Sql.Reschedule.Execute((long)failed.Attempts, failed.DueAt!.Value.UtcTicks, failed.Error, failed.Effect.Value) == 1);
                return true;
            case RetryDeadEffectRequest retry:
                retry.Stage(RetryDead(retry));
                return true;
            case PurgeSessionRequest purge:
                purge.Stage(PurgeSession(purge.Session));
                return true;
            case DropRawEventsRequest drop:
                drop.Stage(Sql.DropRawEvents.Execute(drop.OlderThan.UtcTicks, (long)DropRawEventsRequest.EventsMax));
                return true;
            case PurgeIdempotencyRequest purge:
                purge.Stage(Sql.DeleteOldKeys.Execute(purge.OlderThan.UtcTicks, (long)PurgeIdempotencyRequest.KeysMax));
                return true;
            default:
                throw new UnreachableException();
        }
    }

    public void Dispose() => Sql.Dispose();

    private AppendResult Append(Append append)
    {
        // The key first: a repeated request must find what it made, however far the session has moved on since (S4).
        if (append.Idempotency is { } key && FindKey(key) is { } existing)
            return new AppendResult.KeyUsed(existing);
        if (!PutRow(append))
            return new AppendResult.Conflict(new EventSequence(Sql.FindSequence.Scalar(append.Row.Session.Value) as long? ?? 0));

        string session = append.Row.Session.Value;
        long sequence = append.Expected.Value;
        foreach (var e in append.Events)
            Sql.InsertEvent.Execute(session, ++sequence, e.Kind, (long)e.SchemaVersion, e.At.UtcTicks, e.Data);
        Invariant.Require(sequence == append.Row.Sequence.Value, "S7");

        foreach (var effect in append.CompletedEffects)
            Sql.DeleteEffect.Execute(effect.Value);
        foreach (var sandbox in append.Sandboxes)
            PutSandbox(sandbox);
        foreach (var attachment in append.Attachments)
            Sql.InsertAttachment.Execute(attachment.Attachment.Value, attachment.Session.Value, attachment.Name, attachment.MediaType, attachment.Data);
        if (append.Idempotency is { } used)
            Sql.InsertKey.Execute(used.Scope, used.Key, used.Fingerprint, used.Answer, used.At.UtcTicks);
        return new AppendResult.Appended(AddEffects(append.Effects));
    }

    private bool PutRow(Append append)
    {
        var row = append.Row;
        int changed = append.Expected == EventSequence.None
            ? Sql.InsertSession.Execute(
                row.Session.Value, row.Sequence.Value, row.Status, row.Title, row.Agent, row.Repository, row.CreatedBy,
                row.CreatedAt.UtcTicks, row.UpdatedAt.UtcTicks, row.WakeAt?.UtcTicks, row.LiveHost?.Value, row.Deleted ? 1L : 0L, row.State)
            : Sql.UpdateSession.Execute(
                row.Session.Value, row.Sequence.Value, row.Status, row.Title, row.Agent, row.Repository, row.CreatedBy,
                row.CreatedAt.UtcTicks, row.UpdatedAt.UtcTicks, row.WakeAt?.UtcTicks, row.LiveHost?.Value, row.Deleted ? 1L : 0L, row.State,
                append.Expected.Value);
        return changed == 1;
    }

    private OutboxEntry[] AddEffects(IReadOnlyList<OutboxEntry> effects)
    {
        if (effects.Count == 0)
            return [];
        var stored = new OutboxEntry[effects.Count];
        for (int i = 0; i < stored.Length; i++)
        {
            var e = effects[i];
            long ordinal = (long)Sql.InsertEffect.Scalar(
                e.Effect.Value, e.Session.Value, e.Lane, e.Kind, e.Data, (long)e.Attempts, e.DueAt.UtcTicks)!;
            stored[i] = e with { Ordinal = ordinal };
        }

        return stored;
    }

    private void PutSandbox(SandboxRow sandbox)
    {
        if (sandbox.State == "gone")
            Sql.DeleteSandbox.Execute(sandbox.Sandbox.Value);
        else
            Sql.PutSandbox.Execute(
                sandbox.Sandbox.Value, sandbox.Session.Value, sandbox.Host.Value, sandbox.Driver, sandbox.State, sandbox.UpdatedAt.UtcTicks);
    }

    private IdempotencyRecord? FindKey(IdempotencyRecord key)
    {
        using var reader = Sql.FindKey.Query(key.Scope, key.Key);
        return reader.Read() ? RowMapping.ReadIdempotency(reader) : null;
    }

    private OutboxEntry? RetryDead(RetryDeadEffectRequest retry)
    {
        using var reader = Sql.RetryDead.Query(retry.DueAt.UtcTicks, retry.Effect.Value);
        return reader.Read() ? RowMapping.ReadOutbox(reader) : null;
    }

    private bool PurgeSession(SessionId session)
    {
        if (Sql.DeleteSession.Execute(session.Value) == 0)
            return false;
        Sql.DeleteKeysOfScope.Execute(session.Value);
        return true;
    }
}
