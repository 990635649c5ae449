using System.Text.Json;
using Offstage.Contracts;
using Offstage.Sessions.Effects;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Api;

/// <summary>A session as the API tells it.</summary>
/// <param name="Sequence">Of the last event; events after it follow this view without a gap.</param>
/// <param name="Turn">The turn under way; null at rest.</param>
/// <param name="Queue">Prompts that wait, in order.</param>
/// <param name="LastOutcome">How the last turn ended, while the session is idle.</param>
/// <param name="Failure">Why the session is <c>failed</c>.</param>
public sealed record SessionView(
    SessionId Id,
    string Status,
    string? Title,
    string Agent,
    string? Model,
    string? Effort,
    AgentMode Mode,
    Workspace Workspace,
    SandboxSetup Sandbox,
    SessionLimits Limits,
    Person CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    EventSequence Sequence,
    TurnView? Turn,
    IReadOnlyList<RequestView> Requests,
    IReadOnlyList<PromptView> Queue,
    TurnOutcome? LastOutcome,
    Failure? Failure,
    Explanation Explanation,
    string? WorkspacePath,
    CheckpointNumber? LatestCheckpoint,
    TokenUsage? Usage,
    SessionId? ForkedFrom)
{
    public static SessionView Of(SessionState s) => new(
        s.Session, s.Status.Name, s.Title, s.Setup.Agent, s.Setup.Model, s.Setup.Effort, s.Setup.Mode, s.Setup.Workspace, s.Setup.Sandbox,
        s.Setup.Limits, s.Setup.CreatedBy, s.CreatedAt, s.UpdatedAt, s.Sequence,
        s.Status.ActiveTurn is { } turn ? TurnView.Of(turn) : null,
        s.Status is SessionStatus.AwaitingInput waiting ? [.. waiting.Requests.Select(r => new RequestView(r.Request, r.Body, r.ExpiresAt))] : [],
        [.. s.Queue.Select((p, i) => new PromptView(p.Prompt, TurnOf(p.Prompt), p.Text, i + 1, p.At))],
        (s.Status as SessionStatus.Idle)?.Last, (s.Status as SessionStatus.Failed)?.Reason,
        Explanation.Of(s), s.WorkspacePath, s.LatestCheckpoint, s.Usage, s.Setup.ForkedFrom?.Session);

    internal static TurnId TurnOf(PromptId prompt) => new("trn_" + prompt.Value["prm_".Length..]);
}

/// <param name="Phase"><c>waiting</c>, <c>sent</c> (not confirmed) or <c>confirmed</c>.</param>
public sealed record TurnView(TurnId Id, PromptId PromptId, string Text, string Phase)
{
    public static TurnView Of(ActiveTurn turn) => new(
        turn.Turn, turn.Prompt.Prompt, turn.Prompt.Text,
        turn.Phase switch { TurnPhase.Waiting => "waiting", TurnPhase.Sent => "sent", _ => "confirmed" });
}

public sealed record RequestView(RequestId Id, RequestBody Body, DateTimeOffset ExpiresAt);

/// <param name="TurnId">The turn it has, or will have.</param>
/// <param name="Position">Place in the queue from 1; 0 when it has been started; null when it is over.</param>
public sealed record PromptView(PromptId Id, TurnId TurnId, string? Text, int? Position, DateTimeOffset? QueuedAt);

/// <param name="Next">Give it as <c>cursor</c> for the following page; null on the last.</param>
public sealed record SessionPage(IReadOnlyList<SessionSummary> Sessions, string? Next);

/// <summary>A line of the list.</summary>
public sealed record SessionSummary(
    SessionId Id, string Status, string? Title, string Agent, string? Repository, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string Explanation);

/// <param name="Next">Give it as <c>after</c> for the following page; null when this one reaches the end.</param>
public sealed record EventPage(IReadOnlyList<JsonElement> Events, EventSequence? Next);

public sealed record TurnPage(IReadOnlyList<PastTurnView> Turns, string? Next);

/// <param name="Outcome">Null while it is under way.</param>
/// <param name="Checkpoint">Null when it changed no file.</param>
public sealed record PastTurnView(
    TurnId Id, PromptId PromptId, string Text, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, TurnOutcome? Outcome, CheckpointView? Checkpoint, string? Commit);

public sealed record CheckpointPage(IReadOnlyList<CheckpointView> Checkpoints);

public sealed record CheckpointView(CheckpointNumber Number, TurnId? TurnId, string Commit, int FilesChanged, int Additions, int Deletions, DateTimeOffset At);

public sealed record DiffView(CheckpointNumber From, CheckpointNumber To, IReadOnlyList<FileDiff> Files, string Patch, bool Truncated);

public sealed record DeadEffectView(EffectId Id, SessionId SessionId, string Kind, int Attempts, string Error, DateTimeOffset DeadAt);

public sealed record DeadEffectPage(IReadOnlyList<DeadEffectView> Effects);
