using Offstage.Shell.Files;

namespace Offstage.Shell.Execution;

/// <summary>What all processes of a shell have in common.</summary>
internal sealed class ShellSession(ShellSettings settings)
{
    private readonly Lock gate = new();
    private readonly Dictionary<int, ShellProcess> processes = [];
    private readonly List<ProcessHandle> handles = [];
    private Exception? fault;
    private int lastPid = settings.ProcessId;

    public ShellSettings Settings => settings;

    public CommandRegistry Commands => settings.Commands;

    public TimeProvider Time => settings.Time;

    public IFileTree Files { get; } = new ProgramFileTree(settings.Files, settings.Commands);

    public int NextPid() => Interlocked.Increment(ref lastPid);

    public void Register(ShellProcess process)
    {
        lock (gate)
            processes[process.Pid] = process;
    }

    public void Forget(ShellProcess process)
    {
        lock (gate)
            processes.Remove(process.Pid);
    }

    public ShellProcess? Find(int pid)
    {
        lock (gate)
            return processes.GetValueOrDefault(pid);
    }

    /// <summary>A process began on a thread of its own.</summary>
    public void Track(ProcessHandle handle)
    {
        lock (gate)
            handles.Add(handle);
    }

    public void Untrack(ProcessHandle handle)
    {
        lock (gate)
            handles.Remove(handle);
    }

    /// <summary>Something failed that never should; it is thrown when the run ends.</summary>
    public void Fault(Exception exception) => Interlocked.CompareExchange(ref fault, exception, null);

    public void ThrowFault()
    {
        if (Interlocked.Exchange(ref fault, null) is { } exception)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);
    }

    /// <summary>Ends every process but one, and waits until they are gone.</summary>
    public void EndOthers(ShellProcess process)
    {
        while (true)
        {
            ProcessHandle[] left;
            lock (gate)
            {
                left = [.. handles];
                foreach (ShellProcess other in processes.Values)
                {
                    if (other != process)
                        other.Interruption.Kill(Signals.Kill);
                }
            }

            if (left.Length == 0)
                return;
            foreach (ProcessHandle handle in left)
            {
                handle.Process.Interruption.Kill(Signals.Kill);
                handle.Done.Wait();
                Untrack(handle);
            }
        }
    }
}
