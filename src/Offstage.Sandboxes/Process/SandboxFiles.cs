using Offstage.Contracts;
using Offstage.Git;

namespace Offstage.Sandboxes.Process;

/// <summary>Makes, lists and deletes the files of sandboxes. Callers see to it that one call at a time changes one sandbox.</summary>
internal sealed class SandboxFiles(string root, GitCommand git)
{
    private readonly RepositoryStore repositories = new(git);

    public SandboxFolders FoldersOf(SandboxId sandbox) => new(root, sandbox);

    /// <exception cref="SandboxException">Nothing is left, or what is left is listed as partial.</exception>
    public async Task<SandboxRecord> CreateAsync(SandboxId sandbox, SandboxSpec spec, CancellationToken cancellationToken)
    {
        SandboxFolders folders = FoldersOf(sandbox);
        try
        {
            return await MakeAsync(sandbox, folders, spec, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            Delete(sandbox);
            if (failure is GitException refused)
                throw new SandboxException(CodeOf(refused), refused.Message, refused.Retryable, refused);
            if (failure is IOException or UnauthorizedAccessException)
                throw new SandboxException("sandbox_start_failed", $"The files of {sandbox} could not be made: {failure.Message}", retryable: true, failure);
            throw;
        }
    }

    /// <summary>From here on the sandbox is partial: nothing can be started in it any more.</summary>
    public void Retire(SandboxId sandbox)
    {
        SandboxFolders folders = FoldersOf(sandbox);
        if (File.Exists(folders.Record))
            File.Move(folders.Record, folders.Draft, overwrite: true);
    }

    /// <summary>Takes the work tree out of its repository, then deletes the folder. Absent: no effect.</summary>
    public void Delete(SandboxId sandbox)
    {
        SandboxFolders folders = FoldersOf(sandbox);
        if ((SandboxRecord.Find(folders.Record) ?? SandboxRecord.Find(folders.Draft))?.Repository is { } repository)
            WorktreeStore.Remove(repository, sandbox.Value);
        ForceDelete.Folder(folders.Folder);
    }

    public List<SandboxInfo> List(IReadOnlySet<SandboxId> running)
    {
        List<SandboxInfo> found = [];
        if (!Directory.Exists(root))
            return found;
        foreach (string folder in Directory.EnumerateDirectories(root))
        {
            string name = Path.GetFileName(folder);
            if (!IdSource.IsWellFormed(name, "sbx_"))
                continue;   // not of this driver's making (X2)
            SandboxId sandbox = new(name);
            SandboxFolders folders = FoldersOf(sandbox);
            found.Add(SandboxRecord.Find(folders.Record) is { } record
                ? record.ToInfo(folders, running.Contains(sandbox))
                : Partial(sandbox, SandboxRecord.Find(folders.Draft)));
        }

        return found;
    }

    private static SandboxInfo Partial(SandboxId sandbox, SandboxRecord? draft)
        => new(sandbox, draft is null ? null : new SessionId(draft.Session), SandboxState.Partial, null, null, null, null);

    private async Task<SandboxRecord> MakeAsync(
        SandboxId sandbox, SandboxFolders folders, SandboxSpec spec, CancellationToken cancellationToken)
    {
        Delete(sandbox);   // what an attempt that was cut off, or a destroy, left behind
        MakeFolders(folders);
        SandboxRecord record = new()
        {
            Sandbox = sandbox.Value,
            Session = spec.Session.Value,
            Isolation = spec.Isolation,
            Network = spec.Network,
            Limits = spec.Limits,
            ReadOnlyPaths = spec.ReadOnlyPaths,
            WritablePaths = spec.WritablePaths,
        };
        if (spec.Workspace is WorkspaceSource.Repository source)
            record = await AddWorktreeAsync(record, folders, source, cancellationToken).ConfigureAwait(false);
        record.Write(folders.Record);   // X6: last. A sandbox with a record is complete.
        File.Delete(folders.Draft);
        return record;
    }

    private async Task<SandboxRecord> AddWorktreeAsync(
        SandboxRecord record, SandboxFolders folders, WorkspaceSource.Repository source, CancellationToken cancellationToken)
    {
        var worktrees = new WorktreeStore(git, repositories);
        WorktreeRequest request = new(record.Sandbox, folders.Workspace, source.Location, source.IsUrl, source.Ref, source.Branch);
        GitRepository repository = await worktrees.FindRepositoryAsync(request, cancellationToken).ConfigureAwait(false);

        // Written before the repository is touched, so that whoever cleans up after a crash knows where to.
        record = record with { Repository = repository };
        record.Write(folders.Draft);
        Worktree worktree = await worktrees.CreateAsync(repository, request, cancellationToken).ConfigureAwait(false);
        record = record with { Worktree = worktree };
        if (record.Isolation == Isolation.None)
            return record;

        PrivateGit inner = await new PrivateGitDirectory(repositories)
            .CreateAsync(worktree, folders.PrivateGit, InnerPaths.Objects, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(folders.DotGit, $"gitdir: {InnerPaths.Git}\n", cancellationToken).ConfigureAwait(false);
        return record with { ObjectDirectories = inner.ObjectDirectories };
    }

    private static void MakeFolders(SandboxFolders folders)
    {
        Directory.CreateDirectory(folders.Folder);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folders.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.CreateDirectory(folders.Workspace);
        Directory.CreateDirectory(folders.Home);
        Directory.CreateDirectory(folders.Temp);
    }

    private static string CodeOf(GitException refused) => refused.Code switch
    {
        "url_not_allowed" => "clone_failed",
        "git_failed" or "git_unavailable" => "sandbox_start_failed",
        _ => refused.Code,
    };
}
