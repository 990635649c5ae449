using Offstage.Contracts;
using Offstage.Processes;

namespace Offstage.Sandboxes.Tests;

public sealed class UnwalledDriverTests : SandboxDriverConformance
{
    protected override Isolation Isolation => Isolation.None;

    [Fact]
    public async Task Process_without_its_marker_is_found_by_its_control_group()
    {
        Assert.SkipUnless((await Driver.GetCapabilitiesAsync(Stop)).LimitsProcesses, "no control groups can be made here");
        SandboxInfo info = await CreateAsync();
        ISandboxProcess process = await StartReadyAsync(info.Sandbox, "env -i setsid sh -c 'exec 1>&-; (sleep 600 &)' ; exec 0<&-; echo ready; sleep 600");
        string pids = await World.HostAsync("/", $"cat $(find /sys/fs/cgroup -path '*{info.Sandbox}/cgroup.procs') | sort -u");
        await Driver.StopAsync(info.Sandbox, Stop);

        Assert.All(pids.Split('\n'), pid => Assert.True(ProcessTree.Find(int.Parse(pid)) is null or { IsZombie: true }));
        await process.DisposeAsync();
    }

    [Fact]
    public async Task Killing_the_owner_leaves_what_the_next_one_lists_and_ends()
    {
        SandboxId sandbox = SandboxWorld.NewSandbox();
        await OwnerProcess.StartAndKillAsync(World, sandbox, Isolation, Stop);
        Assert.Equal(SandboxState.Running, Assert.Single(await Driver.ListAsync(Stop)).State);
        await Driver.StopAsync(sandbox, Stop);

        Assert.Equal(SandboxState.Stopped, Assert.Single(await Driver.ListAsync(Stop)).State);
    }

    [Fact]
    public async Task Git_is_the_real_one()
    {
        SandboxInfo info = await CreateAsync(await World.MakeRepositoryAsync());

        Assert.Equal("", (await ShellAsync(info.Sandbox, "git status --porcelain")).StandardOutput);
        Assert.StartsWith(World.SourceFolder, (await ShellAsync(info.Sandbox, "git rev-parse --path-format=absolute --git-common-dir")).StandardOutput, StringComparison.Ordinal);
    }
}
