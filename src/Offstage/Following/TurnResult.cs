using System.Text.Json.Serialization;
using Offstage.Contracts;

namespace Offstage.Following;

/// <summary>How following a turn ended: with the turn, or with a request that nobody here can answer.</summary>
internal sealed record TurnResult
{
    /// <summary>Null when the turn still waits.</summary>
    public TurnOutcome? Outcome { get; init; }

    public SessionEventBody.RequestOpened? Waiting { get; init; }

    public SessionEventBody.CheckpointCaptured? Checkpoint { get; init; }

    /// <summary>The checkpoint before this turn's.</summary>
    public CheckpointNumber? Before { get; init; }

    public SessionEventBody.BranchCommitted? Commit { get; init; }

    /// <summary>The work was not saved, or not within the time this command waits.</summary>
    public bool Unsaved { get; init; }

    public TokenUsage? Usage { get; init; }

    public int ExitCode => Waiting is not null ? ExitCodes.Waiting : Outcome is TurnOutcome.Completed ? ExitCodes.Done : ExitCodes.Failed;
}

/// <summary>The last line of a followed turn with <c>--json</c>.</summary>
/// <param name="Kind">Always <c>summary</c>.</param>
/// <param name="Result"><c>completed</c>, <c>failed</c>, <c>interrupted</c> or <c>waiting</c>.</param>
internal sealed record TurnSummary(
    string Kind,
    SessionId SessionId,
    TurnId TurnId,
    string Result,
    TurnOutcome? Outcome,
    RequestId? RequestId,
    string? Branch,
    string? Commit,
    CheckpointNumber? Checkpoint,
    int FilesChanged,
    int Additions,
    int Deletions,
    int ExitCode);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TurnSummary))]
internal sealed partial class FollowingJson : JsonSerializerContext;
