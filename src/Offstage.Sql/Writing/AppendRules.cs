using Offstage.Contracts;

namespace Offstage.Sql.Writing;

/// <summary>What an append must be before it is let near the database.</summary>
internal static class AppendRules
{
    /// <exception cref="InvariantViolatedException">The caller's arithmetic is wrong.</exception>
    /// <exception cref="StoreRejectedException">Text that cannot be stored.</exception>
    public static void Check(Append append)
    {
        var row = append.Row;
        Invariant.Require(append.Expected.Value >= 0, "S7");
        Invariant.Require(row.Sequence.Value == append.Expected.Value + append.Events.Count, "S7");
        Invariant.Require(row.Sequence.Value >= 1, "S7");

        StorableText.Require(row.Session.Value, "The session id");
        StorableText.Require(row.Status, "The status");
        StorableText.Require(row.Title, "The title");
        StorableText.Require(row.Agent, "The agent");
        StorableText.Require(row.Repository, "The repository");
        StorableText.Require(row.CreatedBy, "The creator");
        StorableText.Require(row.LiveHost?.Value, "The host");
        StorableText.Require(row.State, "The state");
        foreach (var e in append.Events)
        {
            StorableText.Require(e.Kind, "An event's kind");
            StorableText.Require(e.Data, "An event's data");
        }

        foreach (var effect in append.Effects)
        {
            // D1: an effect belongs to the session that caused it; otherwise its row could outlive or precede its cause.
            Invariant.Require(effect.Session == row.Session, "D1");
            StorableText.Require(effect.Effect.Value, "An effect's id");
            StorableText.Require(effect.Lane, "An effect's lane");
            StorableText.Require(effect.Kind, "An effect's kind");
            StorableText.Require(effect.Data, "An effect's data");
        }

        foreach (var sandbox in append.Sandboxes)
        {
            StorableText.Require(sandbox.Sandbox.Value, "A sandbox id");
            StorableText.Require(sandbox.Host.Value, "A sandbox's host");
            StorableText.Require(sandbox.Driver, "A sandbox's driver");
            StorableText.Require(sandbox.State, "A sandbox's state");
        }

        foreach (var attachment in append.Attachments)
        {
            Invariant.Require(attachment.Session == row.Session, "S1");
            StorableText.Require(attachment.Attachment.Value, "An attachment's id");
            StorableText.Require(attachment.Name, "An attachment's name");
            StorableText.Require(attachment.MediaType, "An attachment's type");
        }

        if (append.Idempotency is { } key)
        {
            StorableText.Require(key.Scope, "An idempotency key's scope");
            StorableText.Require(key.Key, "An idempotency key");
            StorableText.Require(key.Fingerprint, "An idempotency key's fingerprint");
            StorableText.Require(key.Answer, "An idempotency key's answer");
        }
    }

    public static long MeasureBytes(Append append)
    {
        const int Overhead = 256;
        long bytes = Overhead + (2L * append.Row.State.Length);
        foreach (var e in append.Events)
            bytes += Overhead + (2L * e.Data.Length);
        foreach (var effect in append.Effects)
            bytes += Overhead + (2L * effect.Data.Length);
        foreach (var attachment in append.Attachments)
            bytes += Overhead + attachment.Data.Length;
        return bytes + (Overhead * (append.CompletedEffects.Count + append.Sandboxes.Count));
    }
}
