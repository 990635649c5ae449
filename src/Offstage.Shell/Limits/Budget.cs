namespace Offstage.Shell;

/// <summary>Counts what a run uses and ends it when it is too much. Shared by all processes of the run; safe from several threads.</summary>
public sealed class Budget : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenRegistration callers;
    private readonly ITimer? deadline;
    private volatile ShellStop? stop;
    private long commands;
    private long loopTurns;
    private long outputBytes;
    private long heldBytes;
    private int processes;

    public Budget(ShellLimits limits, TimeProvider time, CancellationToken cancellationToken)
    {
        Limits = limits;
        if (limits.WallTime is { } wallTime)
            deadline = time.CreateTimer(static b => ((Budget)b!).StopFor(new ShellStop.TimedOut(((Budget)b).Limits.WallTime!.Value)), this, wallTime, Timeout.InfiniteTimeSpan);
        if (cancellationToken.CanBeCanceled)
            callers = cancellationToken.UnsafeRegister(static b => ((Budget)b!).StopFor(new ShellStop.Cancelled()), this);
    }

    public ShellLimits Limits { get; }

    /// <summary>Cancelled when the run is to end, for whatever reason. Only what blocks needs it; loops call <see cref="Check"/>.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Why the run ends, or null while it goes on.</summary>
    public ShellStop? Stop => stop;

    public long HeldBytes => Interlocked.Read(ref heldBytes);

    public long Commands => Interlocked.Read(ref commands);

    /// <exception cref="ShellStoppedException">The run is to end.</exception>
    public void Check()
    {
        if (stop is { } reason)
            throw new ShellStoppedException(reason);
    }

    public void CountCommand()
    {
        Check();
        if (Interlocked.Increment(ref commands) > Limits.CommandsMax)
            End(new ShellStop.TooManyCommands(Limits.CommandsMax));
    }

    public void CountLoopTurn()
    {
        Check();
        if (Interlocked.Increment(ref loopTurns) > Limits.LoopTurnsMax)
            End(new ShellStop.TooManyLoopTurns(Limits.LoopTurnsMax));
    }

    public void CountOutput(long count)
    {
        Check();
        if (Interlocked.Add(ref outputBytes, count) > Limits.OutputBytesMax)
            End(new ShellStop.TooMuchOutput(Limits.OutputBytesMax));
    }

    /// <summary>Counts memory that is about to be held. Give back the same amount with <see cref="Release"/>.</summary>
    public void Hold(long count)
    {
        if (Interlocked.Add(ref heldBytes, count) > Limits.HeldBytesMax)
        {
            Interlocked.Add(ref heldBytes, -count);
            End(new ShellStop.TooMuchMemory(Limits.HeldBytesMax));
        }
    }

    public void Release(long count) => Interlocked.Add(ref heldBytes, -count);

    /// <summary>Takes one place for a process that runs beside its parent.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryEnterProcess()
    {
        if (Interlocked.Increment(ref processes) <= Limits.ProcessesMax)
            return true;
        Interlocked.Decrement(ref processes);
        return false;
    }

    public void LeaveProcess() => Interlocked.Decrement(ref processes);

    /// <summary>Ends the run and the calling process with it.</summary>
    public void End(ShellStop reason)
    {
        StopFor(reason);
        throw new ShellStoppedException(stop!);
    }

    /// <summary>Ends the run; the first reason stays.</summary>
    public void StopFor(ShellStop reason)
    {
        if (Interlocked.CompareExchange(ref stop, reason, null) is null)
            stopping.Cancel();
    }

    public void Dispose()
    {
        callers.Dispose();
        deadline?.Dispose();
        stopping.Dispose();
    }
}
