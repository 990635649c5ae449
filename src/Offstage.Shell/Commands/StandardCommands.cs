using Offstage.Shell.Commands;

namespace Offstage.Shell;

/// <summary>The commands that every shell has, one line each.</summary>
internal static class StandardCommands
{
    public static IEnumerable<ICommand> All =>
    [
        new TrueCommand(),
        new FalseCommand(),
        new ShellCommand("bash"),
        new ShellCommand("sh"),
        new EnvCommand(),
        new PrintenvCommand(),
        new SleepCommand(),
        new TimeoutCommand(),
        new WhichCommand(),
        new BuiltinCommand("echo"),
        new BuiltinCommand("printf"),
        new BuiltinCommand("test"),
        new BuiltinCommand("["),
        new BuiltinCommand("pwd"),
        .. TextCommands.All,
        .. DataCommands.All,
    ];
}
