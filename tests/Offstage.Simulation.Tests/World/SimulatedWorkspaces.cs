using Offstage.Contracts;
using Offstage.Sessions.Effects;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Simulation.Tests.World;

/// <summary>Checkpoints of simulated files.</summary>
internal sealed class SimulatedWorkspaces(SimulatedWorld world, SimulatedHost host) : IWorkspaces
{
    public async Task<CaptureOutcome> CaptureAsync(
        SessionState state, SandboxId sandbox, CheckpointNumber number, string? commitMessage, Person author, CancellationToken cancellationToken)
    {
        var there = await FindAsync("capture", sandbox, cancellationToken);
        bool changed = there.IsDirty || number == CheckpointNumber.Baseline;
        there.IsDirty = false;
        if (world.Chaos.Happens(world.Chaos.WorkspaceFails / 2))
            throw new WorkspaceException("The simulated capture was done, and its answer is lost.", retryable: true);
        CheckpointResult result = changed
            ? new CheckpointResult.Captured(number, $"commit-{number}", 1, 1, 0)
            : new CheckpointResult.Unchanged();
        return new CaptureOutcome(result, commitMessage is null ? null : new BranchCommit("offstage/simulated", $"branch-{number}"));
    }

    public async Task<CheckpointResult> RevertAsync(
        SessionState state, SandboxId sandbox, CheckpointNumber to, CheckpointNumber savedAs, CancellationToken cancellationToken)
    {
        var there = await FindAsync("revert", sandbox, cancellationToken);
        there.IsDirty = false;
        return new CheckpointResult.Captured(savedAs, $"commit-{savedAs}", 1, 0, 1);
    }

    public Task<WorkspaceDiff> DiffAsync(SessionState state, CheckpointNumber from, CheckpointNumber to, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public async Task ForgetAsync(SessionState state, CancellationToken cancellationToken)
    {
        await Task.Delay(world.Chaos.Between(0.001, 0.1), host.Clock, cancellationToken);
        if (world.Chaos.Happens(world.Chaos.WorkspaceFails))
            throw new WorkspaceException("The simulated repository is locked.", retryable: true);
    }

    private async Task<SimulatedSandbox> FindAsync(string what, SandboxId sandbox, CancellationToken cancellationToken)
    {
        world.Scheduler.RequireThread("The workspaces were called");
        world.Trace.Add("files", $"{what} {sandbox}");
        await Task.Delay(world.Chaos.Between(0.001, 0.3), host.Clock, cancellationToken);
        if (world.Chaos.Happens(world.Chaos.WorkspaceFails))
            throw new WorkspaceException("The simulated files are locked.", retryable: true);
        return world.Shelf.Find(sandbox) is { IsPartial: false } there
            ? there
            : throw new WorkspaceException("The simulated files are not there any more.", retryable: false);
    }
}
