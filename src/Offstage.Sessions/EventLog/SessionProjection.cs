using System.Text.Json;
using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;
using Offstage.Sql;

namespace Offstage.Sessions.EventLog;

/// <summary>What is written beside the events of a decision: the session's row, its sandboxes' owner rows, the outbox.</summary>
internal static class SessionProjection
{
    private const string Driver = "process";

    public static Append ToAppend(SessionState? before, Decision.Accepted decision, DateTimeOffset now, CommandOptions options)
    {
        var next = decision.Next;
        return new Append(
            ToRow(next),
            before?.Sequence ?? EventSequence.None,
            [.. decision.Events.Select(body => EventCodec.ToNew(body, now))],
            [.. decision.Effects.Select(effect => ToEntry(next.Session, effect, now))],
            options.CompletedEffects ?? [],
            [.. ChangedSandboxes(before, next, now)],
            options.Idempotency)
        {
            Attachments = options.Attachments ?? [],
        };
    }

    public static OutboxEntry ToEntry(SessionId session, PlannedEffect effect, DateTimeOffset now) => new(
        Ordinal: 0,
        effect.Effect,
        session,
        effect.What.Lane,
        effect.What.Kind,
        JsonSerializer.Serialize(effect.What, SessionJson.Default.SessionEffect),
        Attempts: 0,
        DueAt: now);

    /// <summary>The state as the row carries it. Both say the same sequence, or something is broken (S7).</summary>
    public static SessionState ReadState(SessionRow row)
    {
        var state = JsonSerializer.Deserialize(row.State, SessionJson.Default.SessionState)!;
        Invariant.Require(state.Sequence == row.Sequence, "S7");
        return state;
    }

    public static SessionEffect ReadEffect(OutboxEntry entry)
        => JsonSerializer.Deserialize(entry.Data, SessionJson.Default.SessionEffect)!;

    private static SessionRow ToRow(SessionState s) => new(
        s.Session,
        s.Sequence,
        s.Status.Name,
        s.Title,
        s.Choice.Agent,
        (s.Setup.Workspace as Workspace.Repository)?.Location,
        s.Setup.CreatedBy.Email,
        s.CreatedAt,
        s.UpdatedAt,
        s.WakeAt,
        s.Agent is AgentHold.None ? null : s.Setup.Host,
        s.Status is SessionStatus.Deleted,
        JsonSerializer.Serialize(s, SessionJson.Default.SessionState));

    private static IEnumerable<SandboxRow> ChangedSandboxes(SessionState? before, SessionState next, DateTimeOffset now)
    {
        if (before is not null && before.Sandbox == next.Sandbox && ReferenceEquals(before.ReleasedSandboxes, next.ReleasedSandboxes))
            yield break;
        var old = Owned(before);
        var current = Owned(next);
        foreach (var (id, state) in current)
        {
            if (!old.TryGetValue(id, out string? was) || was != state)
                yield return new SandboxRow(id, next.Session, next.Setup.Host, Driver, state, now);
        }

        foreach (var id in old.Keys.Where(id => !current.ContainsKey(id)))
            yield return new SandboxRow(id, next.Session, next.Setup.Host, Driver, "gone", now);
    }

    private static Dictionary<SandboxId, string> Owned(SessionState? s)
    {
        var owned = new Dictionary<SandboxId, string>();
        foreach (var released in s?.ReleasedSandboxes ?? [])
            owned[released] = "destroying";
        if (s?.Sandbox is { Sandbox: { } id } hold)
        {
            owned[id] = hold switch
            {
                SandboxHold.Creating => "creating",
                SandboxHold.Ready => "ready",
                _ => "stopped",
            };
        }

        return owned;
    }
}
