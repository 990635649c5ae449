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
/// <param name="ProposedPlan">The plan that the last turn ended with, to be accepted; null when there is none.</param>
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
    PlanOffer? ProposedPlan,
    SessionId? ForkedFrom,
    IReadOnlyList<SessionId>? Siblings)
{
    public static SessionView Of(SessionState s) => new(
        s.Session, s.Status.Name, s.Title, s.Choice.Agent, s.Choice.Model, s.Choice.Effort, s.Choice.Mode, s.Setup.Workspace, s.Setup.Sandbox,
        s.Limits, s.Setup.CreatedBy, s.CreatedAt, s.UpdatedAt, s.Sequence,
        s.Status.ActiveTurn is { } turn ? TurnView.Of(turn) : null,
        s.Status is SessionStatus.AwaitingInput waiting ? [.. waiting.Requests.Select(RequestView.Of)] : [],
        [.. s.Queue.Select((p, i) => new PromptView(p.Prompt, TurnOf(p.Prompt), p.Text, i + 1, p.At, p.Attachments))],
        (s.Status as SessionStatus.Idle)?.Last, (s.Status as SessionStatus.Failed)?.Reason,
        Explanation.Of(s), s.WorkspacePath, s.LatestCheckpoint, s.Usage.Session, s.PlanOffer, s.Setup.ForkedFrom?.Session, s.Setup.Siblings);

    internal static TurnId TurnOf(PromptId prompt) => new("trn_" + prompt.Value["prm_".Length..]);
}

/// <param name="Siblings">In the order they were asked for.</param>
public sealed record ComparisonView(IReadOnlyList<SiblingView> Siblings);

/// <param name="Status">Null when it is gone, or was never made because the server went down in between.</param>
/// <param name="WorkedMs">Time in which its agent worked.</param>
/// <param name="Branch">Where its commits are; null without a repository.</param>
/// <param name="Diff">Of all its turns; null while there is no checkpoint.</param>
/// <param name="Test">Null when none was run.</param>
public sealed record SiblingView(
    SessionId Id, string? Status, string? Agent, string? Model, TurnOutcome? LastOutcome, int Turns, long WorkedMs, TokenUsage? Usage, string? Branch,
    DiffSizeView? Diff, TestView? Test);

public sealed record DiffSizeView(int FilesChanged, int Additions, int Deletions);

/// <param name="Output">The end of what it wrote, both streams.</param>
/// <param name="Problem">Why it could not be run; then there is no exit code.</param>
public sealed record TestView(int? ExitCode, bool TimedOut, long DurationMs, string Output, string? Problem);

/// <param name="Phase"><c>waiting</c>, <c>sent</c> (not confirmed) or <c>confirmed</c>.</param>
public sealed record TurnView(TurnId Id, PromptId PromptId, string Text, string Phase)
{
    public static TurnView Of(ActiveTurn turn) => new(
        turn.Turn, turn.Prompt.Prompt, turn.Prompt.Text,
        turn.Phase switch { TurnPhase.Waiting => "waiting", TurnPhase.Sent => "sent", _ => "confirmed" });
}

/// <param name="Kind"><c>command</c>, <c>file_change</c>, <c>permissions</c> or <c>questions</c>.</param>
/// <param name="Summary">One line.</param>
/// <param name="Body">All that the agent said of it.</param>
/// <param name="Choices">How it can be answered: <c>approve</c>, <c>approve_for_session</c>, <c>answers</c>, <c>decline</c>, <c>cancel</c> (declines, and stops
/// the turn).</param>
public sealed record RequestView(
    RequestId Id, string Kind, string Summary, RequestBody Body, IReadOnlyList<string> Choices, DateTimeOffset ExpiresAt)
{
    private const int SummaryMax = 160;

    public static RequestView Of(OpenRequest r)
    {
        var (kind, summary) = r.Body switch
        {
            RequestBody.ApproveCommand c => ("command", $"Run {c.CommandLine}"),
            RequestBody.ApproveFileChange f => ("file_change", $"Change {string.Join(", ", f.Files.Select(file => file.Path))}"),
            RequestBody.ApprovePermissions p => ("permissions", p.Detail),
            RequestBody.Questions q => ("questions", string.Join(" ", q.Items.Select(item => item.Text))),
            _ => ("other", ""),
        };
        string[] choices = r.Body switch
        {
            RequestBody.Questions => ["answers", "decline", "cancel"],
            _ when r.OffersSession => ["approve", "approve_for_session", "decline", "cancel"],
            _ => ["approve", "decline", "cancel"],
        };
        string line = summary.ReplaceLineEndings(" ").Trim();
        return new RequestView(r.Request, kind, line.Length <= SummaryMax ? line : line[..SummaryMax] + "…", r.Body, choices, r.ExpiresAt);
    }
}

/// <param name="TurnId">The turn it has, or will have.</param>
/// <param name="Position">Place in the queue from 1; 0 when it has been started; null when it is over.</param>
/// <param name="Attachments">Null: none, or it is over.</param>
public sealed record PromptView(
    PromptId Id, TurnId TurnId, string? Text, int? Position, DateTimeOffset? QueuedAt, IReadOnlyList<Attachment>? Attachments = null);

/// <param name="Next">Give it as <c>cursor</c> for the following page; null on the last.</param>
public sealed record SessionPage(IReadOnlyList<SessionSummary> Sessions, string? Next);

/// <summary>A line of the list.</summary>
public sealed record SessionSummary(
    SessionId Id, string Status, string? Title, string Agent, string? Repository, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string Explanation);

/// <param name="Next">Give it as <c>after</c> for the following page; null when this one reaches the end.</param>
public sealed record EventPage(IReadOnlyList<JsonElement> Events, EventSequence? Next);

public sealed record TurnPage(IReadOnlyList<PastTurnView> Turns, string? Next);

/// <param name="Number">Its checkpoint's, which it has when it changed a file; null for turns of an older version.</param>
/// <param name="LastSequence">Of its last event; null while it is under way.</param>
/// <param name="Usage">Of this turn alone; null when the agent told of none.</param>
/// <param name="Reverted">It was taken back.</param>
/// <param name="Outcome">Null while it is under way.</param>
/// <param name="Checkpoint">Null when it changed no file.</param>
public sealed record PastTurnView(
    TurnId Id, PromptId PromptId, string Text, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, TurnOutcome? Outcome, CheckpointView? Checkpoint, string? Commit,
    CheckpointNumber? Number, EventSequence? LastSequence, TokenUsage? Usage, bool Reverted);

public sealed record CheckpointPage(IReadOnlyList<CheckpointView> Checkpoints);

public sealed record CheckpointView(CheckpointNumber Number, TurnId? TurnId, string Commit, int FilesChanged, int Additions, int Deletions, DateTimeOffset At);

public sealed record DiffView(CheckpointNumber From, CheckpointNumber To, IReadOnlyList<FileDiff> Files, string Patch, bool Truncated);

public sealed record DeadEffectView(EffectId Id, SessionId SessionId, string Kind, int Attempts, string Error, DateTimeOffset DeadAt);

public sealed record DeadEffectPage(IReadOnlyList<DeadEffectView> Effects);
