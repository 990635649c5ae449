using Offstage.Contracts;

namespace Offstage.Git;

/// <summary>The workspace after a turn, kept as a commit under a hidden ref.</summary>
public sealed record Checkpoint(CheckpointNumber Number, string Commit, string Tree);

/// <param name="Additions">Lines; binary files count none.</param>
public sealed record DiffStat(int FilesChanged, int Additions, int Deletions);

public abstract record CaptureResult
{
    private CaptureResult() { }

    /// <param name="SincePrevious">Against the previous checkpoint; for the first one against the branch.</param>
    /// <param name="Skipped">What git could not read and left out, as git says it: a file without permission, a repository
    /// inside the workspace that has no commit. Empty as a rule.</param>
    public sealed record Captured(Checkpoint Checkpoint, DiffStat SincePrevious, IReadOnlyList<string> Skipped) : CaptureResult;

    /// <summary>Nothing changed since the previous checkpoint; no ref was made.</summary>
    public sealed record Unchanged(Checkpoint Previous) : CaptureResult;
}

public enum FileChangeKind
{
    Added,
    Modified,
    Deleted,
    Renamed,
    TypeChanged,
}

/// <param name="Path">After the change; before it for a deletion.</param>
/// <param name="PreviousPath">Of a rename; null otherwise.</param>
/// <param name="Additions">Null for a binary file.</param>
public sealed record FileDiff(string Path, string? PreviousPath, FileChangeKind Kind, int? Additions, int? Deletions);

/// <param name="Text">Unified diff; what is over the bound is cut from the middle and said so.</param>
public sealed record CheckpointDiff(IReadOnlyList<FileDiff> Files, string Text, bool Truncated);
