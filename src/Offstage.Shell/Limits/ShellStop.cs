namespace Offstage.Shell;

/// <summary>Why a run was ended from outside of its script.</summary>
public abstract record ShellStop
{
    private ShellStop() { }

    /// <summary>The caller's cancellation.</summary>
    public sealed record Cancelled : ShellStop;

    public sealed record TimedOut(TimeSpan WallTime) : ShellStop;

    public sealed record TooManyCommands(long CommandsMax) : ShellStop;

    public sealed record TooManyLoopTurns(long LoopTurnsMax) : ShellStop;

    public sealed record CallsTooDeep(int CallDepthMax) : ShellStop;

    public sealed record TooMuchOutput(long OutputBytesMax) : ShellStop;

    public sealed record TooMuchMemory(long HeldBytesMax) : ShellStop;

    /// <summary>One sentence for people.</summary>
    public string Message => this switch
    {
        Cancelled => "the run was cancelled",
        TimedOut t => $"the run took longer than {t.WallTime.TotalSeconds:0.###} s",
        TooManyCommands c => $"more than {c.CommandsMax} commands were executed",
        TooManyLoopTurns l => $"loops turned more than {l.LoopTurnsMax} times",
        CallsTooDeep d => $"calls stood more than {d.CallDepthMax} deep in each other",
        TooMuchOutput o => $"more than {o.OutputBytesMax} bytes were written",
        TooMuchMemory m => $"more than {m.HeldBytesMax} bytes were held in memory",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>Unwinds a process whose run is over. Nothing but the process's own frame catches it.</summary>
public sealed class ShellStoppedException(ShellStop reason) : Exception(reason.Message)
{
    public ShellStop Reason => reason;
}
