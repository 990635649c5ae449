using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Running the text of scripts, command by command.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>Runs a text to its end, or to what ends it.</summary>
    /// <param name="origin">What stands before the line in syntax errors, for instance <c>-c</c> or <c>eval</c>; null for a file.</param>
    /// <param name="firstLine">The number of the text's first line.</param>
    /// <param name="recovers">Whether an error that gives up a line goes on with the next one here.</param>
    public int RunScript(string text, string? origin, int firstLine = 1, bool recovers = true)
    {
        ParserOptions options = ParserOptions;
        if (firstLine == 1 && ScriptCache.Shared.Find(text, options) is { } known && known.Length > 0)
        {
            int next = 0;
            while (next < known.Length && ParserOptions == options)
            {
                if (!RunTopLevel(known[next++], recovers))
                    return LastStatus;
            }

            if (next == known.Length)
                return LastStatus;
        }

        return RunParsing(text, origin, firstLine, recovers, options);
    }

    private int RunParsing(string text, string? origin, int firstLine, bool recovers, ParserOptions options)
    {
        var parser = new Parser(text, options, firstLine);
        var parsed = new List<CommandList>();
        bool complete = true;
        int ran = 0;
        while (true)
        {
            if (ParserOptions != options)
            {
                // An option or alias that changes the grammar was set: what follows is read anew.
                (text, firstLine) = parser.Rest();
                options = ParserOptions;
                parser = new Parser(text, options, firstLine);
                complete = false;
            }

            CommandList? list;
            try
            {
                list = parser.ParseNext();
            }
            catch (SyntaxErrorException e)
            {
                ShowSyntaxError(e, origin);
                return LastStatus = 2;
            }

            foreach (string warning in parser.Warnings)
                WriteError($"{SourceName()}: {(origin is null or "-c" ? "" : origin + ": ")}{warning}\n");
            parser.Warnings.Clear();
            if (list is null)
                break;
            parsed.Add(list);
            ran++;
            if (!RunTopLevel(list, recovers))
                return LastStatus;
        }

        if (complete && ran > 0 && firstLine == 1)
            ScriptCache.Shared.Keep(text, options, [.. parsed]);
        return ran == 0 ? LastStatus = 0 : LastStatus;
    }

    /// <summary>Runs one complete command.</summary>
    /// <returns>False when the script ends with it.</returns>
    private bool RunTopLevel(CommandList list, bool recovers)
    {
        if (Options.NoExec)
            return true;
        int frames = Frames.Count;
        int depth = Variables.Depth;
        (int functionDepth, int calls, int loops, int expected, int returnable) = (FunctionDepth, CallDepth, LoopDepth, errorsExpected, Returnable);
        try
        {
            ExecuteWhole(list);
            return Flow == Flow.None;
        }
        catch (ShellErrorException e) when (recovers && SubshellDepth == 0 && e.Reach == ErrorReach.Line)
        {
            Tell(e);
            Unwind(frames, depth);
            (FunctionDepth, CallDepth, LoopDepth, errorsExpected, Returnable) = (functionDepth, calls, loops, expected, returnable);
            LastStatus = e.Status;
            if (Options.ErrExit)
            {
                Flow = Flow.Exit;
                return false;
            }

            return true;
        }
    }

    /// <summary>An expression, or text that is parsed only when it is expanded, is wrong wherever it stands: then the line is given up.</summary>
    private void ExecuteWhole(CommandList list)
    {
        try
        {
            ExecuteList(list);
        }
        catch (Exception e) when (e is ExpressionException or SyntaxErrorException)
        {
            throw ShellErrorException.Line(e.Message);
        }
    }

    private void Unwind(int frames, int depth)
    {
        if (Frames.Count > frames)
            Frames.RemoveRange(frames, Frames.Count - frames);
        while (Variables.Depth > depth)
            Variables.Leave();
    }

    private void ShowSyntaxError(SyntaxErrorException error, string? origin)
    {
        string place = origin is null ? $"{SourceName()}: line {error.Line}: " : origin == "-c" ? $"{Name}: -c: line {error.Line}: " : $"{SourceName()}: {origin}: line {error.Line}: ";
        WriteError($"{place}{error.Message}\n");
        if (error.SourceLine is { } line)
            WriteError($"{place}`{line}'\n");
        if (error.Data["second"] is string second)
            WriteError($"{place}{second}\n");
    }
}
