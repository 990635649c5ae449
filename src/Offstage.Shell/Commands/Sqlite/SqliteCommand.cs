namespace Offstage.Shell.Commands.Sqlite;

/// <summary>sqlite3 over files of the tree. The databases live in memory while the command runs.</summary>
internal sealed class SqliteCommand : ICommand
{
    private static readonly OptionTable table = new(
        "sqlite3 [OPTIONS] [FILENAME [SQL]]",
        "FILENAME is the name of an SQLite database. A new database is created if the file does not previously exist. Options begin with one dash or two.",
        new('\0', "ascii", "set output mode to 'ascii'"),
        new('\0', "bail", "stop after hitting an error"),
        new('\0', "batch", "force batch I/O"),
        new('\0', "box", "set output mode to 'box'"),
        new('\0', "cmd", "run COMMAND before reading stdin", OptionArgument.Required, "COMMAND"),
        new('\0', "column", "set output mode to 'column'"),
        new('\0', "csv", "set output mode to 'csv'"),
        new('\0', "echo", "print inputs before execution"),
        new('\0', "header", "turn headers on"),
        new('\0', "html", "set output mode to HTML"),
        new('\0', "init", "read/process named file", OptionArgument.Required, "FILE"),
        new('\0', "json", "set output mode to 'json'"),
        new('\0', "line", "set output mode to 'line'"),
        new('\0', "list", "set output mode to 'list'"),
        new('\0', "markdown", "set output mode to 'markdown'"),
        new('\0', "newline", "set output row separator", OptionArgument.Required, "SEP"),
        new('\0', "noheader", "turn headers off"),
        new('\0', "nullvalue", "set text string for NULL values", OptionArgument.Required, "TEXT"),
        new('\0', "quote", "set output mode to 'quote'"),
        new('\0', "readonly", "open the database read-only"),
        new('\0', "safe", "(always so)"),
        new('\0', "separator", "set output column separator", OptionArgument.Required, "SEP"),
        new('\0', "table", "set output mode to 'table'"),
        new('\0', "tabs", "set output mode to 'tabs'"));

    public string Name => "sqlite3";

    public int Run(CommandContext context)
    {
        var settings = new SqliteSettings();
        var before = new List<(string Kind, string Text)>();
        var operands = new List<string>();
        bool readOnly = false;
        for (int i = 0; i < context.Arguments.Count; i++)
        {
            string argument = context.Arguments[i];
            if (!argument.StartsWith('-') || argument == "-" || operands.Count > 1)
            {
                operands.Add(argument);
                continue;
            }

            string name = argument.TrimStart('-');
            Option? option = table.Options.FirstOrDefault(o => o.LongName == name);
            string value = "";
            if (option?.Argument == OptionArgument.Required)
            {
                if (++i >= context.Arguments.Count) return Wrong(context, $"missing argument to -{name}");
                value = context.Arguments[i];
            }

            switch (name)
            {
                case "help":
                    _ = table.Parse(context, ["--help"], out int status);
                    return status;
                case "version":
                    if (!SqliteNative.IsUsable) break;
                    context.Output.WriteLine(SqliteDatabase.Latin1(SqliteNative.Version()));
                    return 0;
                case "bail": settings.Bail = true; break;
                case "echo": settings.Echo = true; break;
                case "header": (settings.Headers, settings.HeadersSet) = (true, true); break;
                case "noheader": (settings.Headers, settings.HeadersSet) = (false, true); break;
                case "readonly": readOnly = true; break;
                case "separator": settings.Separator = Unescape(value); break;
                case "newline": settings.RowSeparator = Unescape(value); break;
                case "nullvalue": settings.NullValue = value; break;
                case "cmd" or "init": before.Add((name, value)); break;
                case "batch" or "safe" or "interactive": break;
                default:
                    if (option is null || !settings.TrySetMode(name)) return Wrong(context, $"unknown option: {argument}");
                    // The option leaves the row separator as it is; only the dot command sets it.
                    settings.RowSeparator = name == "ascii" ? settings.RowSeparator : "\n";
                    break;
            }
        }

        if (!SqliteNative.IsUsable) throw new CommandFailedException("no SQLite library that can hold databases in memory was found");
        try
        {
            using var database = new SqliteDatabase(context, operands.FirstOrDefault() ?? "", readOnly);
            return Run(context, settings, database, before, [.. operands.Skip(1)]);
        }
        catch (CommandFailedException failed) when (failed.Message.StartsWith("Error:", StringComparison.Ordinal))
        {
            context.Output.Flush();
            context.Error.WriteLine(failed.Message);
            return 1;
        }
    }

    private static int Run(CommandContext context, SqliteSettings settings, SqliteDatabase database, List<(string Kind, string Text)> before, List<string> statements)
    {
        var runner = new SqliteRunner(context, database, settings);
        _ = runner.Execute("PRAGMA main.page_count");
        var session = new SqliteSession(context, runner, settings);
        int status = 0;
        try
        {
            foreach (var (kind, text) in before)
            {
                status = kind == "init" ? session.RunArgument($".read \"{text}\"") : session.RunArgument(text);
                if (status != 0 && settings.Bail) return status & 0xFF;
            }

            if (statements.Count == 0) status = session.RunScript(context.Reader()) > 0 ? 1 : 0;
            foreach (string statement in statements)
            {
                status = session.RunArgument(statement);
                if (status != 0 || session.Quit is not null) break;
            }

            return (session.Quit ?? status) & 0xFF;
        }
        finally
        {
            session.CloseOutput();
            // What is committed stays, whatever happened later.
            if (context.Budget.Stop is null)
            {
                if (SqliteNative.IsAutocommit(database.Handle) == 0) _ = runner.Execute("ROLLBACK");
                if (!database.Save()) status = 1;
            }
        }
    }

    private static int Wrong(CommandContext context, string message)
    {
        context.Complain($"Error: {message}");
        context.Error.WriteLine("Use -help for a list of options.");
        return 1;
    }

    private static string Unescape(string text)
        => text.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
}
