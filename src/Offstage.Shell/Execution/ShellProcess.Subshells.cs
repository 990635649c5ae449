using System.Globalization;
using System.Text;
using Offstage.Shell.Streams;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Execution;

/// <summary>What a new shell begins with: <c>bash -c</c>, <c>bash file</c>, a script that is executed.</summary>
internal sealed record ShellStart
{
    public string Text { get; init; } = "";

    /// <summary>Where the script comes from when it is standard input; takes over a reference. Null for a text.</summary>
    public FileDescription? Input { get; init; }

    public required string Name { get; init; }

    /// <summary>Null for text that is no file.</summary>
    public string? ScriptPath { get; init; }

    public IReadOnlyList<string> Positional { get; init; } = [];

    /// <summary>Null: the exported variables.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>Options of <c>set</c> to switch on.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    public IReadOnlyList<string> ShoptOptions { get; init; } = [];
}

/// <summary>Subshells of every kind.</summary>
internal sealed partial class ShellProcess
{
    private readonly List<(int Descriptor, ProcessHandle Process)> openSubstitutions = [];

    private int ExecuteSubshell(Command.Subshell command)
    {
        CurrentLine = command.Line;
        NowRunning(command);
        ShellProcess child = Fork();
        child.ResetTraps();
        int status = child.RunToEnd(p => p.ExecuteList(command.Body));
        TellDeath(child);
        return LastStatus = status;
    }

    /// <summary>The value of a command substitution.</summary>
    public string Substitute(WordPart.CommandSubstitution substitution)
    {
        if (substitution.OnlyFile is { } file)
        {
            if (ReadSubstitutedFile(file) is { } content)
                return content;
        }

        EnterCall();
        try
        {
            var capture = new Capture(Budget);
            ShellProcess child = Fork();
            child.ResetTraps();
            child.CallDepth = CallDepth;
            child.TraceDepth++;
            if (!Options.Shopt("inherit_errexit") && !Options.Get("posix"))
                child.Options.Set("errexit", false);
            child.Descriptors.Set(1, capture);
            int status = child.RunToEnd(p => p.ExecuteList(substitution.Body));
            substitutionStatus = LastStatus = status;
            string value = capture.TakeValue(out bool hadNul);
            if (hadNul)
                Complain("warning: command substitution: ignored null byte in input");
            return value;
        }
        finally
        {
            CallDepth--;
        }
    }

    /// <summary>The value of a substitution between backquotes, whose text is parsed now.</summary>
    public string Substitute(WordPart.Backquoted backquoted)
    {
        WordPart.CommandSubstitution parsed;
        try
        {
            parsed = backquoted.Parse(ParserOptions);
        }
        catch (SyntaxErrorException e)
        {
            ShowSyntaxError(e, "command substitution");
            substitutionStatus = LastStatus = 2;
            return "";
        }

        return Substitute(parsed);
    }

    private string? ReadSubstitutedFile(Word file)
    {
        var names = new List<string>();
        Expander.Expand(file, names);
        if (names.Count != 1)
            return null;
        FileError error = ReadFile(PathText.Absolute(WorkingDirectory, names[0]), out string text);
        substitutionStatus = LastStatus = error == FileError.None ? 0 : 1;
        if (error != FileError.None)
        {
            Complain($"{names[0]}: {error.Message()}");
            return "";
        }

        return text.Replace("\0", "", StringComparison.Ordinal).TrimEnd('\n');
    }

    /// <summary>Starts the command of a process substitution.</summary>
    /// <returns>The path under which its pipe is opened.</returns>
    public string OpenProcessSubstitution(WordPart.ProcessSubstitution substitution)
    {
        var pipe = new Pipe();
        int descriptor = 63;
        while (Descriptors.Find(descriptor) is not null && descriptor > 10)
            descriptor--;
        ShellProcess child = Fork();
        child.ResetTraps();
        child.Descriptors.Set(substitution.IsInput ? 1 : 0, substitution.IsInput ? pipe.Writer : pipe.Reader);
        foreach ((int held, _) in openSubstitutions)
            _ = child.Descriptors.Close(held);
        ProcessHandle handle = ProcessHandle.Start(child, p => p.ExecuteList(substitution.Body)) ?? throw NoProcess(child);
        Descriptors.Set(descriptor, substitution.IsInput ? pipe.Reader : pipe.Writer);
        openSubstitutions.Add((descriptor, handle));
        LastBackgroundPid = child.Pid;
        Jobs.AddHidden(handle);
        return $"/dev/fd/{descriptor}";
    }

    /// <summary>Closes the pipes that were opened for a command, when it is done.</summary>
    private void CloseSubstitutions(int keep)
    {
        while (openSubstitutions.Count > keep)
        {
            (int descriptor, _) = openSubstitutions[^1];
            openSubstitutions.RemoveAt(openSubstitutions.Count - 1);
            _ = Descriptors.Close(descriptor);
        }
    }

    private void StartJob(AndOr andOr)
    {
        ShellProcess child = Fork();
        child.errorsExpected = 0;
        child.ResetTraps();
        // Without job control a background command reads nothing, unless it says so.
        child.Descriptors.Set(0, Device.Null.Share());
        ProcessHandle handle = ProcessHandle.Start(child, p => p.RunBackground(andOr)) ?? throw NoProcess(child);
        Jobs.Add(handle, ScriptPrinter.Print(andOr));
        LastBackgroundPid = child.Pid;
        LastStatus = 0;
    }

    private int RunBackground(AndOr andOr)
    {
        // A lone group or subshell in the background is this process, not another below it.
        if (andOr is { Rest: [], First: { Commands: [Command.Subshell subshell], IsNegated: false, Timing: PipelineTiming.None } } && subshell.Redirections.Length == 0)
            return ExecuteList(subshell.Body);
        if (andOr is { Rest: [], First: { Commands: [{ Redirections.Length: > 0 } command], IsNegated: false, Timing: PipelineTiming.None } })
        {
            // Nobody comes back to what the descriptors were, so nothing of it is kept open.
            using RedirectionScope? scope = TryRedirect(command.Redirections);
            if (scope is null)
                return LastStatus = 1;
            scope.Keep();
            return Execute(command with { Redirections = [] });
        }

        return ExecuteAndOr(andOr);
    }

    private int StartCoprocess(Command.Coprocess coprocess)
    {
        var input = new Pipe();
        var output = new Pipe();
        ShellProcess child = Fork();
        child.ResetTraps();
        child.Descriptors.Set(0, input.Reader);
        child.Descriptors.Set(1, output.Writer);
        ProcessHandle handle = ProcessHandle.Start(child, p => p.RunStage(coprocess.Body)) ?? throw NoProcess(child);
        int reading = Descriptors.FindFree(60) ?? 60;
        Descriptors.Set(reading, output.Reader);
        int writing = Descriptors.FindFree(reading + 1) ?? 61;
        Descriptors.Set(writing, input.Writer);
        Variable variable = Variables.Writable(coprocess.Name);
        variable.SetIndexed(new IndexedArray([reading.ToString(CultureInfo.InvariantCulture), writing.ToString(CultureInfo.InvariantCulture)]));
        Variables.Assign($"{coprocess.Name}_PID", child.Pid.ToString(CultureInfo.InvariantCulture));
        Jobs.Add(handle, ScriptPrinter.Print(coprocess));
        openCoprocess = new OpenCoprocess(coprocess.Name, handle, reading, writing);
        LastBackgroundPid = child.Pid;
        return LastStatus = 0;
    }

    private sealed record OpenCoprocess(string Name, ProcessHandle Process, int Reading, int Writing);

    private OpenCoprocess? openCoprocess;

    /// <summary>A coprocess that was waited for leaves neither descriptors nor variables.</summary>
    public void ForgetEndedCoprocess()
    {
        if (openCoprocess is not { Process.IsDone: true } ended)
            return;
        openCoprocess = null;
        _ = Descriptors.Close(ended.Reading);
        _ = Descriptors.Close(ended.Writing);
        _ = Variables.Unset(ended.Name);
        _ = Variables.Unset($"{ended.Name}_PID");
    }

    /// <summary>Runs a shell of its own over the same files: only exported variables, the directory and the descriptors go over.</summary>
    public int RunShell(ShellStart start)
    {
        EnterCall();
        try
        {
            ShellSettings settings = Session.Settings with
            {
                Environment = new Dictionary<string, string>(start.Environment ?? Variables.Environment()),
                WorkingDirectory = WorkingDirectory,
                Name = start.Name,
                ProcessId = Session.NextPid(),
                Umask = Umask,
            };
            var interruption = new Interruption(Interruption);
            var child = new ShellProcess(Session, interruption, settings.ProcessId)
            {
                MainPid = settings.ProcessId,
                ParentPid = Pid,
                WorkingDirectory = WorkingDirectory,
                Umask = Umask,
                Name = start.Name,
                ScriptPath = start.ScriptPath,
                Files = Files,
                SecondsFrom = Session.Time.GetTimestamp(),
                CallDepth = CallDepth,
                Positional = start.Positional,
                Descriptors = Descriptors.Fork(),
            };
            SpecialVariables.Define(child, settings);
            foreach (string option in start.Options)
                child.Options.Set(option, true);
            foreach (string option in start.ShoptOptions)
                child.Options.SetShopt(option, true);
            child.ImportFunctions();
            child.IgnoreAs(this);
            ScriptInput? input = start.Input is { } source ? new ScriptInput(source, interruption) : null;
            if (input is not null)
                child.Descriptors.Set(0, input);
            int status = child.RunToEnd(p => input is not null ? p.RunInput(input) : p.RunMain(start.Text, start.ScriptPath is null ? "-c" : null));
            TellDeath(child);
            return status;
        }
        finally
        {
            CallDepth--;
        }
    }

    /// <summary>Runs a whole script as the main thing of this process.</summary>
    public int RunMain(string text, string? origin)
    {
        RunScript(text, origin);
        return LastStatus;
    }

    /// <summary>Functions that the environment carries.</summary>
    public void ImportFunctions()
    {
        foreach ((string name, string value) in Variables.Environment().ToArray())
        {
            if (!name.StartsWith("BASH_FUNC_", StringComparison.Ordinal) || !name.EndsWith("%%", StringComparison.Ordinal))
                continue;
            string function = name["BASH_FUNC_".Length..^2];
            try
            {
                CommandList list = Parser.ParseAll($"{function} {value}", ParserOptions, 1);
                if (list.Items is [{ AndOr.First.Commands: [Command.Function definition] }])
                {
                    WritableFunctions()[function] = definition with { Source = "environment" };
                    ExportedFunctions.Add(function);
                }
            }
            catch (SyntaxErrorException)
            {
                WriteError($"{Name}: error importing function definition for `{function}'\n");
            }

            Variables.Unset(name);
        }
    }

    /// <summary>The environment with the exported functions in it.</summary>
    public void ExportFunction(string name, bool exports)
    {
        string variable = $"BASH_FUNC_{name}%%";
        if (!exports)
        {
            ExportedFunctions.Remove(name);
            Variables.Unset(variable);
            return;
        }

        ExportedFunctions.Add(name);
        string text = ScriptPrinter.Print(Functions[name]);
        var value = new StringBuilder(text[text.IndexOf('(')..]).Replace("() \n", "() ");
        var held = new Variable { Attributes = VariableAttributes.Exported };
        held.SetScalar(value.ToString());
        Variables.Define(variable, held);
        Variables.EnvironmentChanged();
    }
}
