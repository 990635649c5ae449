using Offstage.Contracts;
using Offstage.Git;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Effects;

/// <summary>Workspaces that are git work trees: checkpoints are hidden refs of the repository, results are commits on the session's branch.</summary>
/// <param name="findWorktree">The work tree of a sandbox, as the host sees it; null when there is none.</param>
public sealed class GitWorkspaces(
    Func<SandboxId, Worktree?> findWorktree,
    CheckpointStore checkpoints,
    BranchCommitter committer,
    RepositoryStore repositories,
    WorktreeStore worktrees) : IWorkspaces
{
    private const int PatchBytesMax = 4 * 1024 * 1024;
    private const int CommitAttemptsMax = 3;

    public Task<CaptureOutcome> CaptureAsync(
        SessionState state, SandboxId sandbox, CheckpointNumber number, string? commitMessage, Person author, CancellationToken cancellationToken)
        => GuardAsync(async () =>
        {
            var worktree = Require(sandbox);
            var captured = await checkpoints.CaptureAsync(worktree, state.Session, number, cancellationToken);
            var commit = commitMessage is null
                ? null
                : await CommitAsync(worktree, CheckpointOf(captured), commitMessage, author, cancellationToken);
            return new CaptureOutcome(ToResult(captured), commit);
        });

    public Task<CheckpointResult> RevertAsync(
        SessionState state, SandboxId sandbox, CheckpointNumber to, CheckpointNumber savedAs, CancellationToken cancellationToken)
        => GuardAsync(async () =>
        {
            var worktree = Require(sandbox);
            await checkpoints.RevertAsync(worktree, state.Session, to, cancellationToken);
            return ToResult(await checkpoints.CaptureAsync(worktree, state.Session, savedAs, cancellationToken));
        });

    public Task<WorkspaceDiff> DiffAsync(SessionState state, CheckpointNumber from, CheckpointNumber to, CancellationToken cancellationToken)
        => GuardAsync(async () =>
        {
            var repository = await RepositoryAsync(state, cancellationToken);
            var diff = await checkpoints.DiffAsync(repository, state.Session, from, to, PatchBytesMax, cancellationToken);
            return new WorkspaceDiff(
                [.. diff.Files.Select(f => new FileDiff(f.Path, NameOf(f.Kind), f.Additions, f.Deletions))], diff.Text, diff.Truncated);
        });

    public Task ForgetAsync(SessionState state, CancellationToken cancellationToken)
        => GuardAsync(async () =>
        {
            if (state.Setup.Workspace is not Workspace.Repository repository || state.LatestCheckpoint is null)
                return false;
            var found = await RepositoryAsync(state, cancellationToken);
            await checkpoints.DeleteAllAsync(found, state.Session, cancellationToken);
            if (state.BaseCommit is { } start)
                await worktrees.DeleteBranchAtAsync(found, repository.Branch, start, cancellationToken);
            return true;
        });

    private async Task<BranchCommit?> CommitAsync(
        Worktree worktree, Checkpoint checkpoint, string message, Person author, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < CommitAttemptsMax; attempt++)
        {
            switch (await committer.CommitAsync(worktree, checkpoint, new GitAuthor(author.Name, author.Email), message, cancellationToken))
            {
                case BranchCommitResult.Committed committed:
                    return new BranchCommit(worktree.Branch, committed.Commit);
                case BranchCommitResult.NothingToCommit:
                    return null;
            }
        }

        throw new WorkspaceException($"The branch {worktree.Branch} was moved by others at every attempt.", retryable: true);
    }

    private Worktree Require(SandboxId sandbox)
        => findWorktree(sandbox) ?? throw new WorkspaceException($"The workspace of {sandbox} is not there any more.", retryable: false);

    private async Task<GitRepository> RepositoryAsync(SessionState state, CancellationToken cancellationToken)
    {
        if (state.Setup.Workspace is not Workspace.Repository repository)
            throw new WorkspaceException("The session has no repository.", retryable: false);
        if (state.Sandbox.Sandbox is { } sandbox && findWorktree(sandbox) is { } worktree)
            return worktree.Repository;
        return repository.IsUrl
            ? await repositories.CloneAsync(repository.Location, cancellationToken)
            : await repositories.ResolveAsync(repository.Location, cancellationToken);
    }

    private static Checkpoint CheckpointOf(CaptureResult captured) => captured switch
    {
        CaptureResult.Captured c => c.Checkpoint,
        CaptureResult.Unchanged u => u.Previous,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static CheckpointResult ToResult(CaptureResult captured) => captured is CaptureResult.Captured c
        ? new CheckpointResult.Captured(
            c.Checkpoint.Number, c.Checkpoint.Commit, c.SincePrevious.FilesChanged, c.SincePrevious.Additions, c.SincePrevious.Deletions)
        : new CheckpointResult.Unchanged();

    private static string NameOf(FileChangeKind kind) => kind.ToString().ToLowerInvariant();

    private static async Task<T> GuardAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (GitException e)
        {
            throw new WorkspaceException(e.Message, e.Retryable, e);
        }
    }
}
