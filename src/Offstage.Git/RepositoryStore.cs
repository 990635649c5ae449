using Offstage.Processes;

namespace Offstage.Git;

/// <summary>Finds repositories: on this machine by any path inside them, elsewhere by URL, cloned once into a cache.</summary>
public sealed class RepositoryStore(GitCommand git)
{
    private readonly KeyedGate clones = new();

    /// <summary>Finds the repository that holds a folder.</summary>
    /// <exception cref="GitException"><c>repository_not_found</c>: no folder, no repository, or one that belongs to another
    /// user. <c>repository_unsupported</c>: refs are not kept as files.</exception>
    public async Task<GitRepository> ResolveAsync(string path, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(path) || !Directory.Exists(path))
            throw new GitException("repository_not_found", $"There is no folder {path}", retryable: false);
        RunResult result = await git.RunInAsync(
            path, ["rev-parse", "--path-format=absolute", "--git-common-dir", "--show-object-format"], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw result.StandardError.Contains("dubious ownership", StringComparison.Ordinal)
                ? new GitException("repository_not_found", $"The repository at {path} belongs to another user of this machine, and its configuration could run commands; give it to the user that runs the server", retryable: false)
                : new GitException("repository_not_found", $"There is no git repository at {path}", retryable: false);
        }

        string[] lines = result.StandardOutput.Split('\n');
        var repository = new GitRepository(lines[0], lines[1]);
        if (Directory.Exists(Path.Combine(repository.CommonDirectory, "reftable")))
            throw new GitException("repository_unsupported", $"The repository at {path} keeps its refs as a reftable; convert it with `git refs migrate --ref-format=files`", retryable: false);
        return repository;
    }

    /// <summary>Clones a URL into the cache, or fetches what is new when it is there. One at a time for each URL.</summary>
    /// <exception cref="GitException"><c>url_not_allowed</c>, <c>clone_failed</c>.</exception>
    public async Task<GitRepository> CloneAsync(string url, CancellationToken cancellationToken)
    {
        if (!RepositoryUrl.IsAllowed(url))
            throw new GitException("url_not_allowed", "Only https, ssh, git and file URLs and user@host:path are cloned", retryable: false);
        string folder = Path.Combine(git.Options.CacheFolder, RepositoryUrl.FolderName(url));
        using IDisposable turn = await clones.EnterAsync(folder, cancellationToken).ConfigureAwait(false);
        if (Directory.Exists(folder))
        {
            GitRepository cached = await ResolveAsync(folder, cancellationToken).ConfigureAwait(false);
            await FetchAsync(cached, url, cancellationToken).ConfigureAwait(false);
            return cached;
        }

        await CloneIntoAsync(url, folder, cancellationToken).ConfigureAwait(false);
        return await ResolveAsync(folder, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All refs that a person knows: branches, tags, remote branches; <c>oid name</c> per line. Not the hidden ones.</summary>
    internal async Task<string> ReadRefsAsync(GitRepository repository, CancellationToken cancellationToken)
    {
        RunResult result = await git.RunAsync(
            repository, ["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags", "refs/remotes"], cancellationToken).ConfigureAwait(false);
        return result is { ExitCode: 0, Truncated: false } ? result.StandardOutput : "";
    }

    /// <summary>Resolves several expressions in one call: the object's id, or null.</summary>
    internal async Task<string?[]> ResolveObjectsAsync(
        GitRepository repository, IReadOnlyList<string> expressions, CancellationToken cancellationToken)
    {
        if (expressions.Any(expression => expression.Any(char.IsControl)))
            throw new GitException("ref_not_found", "A name of a branch, tag or commit has no control characters", retryable: false);
        RunResult result = await git.RunAsync(
            repository, ["cat-file", "--batch-check=%(objectname) %(objecttype)"], cancellationToken, string.Join('\n', expressions) + "\n").ConfigureAwait(false);
        string[] lines = GitCommand.Require(result, "look up a ref").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(ParseObject)];
    }

    // "<oid> <type>", or "<what was asked> missing" or "… ambiguous".
    private static string? ParseObject(string line)
    {
        string[] words = line.Split(' ');
        return words is [{ Length: 40 or 64 } id, "commit" or "tree"] && id.All(char.IsAsciiHexDigitLower) ? id : null;
    }

    private async Task FetchAsync(GitRepository cached, string url, CancellationToken cancellationToken)
    {
        RunResult result = await git.RunRemoteAsync(cached, ["fetch", "--quiet", "--prune", "--tags", "--force", "origin"], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw CloneFailure(result, url, "brought up to date");
        string?[] head = await ResolveObjectsAsync(cached, ["refs/remotes/origin/HEAD^{commit}"], cancellationToken).ConfigureAwait(false);
        if (head[0] is null)
        {
            // The default branch was renamed upstream. Failing here is no loss: the ref is reported absent when it is asked for.
            _ = await git.RunRemoteAsync(cached, ["remote", "set-head", "origin", "--auto"], cancellationToken).ConfigureAwait(false);
        }
    }

    // A plain clone without checkout, not a mirror: a mirror's fetch would prune the sessions' branches and checkpoints.
    private async Task CloneIntoAsync(string url, string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(git.Options.CacheFolder);
        string partial = folder + ".partial";
        if (Directory.Exists(partial))
            Directory.Delete(partial, recursive: true);
        RunResult result = await git.RunRemoteAsync(
            null, ["clone", "--quiet", "--no-checkout", "--template=", "--", url, partial], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
            throw CloneFailure(result, url, "cloned");
        Directory.Move(partial, folder);   // G2: a clone that is there is complete
    }

    private static GitException CloneFailure(RunResult result, string url, string what)
    {
        string shown = RepositoryUrl.WithoutSecrets(url);
        string said = result.TimedOut ? "it took too long" : result.StandardError.Replace(url, shown, StringComparison.Ordinal).Trim();
        bool absent = said.Contains("not found", StringComparison.OrdinalIgnoreCase) || said.Contains("does not exist", StringComparison.OrdinalIgnoreCase);
        return new GitException("clone_failed", $"{shown} could not be {what}: {said}", retryable: !absent);
    }
}
