using Offstage.Processes;

namespace Offstage.Git;

/// <param name="Skipped">What could not be read, as git says it.</param>
internal sealed record IndexedTree(string Tree, IReadOnlyList<string> Skipped);

/// <summary>
/// The index that checkpoints are made through. It stays beside the work tree's own, so that git hashes only files that
/// changed since the last checkpoint. It is a cache: without it everything is hashed once.
/// </summary>
/// <remarks>Callers see to it that one call at a time is made for each work tree.</remarks>
internal sealed class CheckpointIndex(GitCommand git)
{
    private const int SkippedMax = 50;

    // What one bad file makes git say. Anything else, a full disk above all, must fail the capture rather than thin it.
    private static readonly string[] tolerated =
    [
        "does not have a commit checked out",
        "Permission denied",
        "No such file or directory",
        "unable to index file",
        "adding files failed",
    ];

    /// <summary>Reads the workspace into a tree object.</summary>
    public async Task<IndexedTree> WriteTreeAsync(Worktree worktree, CancellationToken cancellationToken)
    {
        using Draft draft = Begin(worktree);
        IReadOnlyList<string> skipped = await AddAllAsync(worktree, draft, cancellationToken).ConfigureAwait(false);
        RunResult result = await git.RunAsync(worktree, ["write-tree"], cancellationToken, extra: draft.Environment).ConfigureAwait(false);
        string tree = GitCommand.Require(result, "write the tree of a checkpoint").Trim();
        draft.Keep();
        return new IndexedTree(tree, skipped);
    }

    /// <summary>Makes the workspace equal to a tree.</summary>
    public async Task RestoreAsync(Worktree worktree, string tree, CancellationToken cancellationToken)
    {
        // First everything that is there goes into the index: read-tree removes only what the index knows.
        using Draft draft = Begin(worktree);
        await AddAllAsync(worktree, draft, cancellationToken).ConfigureAwait(false);
        RunResult result = await git.RunAsync(worktree, ["read-tree", "--reset", "-u", tree], cancellationToken, extra: draft.Environment).ConfigureAwait(false);
        GitCommand.Require(result, "restore a checkpoint");
        draft.Keep();
    }

    private async Task<IReadOnlyList<string>> AddAllAsync(Worktree worktree, Draft draft, CancellationToken cancellationToken)
    {
        RunResult result = await git.RunAsync(worktree, ["add", "--all", "--ignore-errors"], cancellationToken, extra: draft.Environment).ConfigureAwait(false);
        if (result is { ExitCode: 0, TimedOut: false })
            return [];
        string[] errors = [.. result.StandardError.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal) || line.StartsWith("fatal: ", StringComparison.Ordinal))];
        bool usable = !result.TimedOut && errors.Length > 0 && errors.All(line => tolerated.Any(known => line.Contains(known, StringComparison.Ordinal)));
        if (!usable)
            throw GitCommand.Failure(result, "read the workspace");
        return [.. errors.Select(line => line["error: ".Length..]).Take(SkippedMax)];
    }

    private static Draft Begin(Worktree worktree)
    {
        string kept = Path.Combine(worktree.GitDirectory, "offstage-index");
        string path = kept + ".draft";
        File.Delete(path + ".lock");   // left by a capture that was killed; nobody else uses this name
        File.Delete(path);
        string seed = File.Exists(kept) ? kept : Path.Combine(worktree.GitDirectory, "index");
        if (File.Exists(seed))
            File.Copy(seed, path);
        return new Draft(path, kept);
    }

    private sealed class Draft(string path, string kept) : IDisposable
    {
        public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string> { ["GIT_INDEX_FILE"] = path };

        public void Keep() => File.Move(path, kept, overwrite: true);

        public void Dispose() => File.Delete(path);
    }
}
