using Offstage.Processes;

namespace Offstage.Git;

/// <summary>
/// Where work begins in a repository that has no commit yet: at a commit without files. It is the same in every repository, so
/// that branches which began there can be merged with each other; no branch of the repository's own is made to point at it.
/// </summary>
internal sealed class EmptyStart(GitCommand git, RepositoryStore repositories)
{
    private const string Identity = "Offstage <offstage@localhost> 0 +0000";

    /// <returns>Null when a ref was asked for, when there is a commit to begin at, or when a clone has branches but no default one.</returns>
    public async Task<string?> FindAsync(GitRepository repository, WorktreeRequest request, bool hasHead, CancellationToken cancellationToken)
    {
        if (request.Ref is not null || hasHead)
            return null;
        if (request.IsUrl && (await repositories.ReadRefsAsync(repository, cancellationToken).ConfigureAwait(false)).Contains(" refs/remotes/", StringComparison.Ordinal))
            return null;
        string tree = GitCommand.Require(
            await git.RunAsync(repository, ["mktree"], cancellationToken, input: "").ConfigureAwait(false), "write an empty tree").Trim();
        string commit = $"tree {tree}\nauthor {Identity}\ncommitter {Identity}\n\nBegin with nothing\n";
        return GitCommand.Require(
            await git.RunAsync(repository, ["hash-object", "-t", "commit", "-w", "--stdin"], cancellationToken, commit).ConfigureAwait(false), "begin with nothing").Trim();
    }
}
