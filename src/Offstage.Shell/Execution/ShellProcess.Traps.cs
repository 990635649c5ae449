using System.Numerics;
using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Traps that a function does not see.</summary>
internal readonly record struct SavedTraps(string? Debug, string? Return, string? Error);

/// <summary>Traps and signals.</summary>
internal sealed partial class ShellProcess
{
    private TrapTable? traps;
    private ulong pendingSignals;
    private bool runningTrap;

    /// <summary>The parent ran the DEBUG trap for this stage of a pipeline before it forked.</summary>
    private bool debugTrapRan;

    public TrapTable Traps => traps ??= new TrapTable();

    public bool SignalIsIgnored(int number) => traps?.Find(Signals.Name(number)!) == "";

    /// <summary>Sends the process a signal, from any thread.</summary>
    public void Signal(int number)
    {
        if (number == 0)
            return;
        string? command = number == Signals.Kill ? null : traps?.Find(Signals.Name(number)!);
        if (command == "")
            return;
        if (command is not null)
        {
            Interlocked.Or(ref pendingSignals, 1UL << (number - 1));
            signalled?.Set();
        }
        else if (!Signals.IsHarmless(number))
        {
            Interruption.Kill(number);
        }
    }

    private ManualResetEventSlim? signalled;

    /// <summary>Waits for a process to end, or for a trapped signal.</summary>
    /// <returns>False when a signal came first.</returns>
    public bool WaitFor(ProcessHandle handle)
    {
        if (handle.IsDone)
            return true;
        if (traps is null)
        {
            handle.Wait(Interruption);
            return true;
        }

        signalled ??= new ManualResetEventSlim();
        while (true)
        {
            signalled.Reset();
            if (Volatile.Read(ref pendingSignals) != 0)
                return false;
            int first = WaitHandle.WaitAny([handle.Done.WaitHandle, signalled.WaitHandle, Interruption.Token.WaitHandle]);
            Interruption.Check();
            if (first == 0)
                return true;
        }
    }

    public bool HasPendingSignal => Volatile.Read(ref pendingSignals) != 0;

    /// <summary>What is done before each command: the limits, signals that came, the DEBUG trap.</summary>
    /// <returns>False when the command is not to run.</returns>
    private bool BeforeCommand()
    {
        if (IsStopping())
            return false;
        Budget.CountCommand();
        Interruption.Check();
        if (pendingSignals != 0)
            RunPendingTraps();
        return traps is null || DebugTrapAllows();
    }

    /// <summary>
    /// Leaves everything, as <c>exit</c> does, when the run is to end: an exception would take long to come up through thousands of functions.
    /// </summary>
    private bool IsStopping()
    {
        if (Budget.Stop is null)
            return false;
        Flow = Flow.Exit;
        return true;
    }

    /// <summary>Runs the DEBUG trap.</summary>
    /// <returns>False when the command before which it ran is not to run: the trap left a function or, under <c>extdebug</c>, failed.</returns>
    private bool DebugTrapAllows()
    {
        if (debugTrapRan || runningTrap || traps?.Find("DEBUG") is not { Length: > 0 } command)
        {
            debugTrapRan = false;
            return Flow == Flow.None;
        }

        int status = RunTrap(command);
        if (Flow != Flow.None)
            return false;
        if (status == 0 || !Options.Shopt("extdebug"))
            return true;
        LastStatus = 0;
        if (status == 2 && Returnable > 0)
        {
            LastStatus = 2;
            Flow = Flow.Return;
        }

        return false;
    }

    /// <summary>Remembers the command for <c>BASH_COMMAND</c>, which within a trap tells the one before it.</summary>
    private void NowRunning(Command command)
    {
        if (runningTrap)
            return;
        currentCommand = command;
        currentExpression = null;
    }

    /// <summary>A subshell has none of the traps but the ignored signals, and the events that options hand down.</summary>
    private void ResetTraps() => traps?.Reset([.. Options.Get("functrace") ? (string[])["DEBUG", "RETURN"] : [], .. Options.Get("errtrace") ? (string[])["ERR"] : []]);

    /// <summary>The first signal whose trap is still to run; valid when there is one.</summary>
    public int PendingSignal => BitOperations.TrailingZeroCount(Volatile.Read(ref pendingSignals)) + 1;

    public void RunPendingTraps()
    {
        while (pendingSignals != 0)
        {
            int number = PendingSignal;
            Interlocked.And(ref pendingSignals, ~(1UL << (number - 1)));
            if (traps?.Find(Signals.Name(number)!) is { Length: > 0 } command)
                RunTrap(command, isSignal: true);
        }
    }

    /// <summary>Runs a trap's command; the status is what it was afterwards, unless the trap exits.</summary>
    /// <returns>The status of the trap's command.</returns>
    private int RunTrap(string command, bool isSignal = false)
    {
        int status = LastStatus;
        int line = CurrentLine;
        IReadOnlyList<int> pipeStatus = PipeStatus;
        bool outer = runningTrap;
        runningTrap = !isSignal || outer;
        (Command? running, ArithmeticSource? expression) = (currentCommand, currentExpression);
        int trapStatus;
        try
        {
            CallDepth++;
            RunScript(command, "trap", CurrentLine, recovers: true);
        }
        finally
        {
            CallDepth--;
            runningTrap = outer;
            (currentCommand, currentExpression) = (running, expression);
            trapStatus = LastStatus;
        }

        if (Flow == Flow.None)
        {
            LastStatus = status;
            CurrentLine = line;
            PipeStatus = pipeStatus;
        }

        return trapStatus;
    }

    private bool HasErrorTrap => traps?.Find("ERR") is { Length: > 0 };

    private void RunErrorTrap()
    {
        if (!runningTrap && traps?.Find("ERR") is { Length: > 0 } command)
            RunTrap(command);
    }

    private void RunReturnTrap()
    {
        if (!runningTrap && Flow is Flow.None && traps?.Find("RETURN") is { Length: > 0 } command)
            RunTrap(command);
    }

    /// <summary>Runs the EXIT trap as the last thing of a process.</summary>
    /// <returns>The status: the trap's own exit, or the one before.</returns>
    public int RunExitTrap(int status)
    {
        if (traps?.Find("EXIT") is not { Length: > 0 } command)
            return status;
        traps.Forget("EXIT");
        if (KilledBy == Signals.Kill)
            return status;
        if (KilledBy != 0)
            Interruption = Interruption.Renewed();
        LastStatus = status;
        Flow = Flow.None;
        errorsExpected = 0;
        int own = Guard(_ =>
        {
            RunScript(command, "exit trap", 1, recovers: false);
            return Flow == Flow.Exit ? LastStatus : status;
        });
        return KilledBy != 0 ? status : own;
    }

    /// <summary>Signals that the parent ignores stay ignored in a shell that it starts.</summary>
    private void IgnoreAs(ShellProcess parent)
    {
        if (parent.traps is null)
            return;
        foreach ((string name, _) in parent.traps.All().Where(t => t.Value.Length == 0 && Signals.Find(t.Key) is not null))
            Traps.Set(name, "");
    }

    /// <summary>A function sees the DEBUG, RETURN and ERR traps only where options say so.</summary>
    private SavedTraps HideTraps()
    {
        if (traps is null)
            return default;
        bool function = Options.Get("functrace");
        bool error = Options.Get("errtrace");
        var saved = new SavedTraps(function ? null : traps.Find("DEBUG"), function ? null : traps.Find("RETURN"), error ? null : traps.Find("ERR"));
        if (saved.Debug is not null)
            traps.Forget("DEBUG");
        if (saved.Return is not null)
            traps.Forget("RETURN");
        if (saved.Error is not null)
            traps.Forget("ERR");
        return saved;
    }

    private void RestoreTraps(SavedTraps saved)
    {
        if (saved.Debug is not null && traps!.Find("DEBUG") is null)
            traps.Set("DEBUG", saved.Debug);
        if (saved.Return is not null && traps!.Find("RETURN") is null)
            traps.Set("RETURN", saved.Return);
        if (saved.Error is not null && traps!.Find("ERR") is null)
            traps.Set("ERR", saved.Error);
    }
}
