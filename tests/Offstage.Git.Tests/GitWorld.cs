using Offstage.Contracts;
using Offstage.Processes;

namespace Offstage.Git.Tests;

/// <summary>A folder with a source repository and the stores over it.</summary>
public sealed class GitWorld : IDisposable
{
    private static readonly IdSource ids = new(TimeProvider.System, Random.Shared);
    private readonly ProcessHost host = new();

    public GitWorld()
    {
        Folder = Directory.CreateTempSubdirectory("offstage-git-").FullName;
        Runner = new ProcessRunner(host, TimeProvider.System);
        Git = new GitCommand(new GitOptions { CacheFolder = Path.Combine(Folder, "clones") }, Runner, TimeProvider.System);
        Repositories = new RepositoryStore(Git);
        Worktrees = new WorktreeStore(Git, Repositories);
        Checkpoints = new CheckpointStore(Git);
        Committer = new BranchCommitter(Git, Repositories);
    }

    public string Folder { get; }

    public string Source => Path.Combine(Folder, "source");

    public ProcessRunner Runner { get; }

    public GitCommand Git { get; }

    public RepositoryStore Repositories { get; }

    public WorktreeStore Worktrees { get; }

    public CheckpointStore Checkpoints { get; }

    public BranchCommitter Committer { get; }

    public SessionId Session { get; } = ids.NewSession();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static string NewName() => ids.NewSandbox().Value;

    /// <summary>A source with README.md, src/a.txt and .gitignore on main, tagged v1, and one more commit on other.</summary>
    public async Task MakeSourceAsync()
    {
        Directory.CreateDirectory(Path.Combine(Source, "src"));
        await ShellAsync(Source, """
            git init -q -b main
            echo hello > README.md; echo a > src/a.txt; printf 'ignored/\n*.log\n' > .gitignore
            git add -A; git commit -qm first; git tag v1
            git checkout -qb other; echo other > other.txt; git add -A; git commit -qm other; git checkout -q main
            """);
    }

    public WorktreeRequest Request(string? branch = null) => new(
        NewName(), Path.Combine(Folder, "work", Guid.NewGuid().ToString("N")), Source, false, null, branch ?? $"offstage/{Guid.NewGuid():N}");

    public async Task<Worktree> MakeWorktreeAsync()
    {
        await MakeSourceAsync();
        return await Worktrees.CreateAsync(Request(), Stop);
    }

    public async Task<string> ShellAsync(string folder, string script)
    {
        RunResult result = await Runner.RunAsync(
            new RunSpec
            {
                Child = new ChildSpec
                {
                    Program = "/bin/sh",
                    Arguments = ["-ec", script],
                    WorkingDirectory = folder,
                    Environment = new Dictionary<string, string>
                    {
                        ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
                        ["HOME"] = Folder,
                        ["LC_ALL"] = "C",
                        ["GIT_CONFIG_NOSYSTEM"] = "1",
                        ["GIT_AUTHOR_NAME"] = "T",
                        ["GIT_AUTHOR_EMAIL"] = "t@localhost",
                        ["GIT_COMMITTER_NAME"] = "T",
                        ["GIT_COMMITTER_EMAIL"] = "t@localhost",
                    },
                },
            },
            Stop);
        Assert.True(result.ExitCode == 0, $"{script}: {result.StandardError}");
        return result.StandardOutput.TrimEnd('\n');
    }

    /// <summary>Every file of a folder with its text, without <c>.git</c>.</summary>
    public static SortedDictionary<string, string> Files(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Where(path => path != ".git")
            .ToDictionary(path => path, path => File.ReadAllText(Path.Combine(folder, path))),
        StringComparer.Ordinal);

    public void Dispose()
    {
        host.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
