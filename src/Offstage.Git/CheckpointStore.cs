using System.Globalization;
using System.Text;
using Offstage.Contracts;
using Offstage.Processes;

namespace Offstage.Git;

/// <summary>
/// Keeps workspaces as they were after each turn, under <c>refs/offstage/checkpoints/&lt;session&gt;/&lt;number&gt;</c>.
/// Untracked files are in, ignored ones are not. The branch, HEAD and index of the work tree are never touched.
/// </summary>
/// <remarks>
/// One call at a time for each work tree; different ones run side by side. Repositories inside the workspace are kept as
/// links to their commit, not with their files.
/// </remarks>
public sealed class CheckpointStore(GitCommand git)
{
    private readonly KeyedGate gates = new();
    private readonly CheckpointIndex index = new(git);

    /// <summary>Captures the workspace. A number that was captured before answers what was captured then.</summary>
    /// <exception cref="GitException">Nothing was kept; may be repeated.</exception>
    public async Task<CaptureResult> CaptureAsync(
        Worktree worktree, SessionId session, CheckpointNumber number, CancellationToken cancellationToken)
    {
        using IDisposable turn = await gates.EnterAsync(worktree.GitDirectory, cancellationToken).ConfigureAwait(false);
        Task<IReadOnlyList<Checkpoint>> listing = ListAsync(worktree.Repository, session, cancellationToken);
        Task<IndexedTree> indexing = index.WriteTreeAsync(worktree, cancellationToken);
        await Task.WhenAll(listing, indexing).ConfigureAwait(false);
        IReadOnlyList<Checkpoint> checkpoints = await listing.ConfigureAwait(false);
        IndexedTree now = await indexing.ConfigureAwait(false);

        Checkpoint? previous = checkpoints.LastOrDefault(checkpoint => checkpoint.Number.Value < number.Value);
        string before = previous?.Commit ?? worktree.BaseCommit;
        if (checkpoints.FirstOrDefault(checkpoint => checkpoint.Number == number) is { } existing)
            return new CaptureResult.Captured(existing, await StatAsync(worktree.Repository, before, existing.Tree, cancellationToken).ConfigureAwait(false), []);
        if (previous is not null && previous.Tree == now.Tree)
            return new CaptureResult.Unchanged(previous);

        Task<DiffStat> measuring = StatAsync(worktree.Repository, before, now.Tree, cancellationToken);
        Task<string> committing = CommitAsync(worktree.Repository, session, number, now.Tree, before, cancellationToken);
        await Task.WhenAll(measuring, committing).ConfigureAwait(false);
        var checkpoint = new Checkpoint(number, await committing.ConfigureAwait(false), now.Tree);
        return new CaptureResult.Captured(checkpoint, await measuring.ConfigureAwait(false), now.Skipped);
    }

    /// <summary>All checkpoints of a session, lowest number first.</summary>
    public async Task<IReadOnlyList<Checkpoint>> ListAsync(GitRepository repository, SessionId session, CancellationToken cancellationToken)
    {
        RunResult result = await git.RunAsync(
            repository, ["for-each-ref", "--format=%(refname:lstrip=4) %(objectname) %(tree)", RefPrefix(session)], cancellationToken).ConfigureAwait(false);
        return [.. GitCommand.Require(result, "list checkpoints")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .Select(words => new Checkpoint(new(int.Parse(words[0], CultureInfo.InvariantCulture)), words[1], words[2]))
            .OrderBy(checkpoint => checkpoint.Number.Value)];
    }

    /// <summary>What changed from one checkpoint to another. Needs the repository only, no work tree.</summary>
    /// <param name="bytesMax">For the text; the list of files is whole.</param>
    /// <exception cref="GitException"><c>checkpoint_not_found</c>.</exception>
    public async Task<CheckpointDiff> DiffAsync(
        GitRepository repository, SessionId session, CheckpointNumber from, CheckpointNumber to, int bytesMax, CancellationToken cancellationToken)
    {
        IReadOnlyList<Checkpoint> checkpoints = await ListAsync(repository, session, cancellationToken).ConfigureAwait(false);
        string before = Get(checkpoints, session, from).Commit;
        string after = Get(checkpoints, session, to).Commit;
        return await DiffAsync(repository, before, after, bytesMax, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As above, between any two commits: from the base of the branch to a checkpoint.</summary>
    public async Task<CheckpointDiff> DiffAsync(
        GitRepository repository, string fromCommit, string toCommit, int bytesMax, CancellationToken cancellationToken)
    {
        string[] common = ["diff-tree", "-r", "--no-commit-id", "--find-renames", "--no-ext-diff", "--no-textconv"];
        Task<RunResult> stats = git.RunAsync(repository, [.. common, "--raw", "--numstat", "-z", fromCommit, toCommit], cancellationToken);
        Task<RunResult> text = git.RunAsync(repository, [.. common, "-p", fromCommit, toCommit], cancellationToken);
        await Task.WhenAll(stats, text).ConfigureAwait(false);
        IReadOnlyList<FileDiff> files = DiffParser.Parse(GitCommand.Require(await stats.ConfigureAwait(false), "compare two checkpoints"));
        RunResult unified = await text.ConfigureAwait(false);
        if (unified.ExitCode != 0)
            throw GitCommand.Failure(unified, "compare two checkpoints");
        var capture = new BoundedCapture(bytesMax);
        capture.Append(Encoding.UTF8.GetBytes(unified.StandardOutput));
        return new CheckpointDiff(files, capture.ToString(), unified.Truncated || capture.IsTruncated);
    }

    /// <summary>Makes the files as they were at a checkpoint: changed ones restored, later ones removed, ignored ones kept.</summary>
    /// <remarks>Cut off in the middle it leaves a mixture; repeating it ends in the checkpoint. No process should be
    /// writing to the workspace meanwhile.</remarks>
    /// <exception cref="GitException"><c>checkpoint_not_found</c>; nothing was changed.</exception>
    public async Task RevertAsync(Worktree worktree, SessionId session, CheckpointNumber number, CancellationToken cancellationToken)
    {
        using IDisposable turn = await gates.EnterAsync(worktree.GitDirectory, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Checkpoint> checkpoints = await ListAsync(worktree.Repository, session, cancellationToken).ConfigureAwait(false);
        Checkpoint target = Get(checkpoints, session, number);
        await index.RestoreAsync(worktree, target.Tree, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes all checkpoints of a session. None: no effect.</summary>
    public async Task DeleteAllAsync(GitRepository repository, SessionId session, CancellationToken cancellationToken)
    {
        IReadOnlyList<Checkpoint> checkpoints = await ListAsync(repository, session, cancellationToken).ConfigureAwait(false);
        if (checkpoints.Count == 0)
            return;
        string input = string.Concat(checkpoints.Select(checkpoint => $"delete {RefPrefix(session)}{checkpoint.Number}\n"));
        RunResult result = await git.RunAsync(repository, ["update-ref", "--stdin"], cancellationToken, input).ConfigureAwait(false);
        GitCommand.Require(result, $"delete the checkpoints of {session}");
    }

    private static string RefPrefix(SessionId session)
    {
        Invariant.Require(IdSource.IsWellFormed(session.Value, "ses_"), "G6");   // it becomes part of a ref
        return $"refs/offstage/checkpoints/{session}/";
    }

    private static Checkpoint Get(IReadOnlyList<Checkpoint> checkpoints, SessionId session, CheckpointNumber number)
        => checkpoints.FirstOrDefault(checkpoint => checkpoint.Number == number)
            ?? throw new GitException("checkpoint_not_found", $"{session} has no checkpoint {number}", retryable: false);

    private async Task<DiffStat> StatAsync(GitRepository repository, string from, string to, CancellationToken cancellationToken)
    {
        RunResult result = await git.RunAsync(repository, ["diff-tree", "-r", "--raw", "--numstat", "-z", from, to], cancellationToken).ConfigureAwait(false);
        IReadOnlyList<FileDiff> files = DiffParser.Parse(GitCommand.Require(result, "compare two checkpoints"));
        return new DiffStat(files.Count, files.Sum(file => file.Additions ?? 0), files.Sum(file => file.Deletions ?? 0));
    }

    // fast-import makes commit and ref in one process. It refuses to move a ref that exists to an unrelated commit, which
    // is what a capture that lost a race should meet.
    private async Task<string> CommitAsync(
        GitRepository repository, SessionId session, CheckpointNumber number, string tree, string parent, CancellationToken cancellationToken)
    {
        string message = $"Checkpoint {number} of {session}";
        string input = $"""
            commit {RefPrefix(session)}{number}
            mark :1
            committer Offstage <offstage@localhost> {git.Time.GetUtcNow().ToUnixTimeSeconds()} +0000
            data {Encoding.UTF8.GetByteCount(message)}
            {message}
            from {parent}
            M 040000 {tree} ""
            get-mark :1
            done

            """;
        RunResult result = await git.RunAsync(repository, ["fast-import", "--quiet", "--done"], cancellationToken, input).ConfigureAwait(false);
        return GitCommand.Require(result, $"keep checkpoint {number} of {session}").Trim();
    }
}
