using System.Text.Json;
using System.Text.Json.Serialization;
using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.EventLog;

/// <summary>How sessions are written down: generated at build, so that a start costs no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(SessionState))]
[JsonSerializable(typeof(SessionEffect))]
[JsonSerializable(typeof(SessionEventBody.SessionCreated))]
[JsonSerializable(typeof(SessionEventBody.SessionRenamed))]
[JsonSerializable(typeof(SessionEventBody.SessionFailed))]
[JsonSerializable(typeof(SessionEventBody.SessionArchived))]
[JsonSerializable(typeof(SessionEventBody.SessionUnarchived))]
[JsonSerializable(typeof(SessionEventBody.SessionDeleted))]
[JsonSerializable(typeof(SessionEventBody.PromptQueued))]
[JsonSerializable(typeof(SessionEventBody.PromptWithdrawn))]
[JsonSerializable(typeof(SessionEventBody.ProvisioningStarted))]
[JsonSerializable(typeof(SessionEventBody.ProvisioningFailed))]
[JsonSerializable(typeof(SessionEventBody.SandboxReady))]
[JsonSerializable(typeof(SessionEventBody.SandboxStopped))]
[JsonSerializable(typeof(SessionEventBody.SandboxReleased))]
[JsonSerializable(typeof(SessionEventBody.SandboxDestroyed))]
[JsonSerializable(typeof(SessionEventBody.AgentStarted))]
[JsonSerializable(typeof(SessionEventBody.CursorSaved))]
[JsonSerializable(typeof(SessionEventBody.CursorForgotten))]
[JsonSerializable(typeof(SessionEventBody.AgentStopped))]
[JsonSerializable(typeof(SessionEventBody.TurnCreated))]
[JsonSerializable(typeof(SessionEventBody.TurnSent))]
[JsonSerializable(typeof(SessionEventBody.TurnStarted))]
[JsonSerializable(typeof(SessionEventBody.TurnContinued))]
[JsonSerializable(typeof(SessionEventBody.TurnStopping))]
[JsonSerializable(typeof(SessionEventBody.TurnStopForced))]
[JsonSerializable(typeof(SessionEventBody.TurnEnded))]
[JsonSerializable(typeof(SessionEventBody.ItemStarted))]
[JsonSerializable(typeof(SessionEventBody.ItemCompleted))]
[JsonSerializable(typeof(SessionEventBody.RequestOpened))]
[JsonSerializable(typeof(SessionEventBody.RequestAnswered))]
[JsonSerializable(typeof(SessionEventBody.RequestClosed))]
[JsonSerializable(typeof(SessionEventBody.UsageReported))]
[JsonSerializable(typeof(SessionEventBody.AgentNotice))]
[JsonSerializable(typeof(SessionEventBody.AgentRaw))]
[JsonSerializable(typeof(SessionEventBody.CheckpointCaptured))]
[JsonSerializable(typeof(SessionEventBody.CheckpointUnchanged))]
[JsonSerializable(typeof(SessionEventBody.CheckpointFailed))]
[JsonSerializable(typeof(SessionEventBody.BranchCommitted))]
[JsonSerializable(typeof(SessionEventBody.RevertRequested))]
[JsonSerializable(typeof(SessionEventBody.WorkspaceReverted))]
[JsonSerializable(typeof(SessionEventBody.RevertFailed))]
[JsonSerializable(typeof(SessionEventBody.EffectGivenUp))]
[JsonSerializable(typeof(TurnOutcome.Failed), TypeInfoPropertyName = "TurnOutcomeFailed")]
[JsonSerializable(typeof(SessionStatus.Failed), TypeInfoPropertyName = "SessionStatusFailed")]
[JsonSerializable(typeof(SandboxHold.None), TypeInfoPropertyName = "SandboxHoldNone")]
[JsonSerializable(typeof(AgentHold.None), TypeInfoPropertyName = "AgentHoldNone")]
[JsonSerializable(typeof(Workspace.None), TypeInfoPropertyName = "WorkspaceNone")]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class SessionJson : JsonSerializerContext;
