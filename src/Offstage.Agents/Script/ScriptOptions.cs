namespace Offstage.Agents.Script;

public sealed record ScriptOptions
{
    /// <summary>The agent's program on the host. Default: <c>Offstage.ScriptAgent</c> beside this assembly.</summary>
    public string Program { get; init; } = Path.Combine(AppContext.BaseDirectory, "Offstage.ScriptAgent");

    /// <summary>Root of the .NET runtime that the program runs on. Null, the default: the one that runs us.</summary>
    public string? RuntimeRoot { get; init; }

    /// <summary>How long the program may take until its conversation is open. Default 30 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(30);
}
