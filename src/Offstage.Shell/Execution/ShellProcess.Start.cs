using Offstage.Shell.Files;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Execution;

/// <summary>How processes begin and end.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>The main process of a shell, without descriptors.</summary>
    public static ShellProcess Start(ShellSession session, Interruption interruption)
    {
        ShellSettings settings = session.Settings;
        var process = new ShellProcess(session, interruption, settings.ProcessId)
        {
            MainPid = settings.ProcessId,
            ParentPid = settings.ProcessId - 1,
            WorkingDirectory = settings.WorkingDirectory,
            Umask = settings.Umask,
            Name = settings.Name,
            Files = settings.Audit is { } audit ? new AuditedFileTree(session.Files, audit) : session.Files,
            SecondsFrom = session.Time.GetTimestamp(),
        };
        SpecialVariables.Define(process, settings);
        return process;
    }

    /// <summary>Attaches the process to another run: its budget and streams.</summary>
    public void Attach(Interruption interruption, FileDescription input, FileDescription output, FileDescription error)
    {
        Interruption = interruption;
        Descriptors.Set(0, input);
        Descriptors.Set(1, output);
        Descriptors.Set(2, error);
        Flow = Flow.None;
    }

    /// <summary>A copy that goes its own way, as fork makes it.</summary>
    public ShellProcess Fork()
    {
        functionsShared = true;
        var child = new ShellProcess(Session, new Interruption(Interruption), Session.NextPid())
        {
            MainPid = MainPid,
            ParentPid = Pid,
            SubshellDepth = SubshellDepth + 1,
            Descriptors = Descriptors.Fork(),
            Options = Options,
            Files = Files,
            WorkingDirectory = WorkingDirectory,
            Umask = Umask,
            Name = Name,
            ScriptPath = ScriptPath,
            Positional = Positional,
            LastStatus = LastStatus,
            LastBackgroundPid = LastBackgroundPid,
            Functions = Functions,
            functionsShared = true,
            Aliases = Aliases.Count == 0 ? new(StringComparer.Ordinal) : new(Aliases, StringComparer.Ordinal),
            Hashed = Hashed.Count == 0 ? new(StringComparer.Ordinal) : new(Hashed, StringComparer.Ordinal),
            DirectoryStack = DirectoryStack.Count == 0 ? [] : [.. DirectoryStack],
            DisabledBuiltins = DisabledBuiltins.Count == 0 ? [] : [.. DisabledBuiltins],
            Completions = Completions.Count == 0 ? new(StringComparer.Ordinal) : new(Completions, StringComparer.Ordinal),
            Frames = Frames.Count == 0 ? [] : [.. Frames],
            FunctionDepth = FunctionDepth,
            CallDepth = CallDepth,
            CurrentLine = CurrentLine,
            Returnable = Returnable,
            IsUtf8 = IsUtf8,
            Separators = Separators,
            Random = new RandomNumbers(),
            SecondsFrom = SecondsFrom,
            SecondsOffset = SecondsOffset,
            OptionOffset = OptionOffset,
            currentCommand = currentCommand,
            currentExpression = currentExpression,
            parserOptions = parserOptions?.Aliases is null ? parserOptions : null,
            errorsExpected = errorsExpected,
            PipeStatus = PipeStatus,
            Jobs = Jobs.All.Count == 0 ? new JobTable() : Jobs.Fork(),
            LastArgument = LastArgument,
            TraceDepth = TraceDepth,
        };
        child.Variables = Variables.Fork(child);
        child.traps = traps?.Fork();
        return child;
    }

    /// <summary>Runs what a forked process is for, to its end: its exit trap, its descriptors, its children.</summary>
    /// <returns>The exit status.</returns>
    public int RunToEnd(Func<ShellProcess, int> body)
    {
        Session.Register(this);
        try
        {
            int status = Guard(body);
            status = RunExitTrap(status);
            return status;
        }
        finally
        {
            Session.Forget(this);
            Descriptors.CloseAll();
        }
    }

    /// <summary>Runs a script as a run of the main process, which lives on afterwards.</summary>
    public int RunMainToEnd(string text)
    {
        try
        {
            int status = Guard(p => p.RunMain(text, "-c"));
            Budget.Check();
            LeftByExit = Flow == Flow.Exit;
            status = RunExitTrap(status);
            Budget.Check();
            return status;
        }
        catch (ShellStoppedException e)
        {
            LeftByExit = false;
            LastStatus = e.Reason is ShellStop.Cancelled ? 128 + Signals.Interrupt : 128 + Signals.Kill;
            throw;
        }
        finally
        {
            // Wherever the script was left: the next one begins outside of all functions, loops and traps.
            Unwind(0, 0);
            (FunctionDepth, CallDepth, LoopDepth, errorsExpected, Returnable) = (0, 0, 0, 0, 0);
            Flow = Flow.None;
            runningTrap = false;
        }
    }

    /// <summary>Whether the last script of the main shell ended by <c>exit</c>, and not with its text.</summary>
    public bool LeftByExit { get; private set; }

    /// <summary>The signal that ended the process; 0 for none.</summary>
    public int KilledBy { get; private set; }

    /// <summary>Tells how a child died, as a shell does for those it waits for in the foreground.</summary>
    private void TellDeath(ShellProcess child)
    {
        if (child.KilledBy is not (0 or Signals.Interrupt or Signals.BrokenPipe))
            WriteError(Builtins.WaitBuiltin.SignalText(Signals.Name(child.KilledBy)!) + "\n");
    }

    /// <summary>What was waiting or matching when the process was to end says only that it was cancelled: the process knows why.</summary>
    private int Uncancelled(Func<ShellProcess, int> body)
    {
        try
        {
            return body(this);
        }
        catch (OperationCanceledException)
        {
            Interruption.Check();
            throw;
        }
        catch (InvalidOperationException e) when (e.InnerException is ShellStoppedException or ProcessKilledException or OperationCanceledException)
        {
            // .NET's sorting wraps what a comparison throws.
            Interruption.Check();
            throw;
        }
    }

    /// <summary>Turns whatever ends a process into its status.</summary>
    private int Guard(Func<ShellProcess, int> body)
    {
        try
        {
            return Uncancelled(body);
        }
        catch (ShellErrorException e)
        {
            Tell(e);
            // What exits the main shell with 127 exits a subshell with 1.
            return LastStatus = (SubshellDepth > 0 || Options.ErrExit) && e.Reach == ErrorReach.Shell && e.Status == 127 ? 1 : e.Status;
        }
        catch (ProcessKilledException e)
        {
            KilledBy = e.Signal;
            return LastStatus = 128 + e.Signal;
        }
        catch (WriteFailedException e)
        {
            return LastStatus = e.Error == FileError.BrokenPipe ? 141 : 1;
        }
    }
}
