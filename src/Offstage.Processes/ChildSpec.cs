namespace Offstage.Processes;

/// <summary>What to start and with what. Nothing is inherited that is not named here.</summary>
public sealed record ChildSpec
{
    /// <summary>Absolute path of an executable file; <see cref="ProgramPath.Find"/> looks names up.</summary>
    public required string Program { get; init; }

    /// <summary>Without the program's own name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The whole environment of the child.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Absolute path; it must exist.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>False gives <c>/dev/null</c>.</summary>
    public bool PipesStandardInput { get; init; }

    /// <summary>True leads a session of its own (no controlling terminal), false only a process group of its own.</summary>
    public bool NewSession { get; init; }

    /// <summary>SIGKILL to what is left of the child's process group when the child has ended.</summary>
    public bool KillsGroupAtExit { get; init; }

    /// <summary>Gives the child one more pipe to write to, as descriptor 3.</summary>
    public bool HasStatusPipe { get; init; }
}
