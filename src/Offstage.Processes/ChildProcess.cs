using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;

namespace Offstage.Processes;

/// <summary>A child with its pipes. It leads its own process group, whose id is <see cref="Id"/>.</summary>
/// <remarks>Disposing closes our ends of the pipes; it kills nothing. Signals may be sent from any thread.</remarks>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly bool killsGroupAtExit;
    private bool reaped;

    internal ChildProcess(Spawned spawned, bool killsGroupAtExit)
    {
        Id = spawned.Pid;
        this.killsGroupAtExit = killsGroupAtExit;
        StandardInput = spawned.Input < 0 ? Stream.Null : Open(PipeDirection.Out, spawned.Input);
        StandardOutput = Open(PipeDirection.In, spawned.Output);
        StandardError = Open(PipeDirection.In, spawned.Error);
        StatusOutput = spawned.Status < 0 ? Stream.Null : Open(PipeDirection.In, spawned.Status);
    }

    public int Id { get; }

    /// <summary>Disposing it gives the child its end of file. <see cref="Stream.Null"/> when it was not piped.</summary>
    public Stream StandardInput { get; }

    public Stream StandardOutput { get; }

    public Stream StandardError { get; }

    /// <summary>What the child writes to descriptor 3; <see cref="Stream.Null"/> without a status pipe.</summary>
    public Stream StatusOutput { get; }

    /// <summary>Completes with the exit code, or 128 + signal. Grandchildren may still live.</summary>
    public Task<int> Exited => exited.Task;

    /// <summary>Signals the whole process group; no effect when the child has ended.</summary>
    public void SignalGroup(Signal signal) => Send(-Id, signal);

    /// <summary>Signals the child alone; no effect when it has ended.</summary>
    public void SignalLeader(Signal signal) => Send(Id, signal);

    public async ValueTask DisposeAsync()
    {
        await StandardInput.DisposeAsync().ConfigureAwait(false);
        await StandardOutput.DisposeAsync().ConfigureAwait(false);
        await StandardError.DisposeAsync().ConfigureAwait(false);
        await StatusOutput.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Called by the host's thread when the child is a zombie.</summary>
    internal unsafe void Reap()
    {
        int status = 0;
        lock (gate)
        {
            // While the zombie is there its id is ours. Afterwards the same number may be a stranger's group.
            if (killsGroupAtExit)
                _ = Native.Kill(-Id, (int)Signal.Kill);
            while (Native.WaitPid(Id, &status, 0) < 0
                && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Native.Interrupted)
            {
            }

            reaped = true;
        }

        int signal = status & 0x7f;
        exited.SetResult(signal == 0 ? (status >> 8) & 0xff : 128 + signal);
    }

    internal void Abandon() => exited.TrySetException(new ObjectDisposedException(nameof(ProcessHost)));

    private void Send(int target, Signal signal)
    {
        lock (gate)
        {
            if (!reaped)
                _ = Native.Kill(target, (int)signal);
        }
    }

    // An anonymous pipe stream reads through epoll, so that a hundred silent children hold no thread.
    private static AnonymousPipeClientStream Open(PipeDirection direction, int descriptor)
        => new(direction, new SafePipeHandle(descriptor, ownsHandle: true));
}
