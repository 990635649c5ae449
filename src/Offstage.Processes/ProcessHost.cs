using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Offstage.Processes;

/// <summary>Starts all children of this process, and learns of their end. One for the application.</summary>
/// <remarks>
/// Everything happens on one thread that lives as long as the host. That is a promise, not a convenience:
/// <c>PR_SET_PDEATHSIG</c>, which <c>bwrap --die-with-parent</c> uses, fires when the <em>thread</em> that forked ends, and
/// thread-pool threads end whenever they are idle. Disposing the host ends the thread, and so every such child.
/// </remarks>
public sealed unsafe class ProcessHost : IDisposable
{
    private readonly ConcurrentQueue<Action> requests = new();
    private readonly Dictionary<int, Action> watched = [];
    private readonly ProcessMark? mark;
    private readonly Thread thread;
    private readonly int wakeUp;
    private Native.PollDescriptor[] polled = [];
    private volatile bool disposed;

    /// <param name="mark">Carried by every child; null: none.</param>
    public ProcessHost(ProcessMark? mark = null)
    {
        this.mark = mark;
        wakeUp = Native.EventDescriptor(0, Native.CloseOnExec | Native.NonBlocking);
        if (wakeUp < 0)
            throw new ProcessStartException("eventfd", Marshal.GetLastPInvokeError(), "The descriptor that wakes the child thread could not be made");
        thread = new Thread(Serve) { IsBackground = true, Name = "offstage children" };
        thread.Start();
    }

    /// <summary>Starts a child.</summary>
    /// <exception cref="ProcessStartException">The program, its interpreter or the folder is not there, or the kernel refused.</exception>
    /// <exception cref="ObjectDisposedException">The host is disposed.</exception>
    public Task<ChildProcess> StartAsync(ChildSpec spec)
    {
        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        Ask(() =>
        {
            if (disposed)
            {
                started.SetException(new ObjectDisposedException(nameof(ProcessHost)));
                return;
            }

            try
            {
                started.SetResult(Start(spec));
            }
            catch (Exception failure)
            {
                started.SetException(failure);
            }
        });
        return started.Task;
    }

    /// <summary>Waits until a process that need not be our child has ended; completes at once when there is none.</summary>
    public Task WaitForEndAsync(int pid)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Ask(() =>
        {
            int descriptor = disposed ? -1 : Native.PidfdOpen(pid);
            if (descriptor < 0)
                ended.SetResult();
            else
                watched.Add(descriptor, ended.SetResult);
        });
        return ended.Task;
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        Wake();
        if (Thread.CurrentThread != thread)
            thread.Join();
    }

    private ChildProcess Start(ChildSpec spec)
    {
        Spawned spawned = Spawner.Spawn(mark is null
            ? spec
            : spec with { Environment = new Dictionary<string, string>(spec.Environment) { [mark.Name] = mark.Value } });
        var child = new ChildProcess(spawned, spec.KillsGroupAtExit);
        int descriptor = Native.PidfdOpen(spawned.Pid);
        if (descriptor < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            _ = Native.Kill(-spawned.Pid, (int)Signal.Kill);
            child.Reap();
            throw new ProcessStartException(spec.Program, errno, $"The end of {spec.Program} cannot be observed: Linux 5.3 or newer is needed");
        }

        watched.Add(descriptor, child.Reap);
        return child;
    }

    private void Ask(Action request)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        requests.Enqueue(request);
        Wake();
    }

    private void Wake()
    {
        ulong one = 1;
        _ = Native.Write(wakeUp, &one, sizeof(ulong));
    }

    private void Serve()
    {
        while (!disposed)
        {
            int count = Poll();
            for (int i = 1; i < count; i++)
            {
                if (polled[i].Returned == 0)
                    continue;
                _ = watched.Remove(polled[i].Descriptor, out Action? ended);
                _ = Native.Close(polled[i].Descriptor);
                ended!();
            }

            if (polled[0].Returned != 0)
                AnswerRequests();
        }

        AnswerRequests();
        foreach (int descriptor in watched.Keys)
            _ = Native.Close(descriptor);
        _ = Native.Close(wakeUp);
    }

    private int Poll()
    {
        int count = watched.Count + 1;
        if (polled.Length < count)
            polled = new Native.PollDescriptor[count * 2];
        polled[0] = new() { Descriptor = wakeUp, Events = Native.PollIn };
        int next = 1;
        foreach (int descriptor in watched.Keys)
            polled[next++] = new() { Descriptor = descriptor, Events = Native.PollIn };
        fixed (Native.PollDescriptor* descriptors = polled)
        {
            while (Native.Poll(descriptors, (nuint)count, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() != Native.Interrupted)
                    throw new InvalidOperationException($"poll failed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }

        return count;
    }

    private void AnswerRequests()
    {
        ulong ignored;
        _ = Native.Read(wakeUp, &ignored, sizeof(ulong));
        while (requests.TryDequeue(out Action? request))
            request();
    }
}
