using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Simulation.Tests.World;

/// <summary>A driver that hangs, throws before and after it has done something, and loses its answer.</summary>
internal sealed class SimulatedDriver(SimulatedWorld world, SimulatedHost host) : ISandboxDriver
{
    private Chaos Chaos => world.Chaos;

    public string Kind => "process";

    public Task<SandboxCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ExecResult> ExecAsync(SandboxId sandbox, ExecSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public async Task<SandboxInfo> CreateAsync(SandboxId sandbox, SandboxSpec spec, CancellationToken cancellationToken)
    {
        Called("create", sandbox);
        world.Ledger.RequireOwned(sandbox, spec.Session, "The driver was asked to create");
        await BeforeAsync("create", sandbox, cancellationToken);
        var made = world.Shelf.Ensure(sandbox, spec.Session, spec.Workspace is WorkspaceSource.Repository);
        if (Chaos.Happens(Chaos.DriverFails / 2))
        {
            made.IsPartial = !made.IsDirty && made.Processes.Count == 0;
            throw Failed("create", sandbox, "fails half-way");
        }

        made.IsPartial = false;
        await AfterAsync("create", sandbox, cancellationToken);
        return made.ToInfo();
    }

    public async Task<ISandboxProcess> StartProcessAsync(SandboxId sandbox, ProcessSpec spec, CancellationToken cancellationToken)
    {
        Called("start process in", sandbox);
        await BeforeAsync("start process in", sandbox, cancellationToken);
        if (world.Shelf.Find(sandbox) is not { IsPartial: false } there)
            throw new SandboxException("sandbox_not_found", "There is no such sandbox.", retryable: false);
        world.Ledger.RequireOwned(sandbox, there.Session, "A process was started in");
        if (there.Processes.Count > 0)
            world.Violate("S9", $"an agent starts in {sandbox} beside process {there.Processes[0].Number}, which nobody has ended");
        var process = world.Shelf.Launch(there);
        world.Trace.Add("driver", $"process {process.Number} runs in {sandbox}");
        return process;
    }

    public async Task StopAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        Called("stop", sandbox);
        await BeforeAsync("stop", sandbox, cancellationToken);
        EndProcesses("stop", sandbox);
        await AfterAsync("stop", sandbox, cancellationToken);
    }

    public async Task DestroyAsync(SandboxId sandbox, CancellationToken cancellationToken)
    {
        Called("destroy", sandbox);
        await BeforeAsync("destroy", sandbox, cancellationToken);
        if (world.Shelf.Find(sandbox) is { } there)
        {
            EndProcesses("destroy", sandbox);
            world.Ledger.RequireSaved(there);
            if (Chaos.Happens(Chaos.DriverFails / 2))
            {
                there.IsPartial = true;
                there.IsDirty = false;
                throw Failed("destroy", sandbox, "fails half-way");
            }

            world.Shelf.Remove(there);
        }

        await AfterAsync("destroy", sandbox, cancellationToken);
    }

    public async Task<IReadOnlyList<SandboxInfo>> ListAsync(CancellationToken cancellationToken)
    {
        world.Scheduler.RequireThread("The driver was called");
        await BeforeAsync("list", null, cancellationToken);
        return [.. world.Shelf.All.Select(s => s.ToInfo())];
    }

    private void Called(string what, SandboxId sandbox)
    {
        world.Scheduler.RequireThread("The driver was called");
        world.Trace.Add("driver", $"{what} {sandbox}");
    }

    private void EndProcesses(string what, SandboxId sandbox)
    {
        if (world.Shelf.Find(sandbox) is not { } there)
            return;
        world.Ledger.RequireNotInUse(there, what);
        foreach (var process in there.Processes.ToArray())
            process.End(leavesChild: false);
    }

    private async Task BeforeAsync(string what, SandboxId? sandbox, CancellationToken cancellationToken)
    {
        await Task.Delay(Chaos.Between(0.001, 0.4), host.Clock, cancellationToken);
        if (Chaos.Happens(Chaos.DriverHangs))
            await HangAsync(what, sandbox, cancellationToken);
        if (Chaos.Happens(Chaos.DriverFails))
            throw Failed(what, sandbox, "fails before anything was done");
    }

    private async Task AfterAsync(string what, SandboxId? sandbox, CancellationToken cancellationToken)
    {
        if (!Chaos.Happens(Chaos.DriverLosesAnswer))
            return;
        if (Chaos.Next(3) == 0)
            await HangAsync(what, sandbox, cancellationToken);
        throw Failed(what, sandbox, "did it, and the answer is lost");
    }

    private async Task HangAsync(string what, SandboxId? sandbox, CancellationToken cancellationToken)
    {
        world.Trace.Add("driver", $"{what} {sandbox} hangs");
        bool ignoresToken = Chaos.Next(4) == 0;
        await Task.Delay(Chaos.Between(5, ignoresToken ? 40 : 200), host.Clock, ignoresToken ? CancellationToken.None : cancellationToken);
    }

    private SandboxException Failed(string what, SandboxId? sandbox, string how)
    {
        world.Trace.Add("driver", $"{what} {sandbox} {how}");
        return new SandboxException("sandbox_unavailable", $"The simulated driver could not {what}: it {how}.", retryable: Chaos.Next(5) != 0);
    }
}
