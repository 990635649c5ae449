namespace Offstage.Shell;

/// <summary>What one run may use. Every bound has its own outcome: a <see cref="ShellStop"/> that ends the run, or an error that the script sees.</summary>
public sealed record ShellLimits
{
    public static ShellLimits Default { get; } = new();

    /// <summary>From the start of a run to its end; null for none. Ends it with <see cref="ShellStop.TimedOut"/>.</summary>
    public TimeSpan? WallTime { get; init; }

    /// <summary>Commands executed by all processes of a run. Ends it with <see cref="ShellStop.TooManyCommands"/>.</summary>
    public long CommandsMax { get; init; } = 100_000_000;

    /// <summary>Turns of all loops of a run. Ends it with <see cref="ShellStop.TooManyLoopTurns"/>.</summary>
    public long LoopTurnsMax { get; init; } = 100_000_000;

    /// <summary>How deeply functions, sourced files, evaluations and subshells may stand in each other. Ends the run with <see cref="ShellStop.CallsTooDeep"/>.</summary>
    public int CallDepthMax { get; init; } = 5_000;

    /// <summary>What is written to the run's own standard output and error. Ends it with <see cref="ShellStop.TooMuchOutput"/>.</summary>
    public long OutputBytesMax { get; init; } = 256L << 20;

    /// <summary>Values, captured output, pipes and what commands hold. Ends the run with <see cref="ShellStop.TooMuchMemory"/>.</summary>
    public long HeldBytesMax { get; init; } = 512L << 20;

    /// <summary>Of one process. The script sees <see cref="FileError.TooManyOpenFiles"/>.</summary>
    public int OpenFilesMax { get; init; } = 1024;

    /// <summary>Of one file. The script sees <see cref="FileError.FileTooBig"/>.</summary>
    public long FileBytesMax { get; init; } = 1L << 30;

    /// <summary>Pipeline stages, background jobs and process substitutions at one time. The script sees that no process can be made.</summary>
    public int ProcessesMax { get; init; } = 128;
}
