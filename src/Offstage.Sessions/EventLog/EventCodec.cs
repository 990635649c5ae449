using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Offstage.Contracts;
using Offstage.Sql;
using static Offstage.Contracts.SessionEventBody;

namespace Offstage.Sessions.EventLog;

/// <summary>
/// Events to and from the log. A kind's name and the meaning of its fields never change; what must change gets a new schema
/// version, and the old one is read for ever (golden files). What is not known is kept as it is.
/// </summary>
public static class EventCodec
{
    /// <summary>The schema version written now, for every kind.</summary>
    private const int SchemaVersion = 1;

    private static readonly (Type Type, string Kind, JsonTypeInfo Json)[] Known =
    [
        Entry("session.created", SessionJson.Default.SessionCreated),
        Entry("session.renamed", SessionJson.Default.SessionRenamed),
        Entry("agent.chosen", SessionJson.Default.AgentChosen),
        Entry("limits.changed", SessionJson.Default.LimitsChanged),
        Entry("session.failed", SessionJson.Default.SessionFailed),
        Entry("session.archived", SessionJson.Default.SessionArchived),
        Entry("session.unarchived", SessionJson.Default.SessionUnarchived),
        Entry("session.deleted", SessionJson.Default.SessionDeleted),
        Entry("prompt.queued", SessionJson.Default.PromptQueued),
        Entry("prompt.withdrawn", SessionJson.Default.PromptWithdrawn),
        Entry("provisioning.started", SessionJson.Default.ProvisioningStarted),
        Entry("provisioning.failed", SessionJson.Default.ProvisioningFailed),
        Entry("sandbox.ready", SessionJson.Default.SandboxReady),
        Entry("sandbox.stopped", SessionJson.Default.SandboxStopped),
        Entry("sandbox.released", SessionJson.Default.SandboxReleased),
        Entry("sandbox.destroyed", SessionJson.Default.SandboxDestroyed),
        Entry("agent.started", SessionJson.Default.AgentStarted),
        Entry("agent.cursor_saved", SessionJson.Default.CursorSaved),
        Entry("agent.cursor_forgotten", SessionJson.Default.CursorForgotten),
        Entry("agent.stopped", SessionJson.Default.AgentStopped),
        Entry("agent.notice", SessionJson.Default.AgentNotice),
        Entry("agent.raw", SessionJson.Default.AgentRaw),
        Entry("agent.raw_dropped", SessionJson.Default.AgentRawDropped),
        Entry("turn.created", SessionJson.Default.TurnCreated),
        Entry("turn.sent", SessionJson.Default.TurnSent),
        Entry("turn.started", SessionJson.Default.TurnStarted),
        Entry("turn.continued", SessionJson.Default.TurnContinued),
        Entry("turn.stopping", SessionJson.Default.TurnStopping),
        Entry("turn.stop_forced", SessionJson.Default.TurnStopForced),
        Entry("turn.steered", SessionJson.Default.TurnSteered),
        Entry("turn.steer_sent", SessionJson.Default.SteerSent),
        Entry("turn.steer_settled", SessionJson.Default.SteerSettled),
        Entry("turn.ended", SessionJson.Default.TurnEnded),
        Entry("item.started", SessionJson.Default.ItemStarted),
        Entry("item.completed", SessionJson.Default.ItemCompleted),
        Entry("request.opened", SessionJson.Default.RequestOpened),
        Entry("request.answered", SessionJson.Default.RequestAnswered),
        Entry("request.closed", SessionJson.Default.RequestClosed),
        Entry("usage.reported", SessionJson.Default.UsageReported),
        Entry("checkpoint.captured", SessionJson.Default.CheckpointCaptured),
        Entry("checkpoint.unchanged", SessionJson.Default.CheckpointUnchanged),
        Entry("checkpoint.failed", SessionJson.Default.CheckpointFailed),
        Entry("branch.committed", SessionJson.Default.BranchCommitted),
        Entry("revert.requested", SessionJson.Default.RevertRequested),
        Entry("revert.completed", SessionJson.Default.WorkspaceReverted),
        Entry("revert.failed", SessionJson.Default.RevertFailed),
        Entry("effect.given_up", SessionJson.Default.EffectGivenUp),
    ];

    private static readonly FrozenDictionary<Type, (string Kind, JsonTypeInfo Json)> ByType =
        Known.ToFrozenDictionary(k => k.Type, k => (k.Kind, k.Json));

    private static readonly FrozenDictionary<string, JsonTypeInfo> ByKind =
        Known.ToFrozenDictionary(k => k.Kind, k => k.Json);

    /// <summary>Every kind that is written, in the order of the list in <c>docs/architecture.md</c>.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Known.Select(k => k.Kind)];

    public static string KindOf(SessionEventBody body)
        => body is Unknown unknown ? unknown.Kind : ByType[body.GetType()].Kind;

    /// <returns>JSON of the event's own fields.</returns>
    public static string WriteData(SessionEventBody body)
        => body is Unknown unknown ? unknown.Data.GetRawText() : JsonSerializer.Serialize(body, ByType[body.GetType()].Json);

    public static NewEvent ToNew(SessionEventBody body, DateTimeOffset at) => new(KindOf(body), SchemaVersion, at, WriteData(body));

    /// <summary>Never fails on what a newer version wrote: that comes as <see cref="Unknown"/>.</summary>
    public static SessionEvent Read(SessionId session, StoredEvent stored)
        => new(session, stored.Sequence, stored.At, ReadBody(stored));

    private static SessionEventBody ReadBody(StoredEvent stored)
    {
        if (stored.SchemaVersion <= SchemaVersion && ByKind.TryGetValue(stored.Kind, out var json))
        {
            try
            {
                if (JsonSerializer.Deserialize(stored.Data, json) is SessionEventBody body)
                    return body;
            }
            catch (JsonException)
            {
                // A case of a family in it that is newer than this version: kept whole, as below.
            }
        }

        using var document = JsonDocument.Parse(stored.Data);
        return new Unknown(stored.Kind, stored.SchemaVersion, document.RootElement.Clone());
    }

    private static (Type Type, string Kind, JsonTypeInfo Json) Entry<T>(string kind, JsonTypeInfo<T> json) => (typeof(T), kind, json);
}
