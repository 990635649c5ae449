using Offstage.Shell.Streams;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Lists and pipelines.</summary>
internal sealed partial class ShellProcess
{
    /// <summary>Above zero, a status other than 0 is looked at by the script itself and is no error for <c>set -e</c> and the ERR trap.</summary>
    private int errorsExpected;

    /// <summary>The statuses of the last pipeline.</summary>
    public IReadOnlyList<int> PipeStatus { get; private set; } = [0];

    public int ExecuteList(CommandList list)
    {
        foreach (ListItem item in list.Items)
        {
            if (item.IsBackground)
                StartJob(item.AndOr);
            else
                ExecuteAndOr(item.AndOr);
            if (Flow != Flow.None)
                break;
        }

        return LastStatus;
    }

    private int ExecuteAndOr(AndOr andOr)
    {
        if (andOr.Rest.Length == 0)
            return ExecutePipeline(andOr.First);
        errorsExpected++;
        int last = 0;
        try
        {
            ExecutePipeline(andOr.First);
            int count = andOr.Rest.Length;
            while (last < count - 1 && Flow == Flow.None)
            {
                if (andOr.Rest[last].IsAnd == (LastStatus == 0))
                    ExecutePipeline(andOr.Rest[last].Pipeline);
                last++;
            }
        }
        finally
        {
            errorsExpected--;
        }

        // Only the last pipeline's failure counts as one.
        if (Flow == Flow.None && andOr.Rest[^1].IsAnd == (LastStatus == 0))
            ExecutePipeline(andOr.Rest[^1].Pipeline);
        return LastStatus;
    }

    private int ExecutePipeline(Pipeline pipeline)
    {
        if (pipeline.Timing != PipelineTiming.None)
            return ExecuteTimed(pipeline);
        if (pipeline.IsNegated)
            errorsExpected++;
        // A trap that a command sets does not see that command's own failure.
        bool trapped = traps is not null && HasErrorTrap;
        try
        {
            switch (pipeline.Commands.Length)
            {
                case 0:
                    LastStatus = 0;
                    break;
                case 1:
                    Command command = pipeline.Commands[0];
                    Execute(command);
                    if (command is not Command.Simple { Words.Length: 0 })
                        PipeStatus = LastStatus is >= 0 and < 256 ? SingleStatus[LastStatus] : [LastStatus];
                    if (LastStatus != 0 && Flow == Flow.None && command is Command.Simple or Command.Subshell or Command.Arithmetic or Command.Conditional)
                        ErrorHappened(trapped);
                    break;
                default:
                    ExecuteStages(pipeline);
                    if (LastStatus != 0 && Flow == Flow.None)
                        ErrorHappened(trapped);
                    break;
            }
        }
        finally
        {
            if (pipeline.IsNegated)
                errorsExpected--;
        }

        if (pipeline.IsNegated && Flow is Flow.None or Flow.Return)
            LastStatus = LastStatus == 0 ? 1 : 0;
        return LastStatus;
    }

    private static readonly int[][] SingleStatus = [.. Enumerable.Range(0, 256).Select(s => new[] { s })];

    /// <summary>A command failed and nobody looks: the ERR trap, then the end with <c>set -e</c>.</summary>
    private void ErrorHappened(bool trapped)
    {
        if (errorsExpected > 0)
            return;
        if (trapped)
            RunErrorTrap();
        if (Options.ErrExit && Flow == Flow.None)
            Flow = Flow.Exit;
    }

    private void ExecuteStages(Pipeline pipeline)
    {
        int count = pipeline.Commands.Length;
        bool lastHere = Options.Shopt("lastpipe");
        var statuses = new int[count];
        var children = new List<ProcessHandle>();
        FileDescription? input = null;
        try
        {
            for (int i = 0; i < count - 1; i++)
            {
                Command command = pipeline.Commands[i];
                if (!BeforeStage(command))
                    return;
                var pipe = new Pipe();
                ShellProcess child = ForkStage(command);
                if (input is not null)
                    child.Descriptors.Set(0, input);
                child.Descriptors.Set(1, pipe.Writer);
                if (pipeline.ErrorPiped[i])
                    child.Descriptors.Set(2, pipe.Writer.Share());
                input = pipe.Reader;
                children.Add(ProcessHandle.Start(child, p => p.RunStage(command)) ?? throw NoProcess(child));
            }

            Command last = pipeline.Commands[^1];
            if (!lastHere && !BeforeStage(last))
                return;
            statuses[^1] = lastHere ? ExecuteHere(last, input!) : ExecuteForked(last, input!);
            input = null;
        }
        finally
        {
            input?.Release();
            for (int i = 0; i < children.Count; i++)
                statuses[i] = children[i].Wait(Interruption);
        }

        PipeStatus = statuses;
        LastStatus = Options.PipeFail ? statuses.LastOrDefault(s => s != 0) : statuses[^1];
    }

    private static ShellErrorException NoProcess(ShellProcess child)
    {
        child.Descriptors.CloseAll();
        return new ShellErrorException("fork: retry: Resource temporarily unavailable", ErrorReach.Shell, 254);
    }

    /// <summary>The DEBUG trap of a simple command runs before its process is forked.</summary>
    private bool BeforeStage(Command command)
    {
        CurrentLine = command.Line;
        if (command is not Command.Simple)
            return true;
        NowRunning(command);
        return traps is null || DebugTrapAllows() || Flow == Flow.None;
    }

    private ShellProcess ForkStage(Command command)
    {
        ShellProcess child = Fork();
        child.ResetTraps();
        child.debugTrapRan = command is Command.Simple;
        return child;
    }

    private int RunStage(Command command)
    {
        Execute(command);
        return LastStatus;
    }

    /// <summary>The last stage of a pipeline under <c>lastpipe</c>.</summary>
    private int ExecuteHere(Command command, FileDescription input)
    {
        FileDescription? before = Descriptors.Find(0)?.Share();
        Descriptors.Set(0, input);
        try
        {
            errorsExpected++;
            return Execute(command);
        }
        finally
        {
            errorsExpected--;
            if (before is not null)
                Descriptors.Set(0, before);
            else
                Descriptors.Close(0);
        }
    }

    private int ExecuteForked(Command command, FileDescription input)
    {
        ShellProcess child = ForkStage(command);
        child.Descriptors.Set(0, input);
        return child.RunToEnd(p => p.RunStage(command));
    }

    private int ExecuteTimed(Pipeline pipeline)
    {
        long begun = Session.Time.GetTimestamp();
        ExecutePipeline(pipeline with { Timing = PipelineTiming.None });
        TimeSpan took = Session.Time.GetElapsedTime(begun);
        string format = pipeline.Timing == PipelineTiming.Posix ? "real %2R\nuser %2U\nsys %2S" : Variables.Value("TIMEFORMAT") ?? "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS";
        if (format.Length > 0)
            WriteError(TimeFormat.Format(format, took) + "\n");
        return LastStatus;
    }
}
