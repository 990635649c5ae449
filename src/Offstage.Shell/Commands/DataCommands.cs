using Offstage.Shell.Commands.Jq;
using Offstage.Shell.Commands.Sqlite;

namespace Offstage.Shell.Commands;

/// <summary>The tools for structured data, archives and searching, one line each.</summary>
internal static class DataCommands
{
    public static IEnumerable<ICommand> All =>
    [
        new JqCommand(),
        new SqliteCommand(),
    ];
}
