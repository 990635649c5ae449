using Offstage.Contracts;
using Offstage.Git;
using Offstage.Processes;

namespace Offstage.Sandboxes.Tests;

/// <summary>A folder of its own with a repository in it, and a driver over it. Disposing ends and removes all.</summary>
public sealed class SandboxWorld : IAsyncDisposable
{
    private static readonly IdSource ids = new(TimeProvider.System, Random.Shared);

    public SandboxWorld()
    {
        // Not under /tmp, which a sandbox has of its own.
        Folder = Path.Combine(AppContext.BaseDirectory, "worlds", Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Folder);
        Runner = new ProcessRunner(Host, TimeProvider.System);
        Driver = NewDriver();
    }

    public string Folder { get; }

    public ProcessHost Host { get; } = new();

    public ProcessRunner Runner { get; }

    public ProcessSandboxDriver Driver { get; }

    public string SourceFolder => Path.Combine(Folder, "source");

    public static SandboxId NewSandbox() => ids.NewSandbox();

    public static SessionId NewSession() => ids.NewSession();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public GitCommand NewGit() => new(new GitOptions { CacheFolder = Path.Combine(Folder, "clones") }, Runner, TimeProvider.System);

    public ProcessSandboxDriver NewDriver(string? bubblewrap = null) => new(
        new ProcessSandboxOptions
        {
            RootFolder = Path.Combine(Folder, "sandboxes"),
            BubblewrapPath = bubblewrap,
            Git = new GitOptions { CacheFolder = Path.Combine(Folder, "clones") },
        },
        Host,
        TimeProvider.System);

    /// <summary>A repository with one commit: README.md, src/a.txt, .gitignore.</summary>
    public async Task<WorkspaceSource.Repository> MakeRepositoryAsync()
    {
        Directory.CreateDirectory(Path.Combine(SourceFolder, "src"));
        await File.WriteAllTextAsync(Path.Combine(SourceFolder, "README.md"), "hello\n", Stop);
        await File.WriteAllTextAsync(Path.Combine(SourceFolder, "src", "a.txt"), "a\n", Stop);
        await File.WriteAllTextAsync(Path.Combine(SourceFolder, ".gitignore"), "ignored/\n", Stop);
        await HostAsync(SourceFolder, "git init -q -b main && git add -A && git -c user.name=T -c user.email=t@localhost commit -qm first");
        return Repository(NewSession());
    }

    public WorkspaceSource.Repository Repository(SessionId session) => new(SourceFolder, false, null, $"offstage/{session}");

    /// <summary>Runs a script on the host, without any sandbox.</summary>
    public async Task<string> HostAsync(string folder, string script)
    {
        RunResult result = await Runner.RunAsync(
            new RunSpec
            {
                Child = new ChildSpec
                {
                    Program = "/bin/sh",
                    Arguments = ["-c", script],
                    WorkingDirectory = folder,
                    Environment = new Dictionary<string, string> { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["HOME"] = Folder, ["LC_ALL"] = "C" },
                },
            },
            Stop);
        Assert.True(result.ExitCode == 0, $"{script}: {result.StandardError}");
        return result.StandardOutput.TrimEnd('\n');
    }

    public async ValueTask DisposeAsync()
    {
        foreach (SandboxInfo info in await Driver.ListAsync(CancellationToken.None))
            await Driver.DestroyAsync(info.Sandbox, CancellationToken.None);
        Host.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
