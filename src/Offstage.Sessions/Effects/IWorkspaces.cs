using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Effects;

/// <summary>What is done with the files of a session's sandbox from outside: checkpoints, commits, reverts. Idempotent.</summary>
/// <remarks>Every method throws <see cref="WorkspaceException"/> when it cannot; trying again is harmless.</remarks>
public interface IWorkspaces
{
    /// <summary>Saves the workspace as a checkpoint, and commits it on the session's branch when a message is given.</summary>
    Task<CaptureOutcome> CaptureAsync(SessionState state, SandboxId sandbox, CheckpointNumber number, string? commitMessage, Person author, CancellationToken cancellationToken);

    /// <summary>Puts the workspace back to a checkpoint and saves the outcome as another.</summary>
    Task<CheckpointResult> RevertAsync(SessionState state, SandboxId sandbox, CheckpointNumber to, CheckpointNumber savedAs, CancellationToken cancellationToken);

    /// <summary>What changed between two checkpoints.</summary>
    Task<WorkspaceDiff> DiffAsync(SessionState state, CheckpointNumber from, CheckpointNumber to, CancellationToken cancellationToken);

    /// <summary>Forgets the checkpoints of a session that is being deleted, and its branch where that holds no commit of its own (B3).</summary>
    Task ForgetAsync(SessionState state, CancellationToken cancellationToken);
}

public sealed record CaptureOutcome(CheckpointResult Result, BranchCommit? Commit);

/// <param name="Patch">Unified diff, cut at a bound.</param>
public sealed record WorkspaceDiff(IReadOnlyList<FileDiff> Files, string Patch, bool Truncated);

/// <param name="Additions">Null for a binary file, as <paramref name="Deletions"/>.</param>
public sealed record FileDiff(string Path, string Kind, int? Additions, int? Deletions);

/// <summary>Files could not be saved or put back.</summary>
public sealed class WorkspaceException(string message, bool retryable, Exception? inner = null) : Exception(message, inner)
{
    public bool Retryable { get; } = retryable;
}
