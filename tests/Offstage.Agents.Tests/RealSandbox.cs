using Offstage.Contracts;
using Offstage.Git;
using Offstage.Processes;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests;

/// <summary>A sandbox of bubblewrap with an empty workspace and no network. Without bubblewrap the test is skipped.</summary>
internal sealed class RealSandbox : IAsyncDisposable
{
    private readonly ProcessHost host;
    private readonly ProcessSandboxDriver driver;
    private readonly SandboxInfo info;

    private RealSandbox(string folder, ProcessHost host, ProcessSandboxDriver driver, SandboxInfo info)
    {
        Folder = folder;
        this.host = host;
        this.driver = driver;
        this.info = info;
    }

    /// <summary>On the host: where all of it is.</summary>
    public string Folder { get; }

    public string WorkspacePath => info.WorkspacePath!;

    public string InnerHomePath => info.InnerHomePath!;

    public static async Task<RealSandbox> CreateAsync(IReadOnlyList<string> readOnlyPaths)
    {
        var cancellation = TestContext.Current.CancellationToken;
        string folder = Directory.CreateTempSubdirectory("offstage-agent-").FullName;
        var host = new ProcessHost();
        var driver = new ProcessSandboxDriver(
            new ProcessSandboxOptions { RootFolder = Path.Combine(folder, "sandboxes"), Git = new GitOptions { CacheFolder = Path.Combine(folder, "clones") } },
            host, TimeProvider.System);
        if (!(await driver.GetCapabilitiesAsync(cancellation)).IsolatesFiles)
            Requires.Missing("bubblewrap (bwrap)");
        var ids = new IdSource(TimeProvider.System, Random.Shared);
        var info = await driver.CreateAsync(
            ids.NewSandbox(),
            new SandboxSpec
            {
                Session = ids.NewSession(),
                Workspace = new WorkspaceSource.Empty(),
                Isolation = Isolation.Bubblewrap,
                Network = NetworkAccess.None,
                ReadOnlyPaths = readOnlyPaths,
            },
            cancellation);
        return new RealSandbox(folder, host, driver, info);
    }

    /// <summary>The same start, but in here.</summary>
    public AgentStart Take(AgentStart start) => start with
    {
        LaunchAsync = (spec, cancellationToken) => driver.StartProcessAsync(info.Sandbox, spec, cancellationToken),
        WorkspacePath = info.InnerWorkspacePath!,
        HomePath = InnerHomePath,
    };

    public async ValueTask DisposeAsync()
    {
        await driver.DestroyAsync(info.Sandbox, CancellationToken.None);
        host.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
