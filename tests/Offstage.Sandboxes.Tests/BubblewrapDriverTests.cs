using Offstage.Contracts;
using Offstage.Git;

namespace Offstage.Sandboxes.Tests;

public sealed class BubblewrapDriverTests : SandboxDriverConformance
{
    protected override Isolation Isolation => Isolation.Bubblewrap;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Require.BubblewrapAsync(Driver);
    }

    [Fact]
    public async Task Host_files_other_sandboxes_and_host_processes_are_not_visible()
    {
        SandboxInfo info = await CreateAsync();
        ExecResult result = await ShellAsync(info.Sandbox, $"ls -A / /home /etc/shadow /etc/ssh /root {World.Folder} 2>/dev/null; ls -d /proc/[0-9]* | wc -l");

        Assert.DoesNotContain("shadow", result.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("root", result.StandardOutput, StringComparison.Ordinal);
        Assert.DoesNotContain("sandboxes", result.StandardOutput, StringComparison.Ordinal);
        Assert.InRange(int.Parse(result.StandardOutput.Trim().Split('\n')[^1]), 2, 6);
    }

    [Fact]
    public async Task Writes_outside_are_refused()
    {
        SandboxInfo info = await CreateAsync();
        ExecResult result = await ShellAsync(
            info.Sandbox, "for f in /usr/x /etc/x /x /var/x /home/x; do touch $f 2>/dev/null && echo wrote $f; done; touch /workspace/x ~/x /tmp/x && echo inside");

        Assert.Equal("inside\n", result.StandardOutput);
    }

    [Fact]
    public async Task Declared_paths_are_seen_and_only_the_writable_ones_can_be_written()
    {
        string readable = Directory.CreateDirectory(Path.Combine(World.Folder, "readable")).FullName;
        string writable = Directory.CreateDirectory(Path.Combine(World.Folder, "writable")).FullName;
        SandboxInfo info = await Driver.CreateAsync(SandboxWorld.NewSandbox(), Spec() with { ReadOnlyPaths = [readable], WritablePaths = [writable] }, Stop);
        await ShellAsync(info.Sandbox, $"touch {readable}/no; touch {writable}/yes");

        Assert.Empty(Directory.GetFiles(readable));
        Assert.Single(Directory.GetFiles(writable));
    }

    [Fact]
    public async Task A_sandbox_that_is_there_shows_what_is_declared_anew_to_what_is_started_from_then_on()
    {
        string[] folders = [.. new[] { "first", "second" }.Select(name => Directory.CreateDirectory(Path.Combine(World.Folder, name)).FullName)];
        SandboxId sandbox = SandboxWorld.NewSandbox();
        await Driver.CreateAsync(sandbox, Spec() with { ReadOnlyPaths = [folders[0]] }, Stop);
        await ShellAsync(sandbox, "echo kept > /workspace/file");
        await Driver.CreateAsync(sandbox, Spec() with { ReadOnlyPaths = [folders[1]] }, Stop);

        var seen = await ShellAsync(sandbox, $"cat /workspace/file; for f in {folders[0]} {folders[1]}; do test -d $f && echo $f; done");

        Assert.Equal($"kept\n{folders[1]}\n", seen.StandardOutput);
        Assert.Equal("path_not_allowed", await CodeOfAsync(() => Driver.CreateAsync(sandbox, Spec() with { ReadOnlyPaths = ["/"] }, Stop)));
    }

    [Fact]
    public async Task Declared_paths_that_would_open_the_wall_are_refused()
    {
        string writable = Directory.CreateDirectory(Path.Combine(World.Folder, "writable", "inner")).Parent!.FullName;
        string inner = Path.Combine(writable, "inner");

        foreach (SandboxSpec spec in (SandboxSpec[])
            [
                Spec() with { ReadOnlyPaths = ["/"] },
                Spec() with { ReadOnlyPaths = [World.Folder] },
                Spec() with { WritablePaths = ["/tmp"] },
                Spec() with { WritablePaths = [writable], ReadOnlyPaths = [inner] },
                Spec() with { ReadOnlyPaths = ["relative"] },
            ])
            Assert.Equal("path_not_allowed", await CodeOfAsync(() => Driver.CreateAsync(SandboxWorld.NewSandbox(), spec, Stop)));
    }

    [Fact]
    public async Task A_path_declared_below_tmp_is_shown_where_no_process_inside_can_put_a_link_X4()
    {
        string folder = Directory.CreateTempSubdirectory("offstage-declared-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "tool"), "from the host", Stop);
            var info = await Driver.CreateAsync(SandboxWorld.NewSandbox(), Spec() with { ReadOnlyPaths = [folder] }, Stop);
            var first = await ShellAsync(
                info.Sandbox, $"cat {folder}/tool; touch {folder}/x 2>/dev/null && echo wrote; touch /tmp/gone $TMPDIR/kept && echo $TMPDIR");
            var second = await ShellAsync(info.Sandbox, "ls /tmp/gone $TMPDIR/kept 2>/dev/null");

            Assert.Equal("from the host/var/tmp\n", first.StandardOutput);
            Assert.Equal("/var/tmp/kept\n", second.StandardOutput);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Network_none_has_only_its_own_loopback()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        string connect = $"bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}' 2>/dev/null && echo reached; wc -l < /proc/net/dev";
        SandboxInfo none = await CreateAsync();
        SandboxInfo full = await Driver.CreateAsync(SandboxWorld.NewSandbox(), Spec() with { Network = NetworkAccess.Full }, Stop);

        Assert.Equal("3\n", (await ShellAsync(none.Sandbox, connect)).StandardOutput);
        Assert.StartsWith("reached\n", (await ShellAsync(full.Sandbox, connect)).StandardOutput, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_limit_holds_where_it_is_claimed()
    {
        Assert.SkipUnless((await Driver.GetCapabilitiesAsync(Stop)).LimitsMemory, "no memory control group can be made here");
        SandboxInfo info = await LimitedAsync(new SandboxLimits { MemoryBytesMax = 64 * 1024 * 1024 });
        ExecResult result = await ShellAsync(info.Sandbox, "head -c 200000000 /dev/zero | tail -c 190000000 | wc -c");

        Assert.DoesNotContain("190000000", result.StandardOutput, StringComparison.Ordinal);
        Assert.Equal("usable\n", (await ShellAsync(info.Sandbox, "echo usable")).StandardOutput);
    }

    [Fact]
    public async Task Process_limit_holds_where_it_is_claimed_and_stop_ends_a_fork_bomb()
    {
        Assert.SkipUnless((await Driver.GetCapabilitiesAsync(Stop)).LimitsProcesses, "no pids control group can be made here");
        SandboxInfo info = await LimitedAsync(new SandboxLimits { ProcessesMax = 40 });
        ISandboxProcess bomb = await StartReadyAsync(info.Sandbox, "echo ready; b() { b | b & }; b; while :; do sleep 600; done");
        await Driver.StopAsync(info.Sandbox, Stop);
        await bomb.DisposeAsync();
        ExecResult result = await ShellAsync(info.Sandbox, "i=0; while [ $i -lt 100 ]; do sleep 600 & i=$((i+1)); done; echo all");

        Assert.NotEqual("all\n", result.StandardOutput);
        Assert.Equal(SandboxState.Stopped, Assert.Single(await Driver.ListAsync(Stop)).State);
    }

    [Fact]
    public async Task Private_git_works_inside()
    {
        SandboxInfo info = await CreateAsync(await World.MakeRepositoryAsync());
        ExecResult result = await ShellAsync(info.Sandbox, """
            set -e
            git status --porcelain
            echo more >> README.md
            git diff --stat | tail -1
            git add -A && git commit -qm inside
            git log --format=%s
            git diff --stat main..HEAD | tail -1
            git status --porcelain
            """);

        Assert.Equal(" 1 file changed, 1 insertion(+)\ninside\nfirst\n 1 file changed, 1 insertion(+)\n", result.StandardOutput);
        Assert.Equal("", result.StandardError);
    }

    [Fact]
    public async Task Dot_git_cannot_be_replaced_inside_and_what_is_written_there_never_runs_on_the_host()
    {
        WorkspaceSource.Repository source = await World.MakeRepositoryAsync();
        SandboxInfo info = await CreateAsync(source);
        string proof = Path.Combine(info.WorkspacePath!, "owned");
        ExecResult result = await ShellAsync(info.Sandbox, $"""
            rm -f .git; mv .git x; echo 'gitdir: /workspace/evil' > .git
            git config core.fsmonitor 'touch {proof}; false'
            git config core.hooksPath /workspace/hooks
            mkdir hooks; printf '#!/bin/sh\ntouch {proof}\n' > hooks/post-commit; chmod +x hooks/post-commit
            echo changed > README.md
            cat .git
            """);
        Worktree worktree = World.Driver.FindWorktree(info.Sandbox)!;
        var checkpoints = new CheckpointStore(World.NewGit());
        CaptureResult captured = await checkpoints.CaptureAsync(worktree, SandboxWorld.NewSession(), CheckpointNumber.Baseline, Stop);

        Assert.Equal("gitdir: /workspace.git\n", result.StandardOutput);
        Assert.Equal(2, Assert.IsType<CaptureResult.Captured>(captured).SincePrevious.FilesChanged);
        Assert.False(File.Exists(proof));
        Assert.Contains("README.md", await World.HostAsync(info.WorkspacePath!, "git status --porcelain"), StringComparison.Ordinal);
        Assert.False(File.Exists(proof));
        Assert.Equal("", await World.HostAsync(World.SourceFolder, "git status --porcelain"));
    }

    [Fact]
    public async Task Killing_the_owner_leaves_no_process()
    {
        SandboxId sandbox = SandboxWorld.NewSandbox();
        await OwnerProcess.StartAndKillAsync(World, sandbox, Isolation, Stop);

        // The kernel's part is not instant; the marker scan tells when it is done, bounded by the test's own time.
        while (Assert.Single(await Driver.ListAsync(Stop)).State == SandboxState.Running)
            await Task.Yield();
        Assert.Equal(sandbox, Assert.Single(await Driver.ListAsync(Stop)).Sandbox);
    }

    [Fact]
    public async Task Without_bubblewrap_create_says_what_to_do()
    {
        ProcessSandboxDriver driver = World.NewDriver(bubblewrap: "/no/such/bwrap");
        var refused = await Assert.ThrowsAsync<SandboxException>(() => driver.CreateAsync(SandboxWorld.NewSandbox(), Spec(), Stop));

        Assert.Equal(("sandbox_unavailable", false), (refused.Code, refused.Retryable));
        Assert.Contains("--sandbox none", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await driver.ListAsync(Stop));
    }

    private Task<SandboxInfo> LimitedAsync(SandboxLimits limits)
        => Driver.CreateAsync(SandboxWorld.NewSandbox(), Spec() with { Limits = limits }, Stop);
}
