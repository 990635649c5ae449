namespace Offstage.Shell;

/// <summary>What can end one process from outside: its run being over, or a deadly signal from the shell's own <c>kill</c> and <c>timeout</c>.</summary>
/// <remarks>Made with the process; safe from several threads.</remarks>
public sealed class Interruption
{
    private readonly Interruption? parent;
    private readonly Lock gate = new();
    private CancellationTokenSource? source;
    private volatile int signal;

    public Interruption(Budget budget) => Budget = budget;

    /// <summary>Of a process that dies with its parent as well as by itself.</summary>
    public Interruption(Interruption parent)
    {
        Budget = parent.Budget;
        this.parent = parent;
    }

    /// <summary>One that was not killed yet, for what a killed process still does at its end.</summary>
    internal Interruption Renewed() => parent is null ? new Interruption(Budget) : new Interruption(parent);

    public Budget Budget { get; }

    /// <summary>Cancelled when the process is to end. For what blocks; loops call <see cref="Check"/>.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (gate)
            {
                if (source is null)
                {
                    source = CancellationTokenSource.CreateLinkedTokenSource(parent?.Token ?? Budget.Stopping);
                    if (signal != 0)
                        source.Cancel();
                }

                return source.Token;
            }
        }
    }

    /// <summary>Throws when the process is to end. Costs a few nanoseconds.</summary>
    /// <exception cref="ShellStoppedException">The whole run is over.</exception>
    /// <exception cref="ProcessKilledException">This process was killed.</exception>
    public void Check()
    {
        Budget.Check();
        for (Interruption? at = this; at is not null; at = at.parent)
        {
            if (at.signal != 0)
                throw new ProcessKilledException(at.signal);
        }
    }

    /// <summary>Ends the process with a signal; the first one counts.</summary>
    public void Kill(int number)
    {
        lock (gate)
        {
            if (signal != 0)
                return;
            signal = number;
            source?.Cancel();
        }
    }

    /// <summary>Waits until something is signalled, the time is over, or the process is to end.</summary>
    /// <returns>False when the time is over.</returns>
    public bool Wait(ManualResetEventSlim done, TimeSpan timeout)
    {
        Check();
        try
        {
            return done.Wait(timeout, Token);
        }
        catch (OperationCanceledException)
        {
            Check();
            throw;
        }
    }
}

/// <summary>Unwinds a process that a signal ended. Its status is 128 and the number.</summary>
public sealed class ProcessKilledException(int signal) : Exception($"killed by signal {signal}")
{
    public int Signal => signal;
}
