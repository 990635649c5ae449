using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Simulation.Tests.World;

/// <summary>The files and processes of all sandboxes. Files outlive a host, processes do not.</summary>
internal sealed class SandboxShelf
{
    private readonly List<SimulatedSandbox> all = [];
    private int processes;

    public IReadOnlyList<SimulatedSandbox> All => all;

    public SimulatedSandbox? Find(SandboxId sandbox) => all.Find(s => s.Id == sandbox);

    public SimulatedSandbox Ensure(SandboxId sandbox, SessionId session, bool hasRepository)
    {
        if (Find(sandbox) is { } there)
            return there;
        var made = new SimulatedSandbox(sandbox, session, hasRepository);
        all.Add(made);
        return made;
    }

    public void Remove(SimulatedSandbox sandbox) => all.Remove(sandbox);

    public SimulatedProcess Launch(SimulatedSandbox sandbox)
    {
        var process = new SimulatedProcess(++processes, sandbox);
        sandbox.Processes.Add(process);
        return process;
    }

    /// <summary>The host died, and all it started with it.</summary>
    public void KillAll()
    {
        foreach (var process in all.SelectMany(s => s.Processes).ToArray())
            process.End(leavesChild: false);
    }
}

internal sealed class SimulatedSandbox(SandboxId id, SessionId session, bool hasRepository)
{
    public SandboxId Id => id;

    public SessionId Session => session;

    public bool HasRepository => hasRepository;

    /// <summary>Begun and not finished.</summary>
    public bool IsPartial { get; set; }

    /// <summary>Work that no checkpoint holds (B3).</summary>
    public bool IsDirty { get; set; }

    public List<SimulatedProcess> Processes { get; } = [];

    public SandboxInfo ToInfo() => IsPartial
        ? new SandboxInfo(id, session, SandboxState.Partial, null, null, null, null)
        : new SandboxInfo(
            id, session, Processes.Count > 0 ? SandboxState.Running : SandboxState.Stopped,
            $"/sandboxes/{id}/work", "/work", "/home/agent", hasRepository ? "base" : null);
}

/// <summary>An agent's process. When it ends it may leave a child behind, which only the sandbox's stop ends.</summary>
internal sealed class SimulatedProcess(int number, SimulatedSandbox sandbox) : ISandboxProcess
{
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Number => number;

    public SimulatedSandbox Sandbox => sandbox;

    /// <summary>The agent itself lives; a child left behind says nothing.</summary>
    public bool IsSpeaking { get; private set; } = true;

    public Action? Ended { get; set; }

    public Stream StandardInput => Stream.Null;

    public Stream StandardOutput => Stream.Null;

    public string StandardErrorTail => "";

    public Task<int> Exited => exited.Task;

    public void End(bool leavesChild)
    {
        if (!leavesChild)
            sandbox.Processes.Remove(this);
        if (!IsSpeaking)
            return;
        IsSpeaking = false;
        exited.TrySetResult(137);
        Ended?.Invoke();
    }

    public Task KillAsync(CancellationToken cancellationToken)
    {
        End(leavesChild: false);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        End(leavesChild: false);
        return ValueTask.CompletedTask;
    }
}
