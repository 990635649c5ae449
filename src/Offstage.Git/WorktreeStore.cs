using Offstage.Processes;

namespace Offstage.Git;

/// <summary>What a work tree is made of.</summary>
/// <param name="Name">Names it within the repository: <c>[a-z0-9_]</c>, unique for ever.</param>
/// <param name="Folder">Absolute; made when absent.</param>
/// <param name="Location">Absolute path of a folder inside a repository, or a URL.</param>
/// <param name="Ref">Branch, tag or commit to begin at; null is the default branch, or nothing where there is no commit yet.</param>
/// <param name="Branch">Used as it stands when it exists; made at <paramref name="Ref"/> otherwise.</param>
public sealed record WorktreeRequest(string Name, string Folder, string Location, bool IsUrl, string? Ref, string Branch);

/// <summary>Makes and removes work trees, each on a branch of its own. The source's own work tree and index are never touched.</summary>
/// <remarks>
/// The registration is written here, as gitrepository-layout(5) describes it, rather than by <c>git worktree add</c>: that
/// one chooses the name itself and leaves a locked half behind when it is killed, whereas ours can be written again at
/// any point of a crash (G3). All git commands know the result: <c>git worktree list</c> shows it.
/// </remarks>
public sealed class WorktreeStore(GitCommand git, RepositoryStore repositories)
{
    private const string HeadPrefix = "ref: refs/heads/";

    private readonly EmptyStart emptyStart = new(git, repositories);

    /// <summary>Makes the work tree, or makes it anew where an earlier attempt was cut off: files are as the branch has them.</summary>
    /// <exception cref="GitException">See <see cref="GitException.Code"/>. What was begun is finished or removed by a later call.</exception>
    public async Task<Worktree> CreateAsync(WorktreeRequest request, CancellationToken cancellationToken)
    {
        GitRepository repository = await FindRepositoryAsync(request, cancellationToken).ConfigureAwait(false);
        return await CreateAsync(repository, request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The repository that a request names, cloned when it is a URL.</summary>
    public Task<GitRepository> FindRepositoryAsync(WorktreeRequest request, CancellationToken cancellationToken)
        => request.IsUrl
            ? repositories.CloneAsync(request.Location, cancellationToken)
            : repositories.ResolveAsync(request.Location, cancellationToken);

    /// <summary>As <see cref="CreateAsync(WorktreeRequest, CancellationToken)"/>, in a repository that was found before.</summary>
    public async Task<Worktree> CreateAsync(GitRepository repository, WorktreeRequest request, CancellationToken cancellationToken)
    {
        RequireBranchName(request.Branch);
        string commit = await EnsureBranchAsync(repository, request, cancellationToken).ConfigureAwait(false);
        string registration = RegistrationOf(repository, request.Name);
        RequireNotCheckedOut(repository, request.Branch, registration);

        Directory.CreateDirectory(request.Folder);
        Directory.CreateDirectory(registration);
        string dotGit = Path.Combine(request.Folder, ".git");
        await File.WriteAllTextAsync(Path.Combine(registration, "HEAD"), $"{HeadPrefix}{request.Branch}\n", cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(registration, "commondir"), "../..\n", cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(registration, "gitdir"), dotGit + "\n", cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(dotGit, $"gitdir: {registration}\n", cancellationToken).ConfigureAwait(false);
        File.Delete(Path.Combine(registration, "index.lock"));   // G3: left by an attempt that was killed; nobody else writes here
        File.Delete(Path.Combine(registration, "index"));

        var worktree = new Worktree(repository, registration, request.Folder, request.Branch, commit);
        RunResult result = await git.RunAsync(worktree, ["read-tree", "--reset", "-u", commit], cancellationToken).ConfigureAwait(false);
        GitCommand.Require(result, $"check out {request.Branch} into {request.Folder}");
        return worktree;
    }

    /// <summary>Takes the registration out of the repository; the files are the caller's. Absent: no effect.</summary>
    public static void Remove(GitRepository repository, string name)
    {
        string registration = RegistrationOf(repository, name);
        if (Directory.Exists(registration))
            Directory.Delete(registration, recursive: true);
    }

    /// <summary>Deletes a session's branch. Absent: no effect.</summary>
    /// <exception cref="GitException"><c>branch_checked_out</c>: a work tree still has it.</exception>
    public async Task DeleteBranchAsync(GitRepository repository, string branch, CancellationToken cancellationToken)
    {
        RequireBranchName(branch);
        RequireNotCheckedOut(repository, branch, exceptRegistration: null);
        RunResult result = await git.RunAsync(repository, ["update-ref", "-d", $"refs/heads/{branch}"], cancellationToken).ConfigureAwait(false);
        GitCommand.Require(result, $"delete the branch {branch}");
    }

    /// <summary>Deletes a branch that still stands where it began: it holds no commit of its own (B3).</summary>
    /// <returns>False when it has moved, is checked out, or is not there; then nothing was changed.</returns>
    public async Task<bool> DeleteBranchAtAsync(GitRepository repository, string branch, string commit, CancellationToken cancellationToken)
    {
        RequireBranchName(branch);
        RunResult result = await git.RunAsync(repository, ["update-ref", "-d", $"refs/heads/{branch}", commit], cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0;
    }

    private async Task<string> EnsureBranchAsync(GitRepository repository, WorktreeRequest request, CancellationToken cancellationToken)
    {
        string branch = $"refs/heads/{request.Branch}";
        string[] wanted = [.. Candidates(request)];
        string?[] found = await repositories.ResolveObjectsAsync(
            repository, [$"{branch}^{{commit}}", .. wanted, "HEAD^{commit}"], cancellationToken).ConfigureAwait(false);
        if (found[0] is { } head)
            return head;
        string commit = found[1..^1].FirstOrDefault(id => id is not null)
            ?? await emptyStart.FindAsync(repository, request, hasHead: found[^1] is not null, cancellationToken).ConfigureAwait(false)
            ?? throw Absent(request);

        // Only where there is none: two attempts may be here at once, and the other one's branch may have moved on.
        RunResult result = await git.RunAsync(
            repository, ["update-ref", branch, commit, new string('0', commit.Length)], cancellationToken).ConfigureAwait(false);
        if (result.ExitCode == 0)
            return commit;
        string?[] now = await repositories.ResolveObjectsAsync(repository, [$"{branch}^{{commit}}"], cancellationToken).ConfigureAwait(false);
        return now[0] ?? throw GitCommand.Failure(result, $"make the branch {request.Branch}");
    }

    // In a clone the remote's branches count before the clone's own, which stand where they stood when it was cloned.
    private static IEnumerable<string> Candidates(WorktreeRequest request)
    {
        if (!request.IsUrl)
            return [$"{request.Ref ?? "HEAD"}^{{commit}}"];
        return request.Ref is { } name
            ? [$"refs/remotes/origin/{name}^{{commit}}", $"refs/tags/{name}^{{commit}}", $"{name}^{{commit}}"]
            : ["refs/remotes/origin/HEAD^{commit}", "HEAD^{commit}"];
    }

    private static GitException Absent(WorktreeRequest request)
    {
        string shown = request.IsUrl ? RepositoryUrl.WithoutSecrets(request.Location) : request.Location;
        return new GitException("ref_not_found", $"{shown} has no branch, tag or commit named {request.Ref ?? "HEAD"}", retryable: false);
    }

    private static string RegistrationOf(GitRepository repository, string name)
        => name.Length > 0 && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_')
            ? Path.Combine(repository.CommonDirectory, "worktrees", name)
            : throw new ArgumentException($"{name} is no name for a work tree", nameof(name));

    // git-check-ref-format(1), as far as it concerns a branch; git checks again.
    private static void RequireBranchName(string branch)
    {
        bool valid = branch.Length is > 0 and <= 200
            && branch.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./+@=".Contains(letter, StringComparison.Ordinal))
            && !branch.StartsWith('-') && branch != "HEAD" && branch != "@"
            && !branch.Contains("..", StringComparison.Ordinal) && !branch.EndsWith('.')
            && branch.Split('/').All(part => part.Length > 0 && part[0] != '.' && !part.EndsWith(".lock", StringComparison.Ordinal));
        if (!valid)
            throw new GitException("branch_invalid", $"{branch} cannot be the name of a branch", retryable: false);
    }

    // G4: a branch is in one work tree at most. Otherwise a commit here would make somebody's clean work tree look changed.
    private static void RequireNotCheckedOut(GitRepository repository, string branch, string? exceptRegistration)
    {
        string worktrees = Path.Combine(repository.CommonDirectory, "worktrees");
        IEnumerable<string> folders = Directory.Exists(worktrees) ? Directory.EnumerateDirectories(worktrees) : [];
        foreach (string folder in folders.Append(repository.CommonDirectory).Where(folder => folder != exceptRegistration))
        {
            if (ReadHead(folder) == $"{HeadPrefix}{branch}")
                throw new GitException("branch_checked_out", $"The branch {branch} is checked out by {folder}", retryable: false);
        }
    }

    private static string? ReadHead(string gitDirectory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(gitDirectory, "HEAD")).Trim();
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
