namespace Offstage;

/// <summary>A command that cannot be carried out. Becomes one line on standard error with the code.</summary>
/// <param name="code">Stable: the API's own code where the API refused.</param>
/// <param name="message">One sentence for a person: what happened, and what to do.</param>
internal class CommandException(string code, string message, int exitCode = ExitCodes.Failed) : Exception(message)
{
    public string Code { get; } = code;

    public int ExitCode { get; } = exitCode;

    public static CommandException Usage(string code, string message) => new(code, message, ExitCodes.Usage);
}
