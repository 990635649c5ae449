using Offstage.Shell.Commands.Awk;
using Offstage.Shell.Commands.Grep;
using Offstage.Shell.Commands.Sed;

namespace Offstage.Shell.Commands;

/// <summary>The tools for text, files and data, one line each.</summary>
internal static class TextCommands
{
    public static IEnumerable<ICommand> All =>
    [
        new GrepCommand("grep", 'G'),
        new GrepCommand("egrep", 'E'),
        new GrepCommand("fgrep", 'F'),
        new SedCommand(),
        new AwkCommand("awk"),
        new AwkCommand("gawk"),
    ];
}
