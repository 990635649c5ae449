namespace Offstage.Shell;

/// <summary>A program that the shell finds by its name where no file of that name is on the PATH.</summary>
/// <remarks>One instance serves all processes: it keeps no state between or beside runs.</remarks>
public interface ICommand
{
    /// <summary>As it is typed; the shell shows it as <c>/usr/bin/NAME</c>.</summary>
    string Name { get; }

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit status, 0 to 255.</returns>
    /// <remarks>
    /// Lets <see cref="WriteFailedException"/>, <see cref="CommandFailedException"/>, <see cref="ShellStoppedException"/> and
    /// <see cref="ProcessKilledException"/> pass. The context's output is flushed for it afterwards.
    /// </remarks>
    int Run(CommandContext context);
}

/// <summary>Ends a command with a message <c>NAME: message</c> and a status. For errors that leave nothing else to do.</summary>
public sealed class CommandFailedException(string message, int status = 1) : Exception(message)
{
    public int Status => status;
}
