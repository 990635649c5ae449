namespace Offstage.Shell.Execution;

/// <summary>What an error gives up.</summary>
internal enum ErrorReach
{
    /// <summary>The complete command that is being executed, with all that stands on its line; the next one runs.</summary>
    Line,

    /// <summary>The shell process.</summary>
    Shell,
}

/// <summary>An error of expansion or assignment that ends more than one command.</summary>
/// <param name="message">Without the shell's name and line.</param>
internal sealed class ShellErrorException(string message, ErrorReach reach, int status = 1) : Exception(message)
{
    public ErrorReach Reach => reach;

    public int Status => status;

    /// <summary>Whether the message was written already.</summary>
    public bool IsTold { get; set; }

    public static ShellErrorException Unbound(string name) => new($"{name}: unbound variable", ErrorReach.Shell, 127);

    public static ShellErrorException Line(string message) => new(message, ErrorReach.Line);
}
