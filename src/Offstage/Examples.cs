using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Offstage;

/// <summary>What stands below the help of a command: how it is called, and what its exit code says.</summary>
internal static class Examples
{
    private const string SessionIds = """
        A SESSION is an id, four or more characters of its beginning or end, or 'last' for the newest.

        """;

    private const string ExitCodeText = """
        Exit codes:
          0   done; of a turn: completed
          1   failed, or stopped
          2   the agent waits for a person
          64  the command was called in a way that it cannot be carried out
        """;

    private const string RootText = """
        Examples:
          offstage run "fix the failing test"       hand a task over and watch it
          offstage diff last                        what it changed
          offstage up                               serve: sessions go on without a terminal
          offstage doctor                           what works here, and what to do about the rest

        Environment:
          OFFSTAGE_HOME      data directory (~/.offstage)
          OFFSTAGE_URL       use the server there; with OFFSTAGE_TOKEN
          OFFSTAGE_PORT      port of 'up' (7717)
          OFFSTAGE_DATABASE  PostgreSQL instead of SQLite in the home

        """;

    private static readonly ConditionalWeakTable<Command, string> ByCommand = [];

    /// <summary>Gives a command its examples.</summary>
    public static T With<T>(this T command, string examples)
        where T : Command
    {
        ByCommand.Add(command, examples);
        return command;
    }

    public static string Of(Command command)
    {
        string lines = ByCommand.TryGetValue(command, out var given)
            ? "Examples:\n" + string.Join('\n', given.Split('\n').Select(line => "  " + line)) + "\n\n"
            : "";
        string ids = command.Arguments.Any(a => a.Name == "SESSION") ? SessionIds + "\n" : "";
        return command is RootCommand ? RootText + "\n" + ExitCodeText : lines + ids + ExitCodeText;
    }
}
