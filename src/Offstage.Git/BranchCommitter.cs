using Offstage.Processes;

namespace Offstage.Git;

/// <summary>Who is named as the author of a commit.</summary>
public sealed record GitAuthor(string Name, string Email);

public abstract record BranchCommitResult
{
    private BranchCommitResult() { }

    public sealed record Committed(string Commit) : BranchCommitResult;

    /// <summary>The branch already has exactly these files.</summary>
    public sealed record NothingToCommit(string Head) : BranchCommitResult;

    /// <summary>Somebody else moved the branch meanwhile; nothing was changed. Trying again looks at the new head.</summary>
    public sealed record BranchMoved(string ExpectedHead) : BranchCommitResult;
}

/// <summary>Puts the files of a checkpoint onto a session's branch as an ordinary commit.</summary>
public sealed class BranchCommitter(GitCommand git, RepositoryStore repositories)
{
    private const string Committer = "Offstage";
    private const string CommitterEmail = "offstage@localhost";

    /// <summary>Commits, and brings the work tree's index along, so that <c>git status</c> there shows what is not committed.</summary>
    /// <exception cref="GitException"><c>ref_not_found</c>: the branch or the checkpoint is gone.</exception>
    public async Task<BranchCommitResult> CommitAsync(
        Worktree worktree, Checkpoint checkpoint, GitAuthor author, string message, CancellationToken cancellationToken)
    {
        string branch = $"refs/heads/{worktree.Branch}";
        string?[] found = await repositories.ResolveObjectsAsync(
            worktree.Repository, [$"{branch}^{{commit}}", $"{branch}^{{tree}}", $"{checkpoint.Commit}^{{tree}}"], cancellationToken).ConfigureAwait(false);
        if (found is not [{ } head, { } headTree, { } tree])
            throw new GitException("ref_not_found", $"The branch {worktree.Branch} or checkpoint {checkpoint.Number} is gone", retryable: false);

        if (tree == headTree)
        {
            await UpdateIndexAsync(worktree, head, cancellationToken).ConfigureAwait(false);
            return new BranchCommitResult.NothingToCommit(head);
        }

        RunResult made = await git.RunAsync(
            worktree, ["commit-tree", tree, "-p", head, "-F", "-"], cancellationToken, message, Identities(author)).ConfigureAwait(false);
        string commit = GitCommand.Require(made, "make a commit").Trim();
        RunResult moved = await git.RunAsync(
            worktree, ["update-ref", "-m", "commit by offstage", branch, commit, head], cancellationToken).ConfigureAwait(false);
        if (moved.ExitCode != 0)
        {
            return moved.StandardError.Contains("but expected", StringComparison.Ordinal)
                ? new BranchCommitResult.BranchMoved(head)
                : throw GitCommand.Failure(moved, $"move the branch {worktree.Branch}");
        }

        await UpdateIndexAsync(worktree, commit, cancellationToken).ConfigureAwait(false);
        return new BranchCommitResult.Committed(commit);
    }

    // Without -u: the files are the agent's, and may be newer than the checkpoint by now.
    private async Task UpdateIndexAsync(Worktree worktree, string commit, CancellationToken cancellationToken)
    {
        RunResult result = await git.RunAsync(worktree, ["read-tree", "--reset", commit], cancellationToken).ConfigureAwait(false);
        GitCommand.Require(result, $"bring the index of {worktree.WorkTree} to its branch");
    }

    private Dictionary<string, string> Identities(GitAuthor author)
    {
        string date = $"@{git.Time.GetUtcNow().ToUnixTimeSeconds()} +0000";
        return new()
        {
            ["GIT_AUTHOR_NAME"] = author.Name,
            ["GIT_AUTHOR_EMAIL"] = author.Email,
            ["GIT_AUTHOR_DATE"] = date,
            ["GIT_COMMITTER_NAME"] = Committer,
            ["GIT_COMMITTER_EMAIL"] = CommitterEmail,
            ["GIT_COMMITTER_DATE"] = date,
        };
    }
}
