using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Functions and sourced files.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>Functions that may not be redefined, and those that are exported.</summary>
    public HashSet<string> ReadOnlyFunctions { get; } = new(StringComparer.Ordinal);

    public HashSet<string> ExportedFunctions { get; } = new(StringComparer.Ordinal);

    /// <summary>The options that come back when the function returns; null when it did not ask for it.</summary>
    private ShellOptionSet? optionsAtEntry;

    /// <summary><c>local -</c>: what the function sets from now on counts for it alone.</summary>
    public void KeepOptions() => optionsAtEntry ??= Options;

    private int DefineFunction(Command.Function function)
    {
        CurrentLine = function.Line;
        if (ReadOnlyFunctions.Contains(function.Name))
        {
            Complain($"{function.Name}: readonly function");
            return LastStatus = 1;
        }

        if (function.Name.Contains('$') || function.Name.Length == 0)
        {
            Complain($"`{function.Name}': not a valid identifier");
            return LastStatus = 1;
        }

        string source = Frames.Count > 0 ? Frames[^1].Source : ScriptPath ?? "environment";
        WritableFunctions()[function.Name] = function with { Source = source };
        return LastStatus = 0;
    }

    public int CallFunction(Command.Function function, List<string> arguments)
    {
        if (int.TryParse(Variables.Value("FUNCNEST"), out int nesting) && nesting > 0 && Frames.Count(f => f.Function != "source") >= nesting)
        {
            string message = $"{function.Name}: maximum function nesting level exceeded ({nesting})";
            throw ShellErrorException.Line(message);
        }

        EnterCall();
        IReadOnlyList<string> positional = Positional;
        (int functionDepth, int loops, int line) = (FunctionDepth, LoopDepth, CurrentLine);
        Frames.Add(new CallFrame(function.Name, function.Source, CurrentLine));
        Positional = arguments.GetRange(1, arguments.Count - 1);
        FunctionDepth = Variables.Enter();
        LoopDepth = 0;
        Returnable++;
        SavedTraps hidden = HideTraps();
        ShellOptionSet? outerOptions = optionsAtEntry;
        optionsAtEntry = null;
        try
        {
            CurrentLine = function.Line;
            if (traps is null || DebugTrapAllows())
                Execute(function.Body);
            if (Flow == Flow.Return)
                Flow = Flow.None;
            if (Flow is Flow.Break or Flow.Continue)
                Flow = Flow.None;
            RunReturnTrap();
            return LastStatus;
        }
        catch (ShellErrorException e) when (!e.IsTold)
        {
            // Where it happened is known only as long as the function's frame stands.
            Tell(e);
            throw;
        }
        finally
        {
            RestoreTraps(hidden);
            if (optionsAtEntry is { } options)
                Options.RestoreSet(options);
            optionsAtEntry = outerOptions;
            Returnable--;
            Variables.Leave();
            (FunctionDepth, LoopDepth, CurrentLine) = (functionDepth, loops, line);
            Positional = positional;
            Frames.RemoveAt(Frames.Count - 1);
            CallDepth--;
        }
    }

    /// <summary>Runs a file's text in this process, as <c>source</c> does.</summary>
    /// <param name="arguments">The positional parameters while it runs; null for those of now.</param>
    public int Source(string text, string path, List<string>? arguments)
    {
        EnterCall();
        IReadOnlyList<string> positional = Positional;
        int line = CurrentLine;
        Frames.Add(new CallFrame("source", path, line));
        if (arguments is not null)
            Positional = arguments;
        Returnable++;
        try
        {
            CurrentLine = 1;
            LastStatus = 0;
            RunScript(text, null, recovers: true);
            if (Flow == Flow.Return)
                Flow = Flow.None;
        }
        catch (ShellErrorException e) when (!e.IsTold)
        {
            Tell(e);
            throw;
        }
        finally
        {
            Returnable--;
            if (arguments is not null && ReferenceEquals(Positional, arguments))
                Positional = positional;
            Frames.RemoveAt(Frames.Count - 1);
            CurrentLine = line;
            CallDepth--;
        }

        RunReturnTrap();
        return LastStatus;
    }

    /// <summary>Runs text as <c>eval</c> and traps do.</summary>
    public int Evaluate(string text, string origin)
    {
        EnterCall();
        try
        {
            return RunScript(text, origin, origin == "eval" ? CurrentLine : 1, recovers: true);
        }
        finally
        {
            CallDepth--;
        }
    }

    /// <summary>Tells an error once.</summary>
    private void Tell(ShellErrorException error)
    {
        if (!error.IsTold)
            Complain(error.Message);
        error.IsTold = true;
    }

    /// <summary>Goes one call deeper. Too deep, the run is to end: the next command leaves everything.</summary>
    private void EnterCall()
    {
        if (++CallDepth > Budget.Limits.CallDepthMax)
            Budget.StopFor(new ShellStop.CallsTooDeep(Budget.Limits.CallDepthMax));
    }
}
