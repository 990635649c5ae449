namespace Offstage.Shell.Execution;

/// <summary>A process that runs beside its parent.</summary>
#pragma warning disable CA1001 // The event is waited for by others as long as any of them likes; the collector takes it.
internal sealed class ProcessHandle
#pragma warning restore CA1001
{
    private readonly ManualResetEventSlim done = new();
    private int status;

    private ProcessHandle(ShellProcess process) => Process = process;

    public ShellProcess Process { get; }

    public bool IsDone => done.IsSet;

    /// <summary>Valid when it is done.</summary>
    public int Status => status;

    public ManualResetEventSlim Done => done;

    /// <summary>Starts a forked process on a thread of its own.</summary>
    /// <returns>Null when there may be no more processes; nothing was started then.</returns>
    public static ProcessHandle? Start(ShellProcess process, Func<ShellProcess, int> body, Action? ended = null)
    {
        Budget budget = process.Budget;
        if (!budget.TryEnterProcess())
            return null;
        var handle = new ProcessHandle(process);
        process.Session.Register(process);
        process.Session.Track(handle);
        bool started = WorkerThreads.TryRun(() =>
        {
            try
            {
                handle.status = process.RunToEnd(body);
            }
            catch (ShellStoppedException)
            {
                // The whole run is over; its main process tells why.
                handle.status = 137;
            }
            catch (Exception e)
            {
                // A mistake of ours must not take the host down with it; the run's caller is told.
                handle.status = 125;
                process.Session.Fault(e);
            }
            finally
            {
                budget.LeaveProcess();
                process.Session.Untrack(handle);
                handle.done.Set();
                ended?.Invoke();
            }
        });
        if (started)
            return handle;
        process.Session.Untrack(handle);
        process.Session.Forget(process);
        budget.LeaveProcess();
        return null;
    }

    /// <summary>Waits for its end.</summary>
    public int Wait(Interruption interruption)
    {
        if (!done.IsSet)
            interruption.Wait(done, Timeout.InfiniteTimeSpan);
        return status;
    }
}
