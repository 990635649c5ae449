using Offstage.Shell.Commands.Archives;
using Offstage.Shell.Commands.Jq;
using Offstage.Shell.Commands.Ripgrep;
using Offstage.Shell.Commands.Sqlite;
using Offstage.Shell.Commands.Yq;

namespace Offstage.Shell.Commands;

/// <summary>The tools for structured data, archives and searching, one line each.</summary>
internal static class DataCommands
{
    public static IEnumerable<ICommand> All =>
    [
        new JqCommand(),
        new RgCommand(),
        new SqliteCommand(),
        new TarCommand(),
        new GzipCommand("gzip"),
        new GzipCommand("gunzip"),
        new GzipCommand("zcat"),
        new YqCommand(),
        new ZipCommand(),
        new UnzipCommand(),
    ];
}
