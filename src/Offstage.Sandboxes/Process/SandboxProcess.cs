using Offstage.Contracts;
using Offstage.Processes;

namespace Offstage.Sandboxes.Process;

/// <summary>One started program with the tree below it.</summary>
internal sealed class SandboxProcess : ISandboxProcess
{
    private readonly ChildProcess child;
    private readonly Func<ChildProcess, Task> endTree;
    private readonly OutputTail errors;

    /// <param name="endTree">Called when the program has ended; completes when nothing below it is left.</param>
    public SandboxProcess(ChildProcess child, Func<ChildProcess, Task> endTree)
    {
        this.child = child;
        this.endTree = endTree;
        errors = new OutputTail(child.StandardError);
        Exited = WatchAsync();
    }

    public Stream StandardInput => child.StandardInput;

    public Stream StandardOutput => child.StandardOutput;

    public string StandardErrorTail => errors.Text;

    public Task<int> Exited { get; }

    public async Task KillAsync(CancellationToken cancellationToken)
    {
        child.SignalGroup(Signal.Kill);
        await Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None).ConfigureAwait(false);
        await child.DisposeAsync().ConfigureAwait(false);
        await errors.Drained.ConfigureAwait(false);
    }

    private async Task<int> WatchAsync()
    {
        int exitCode = await child.Exited.ConfigureAwait(false);
        await endTree(child).ConfigureAwait(false);
        return exitCode;
    }
}
