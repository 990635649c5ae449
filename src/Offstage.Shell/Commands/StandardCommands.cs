using Offstage.Shell.Commands;

namespace Offstage.Shell;

/// <summary>The commands that every shell has, one line each.</summary>
internal static class StandardCommands
{
    public static IEnumerable<ICommand> All =>
    [
        new TrueCommand(),
        new FalseCommand(),
        .. TextCommands.All,
    ];
}
