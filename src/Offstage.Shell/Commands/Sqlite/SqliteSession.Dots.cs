using System.Text;

namespace Offstage.Shell.Commands.Sqlite;

internal sealed partial class SqliteSession
{
    /// <returns>False on an error, which is told.</returns>
    private bool Dot(string line)
    {
        List<string> words = Words(line[1..]);
        if (words.Count == 0) return true;
        string? First() => words.Count > 1 ? words[1] : null;
        var dump = new SqliteDump(runner);
        try
        {
            switch (words[0])
            {
                case "mode":
                    return Mode(words);
                case "headers" or "header":
                    if (words.Count != 2) return Fail("Usage: .headers on|off");
                    (settings.Headers, settings.HeadersSet) = (IsOn(words[1]), true);
                    return true;
                case "separator":
                    if (words.Count is < 2 or > 3) return Fail("Usage: .separator COL ?ROW?");
                    settings.Separator = words[1];
                    if (words.Count == 3) settings.RowSeparator = words[2];
                    return true;
                case "nullvalue":
                    if (words.Count != 2) return Fail("Usage: .nullvalue STRING");
                    settings.NullValue = words[1];
                    return true;
                case "width":
                    settings.Widths.Clear();
                    settings.Widths.AddRange(words.Skip(1).Select(w => int.TryParse(w, out int width) ? Math.Clamp(width, -1000, 1000) : 0));
                    return true;
                case "tables":
                    dump.Tables(First());
                    return true;
                case "indexes" or "indices":
                    dump.Indexes(First());
                    return true;
                case "schema" or "fullschema":
                    dump.Schema(words.Skip(1).FirstOrDefault(w => !w.StartsWith('-')));
                    return true;
                case "dump":
                    dump.Dump(words.Skip(1).FirstOrDefault(w => !w.StartsWith('-')));
                    return true;
                case "databases":
                    runner.Output.WriteLine($"main: {(runner.Database.Name is "" or ":memory:" ? "\"\"" : context.Resolve(runner.Database.Name))} {(runner.Database.IsReadOnly ? "r/o" : "r/w")}");
                    return true;
                case "output":
                    return Redirect(First(), once: false);
                case "once":
                    return First() is { } file ? Redirect(file, once: true) : Fail("Usage: .once FILE");
                case "read":
                    return First() is { } script ? Read(script) : Fail("Usage: .read FILE");
                case "import":
                    return Import(words);
                case "print":
                    runner.Output.WriteLine(string.Join(' ', words.Skip(1)));
                    return true;
                case "echo":
                    settings.Echo = First() is { } echo && IsOn(echo);
                    return true;
                case "bail":
                    settings.Bail = First() is { } bail && IsOn(bail);
                    return true;
                case "changes":
                    settings.ShowChanges = First() is { } changes && IsOn(changes);
                    return true;
                case "version":
                    runner.Output.WriteLine($"SQLite {SqliteDatabase.Latin1(SqliteNative.Version())}");
                    return true;
                case "show":
                    Show();
                    return true;
                case "quit" or "exit":
                    Quit = First() is { } status && int.TryParse(status, out int code) ? code & 0xFF : 0;
                    return true;
                case "timeout" or "timer" or "eqp" or "stats" or "explain" or "prompt" or "binary" or "open":
                    return words[0] != "open" || Fail("Error: .open is not supported here: name the database in the call");
                case "shell" or "system" or "load" or "cd" or "backup" or "restore" or "save" or "clone" or "archive" or "excel" or "log":
                    return Fail($"Error: .{words[0]} is not supported here");
                case "help":
                    runner.Output.Write(HelpText);
                    return true;
                default:
                    return Fail($"Error: unknown command or invalid arguments:  \"{words[0]}\". Enter \".help\" for help");
            }
        }
        catch (CommandFailedException failed)
        {
            return Fail(failed.Message);
        }
    }

    private const string HelpText =
        """
        .bail on|off             Stop after hitting an error.  Default OFF
        .changes on|off          Show number of rows changed by SQL
        .databases               List names and files of attached databases
        .dump ?OBJECTS?          Render database content as SQL
        .echo on|off             Turn command echo on or off
        .exit ?CODE?             Exit this program with return-code CODE
        .headers on|off          Turn display of headers on or off
        .help                    Show help text
        .import FILE TABLE       Import data from FILE into TABLE
        .indexes ?TABLE?         Show names of indexes
        .mode MODE ?TABLE?       Set output mode
        .nullvalue STRING        Use STRING in place of NULL values
        .once FILE               Output for the next SQL command only to FILE
        .output ?FILE?           Send output to FILE or stdout if FILE is omitted
        .print STRING...         Print literal STRING
        .quit                    Exit this program
        .read FILE               Read input from FILE
        .schema ?PATTERN?        Show the CREATE statements matching PATTERN
        .separator COL ?ROW?     Change the column and row separators
        .show                    Show the current values for various settings
        .tables ?TABLE?          List names of tables matching LIKE pattern TABLE
        .version                 Show source, library and compiler versions
        .width NUM1 NUM2 ...     Set minimum column widths for columnar output

        """;

    private bool Mode(List<string> words)
    {
        if (words.Count == 1)
        {
            runner.Output.WriteLine($"current output mode: {settings.Mode.ToString().ToLowerInvariant()}");
            return true;
        }

        if (!settings.TrySetMode(words[1])) return Fail("Error: mode should be one of: ascii box column csv html insert json line list markdown quote table tabs");
        if (settings.Mode == SqliteMode.Column && !settings.HeadersSet) settings.Headers = true;
        if (settings.Mode == SqliteMode.Insert) settings.Table = words.Count > 2 ? words[2] : "table";
        return true;
    }

    private bool Import(List<string> words)
    {
        bool csv = false;
        int skip = 0;
        var operands = new List<string>();
        for (int i = 1; i < words.Count; i++)
        {
            string word = words[i].StartsWith("--", StringComparison.Ordinal) ? words[i][1..] : words[i];
            if (word == "-csv") csv = true;
            else if (word == "-skip" && i + 1 < words.Count) _ = int.TryParse(words[++i], out skip);
            else if (word == "-ascii") settings.TrySetMode("ascii");
            else if (word is not "-v") operands.Add(words[i]);
        }

        if (operands.Count != 2) return Fail($"ERROR: missing {(operands.Count == 0 ? "FILE" : "TABLE")} argument. Usage:\n.import FILE TABLE       Import data from FILE into TABLE");
        return new SqliteImport(context, runner, settings).Import(operands[0], operands[1], csv, skip);
    }

    private void Show()
    {
        string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}\"";
        (string Name, string Value)[] values =
        [
            ("echo", settings.Echo ? "on" : "off"), ("eqp", "off"), ("explain", "auto"), ("headers", settings.Headers ? "on" : "off"),
            ("mode", settings.Mode.ToString().ToLowerInvariant()), ("nullvalue", Quote(settings.NullValue)), ("output", "stdout"),
            ("colseparator", Quote(settings.Separator)), ("rowseparator", Quote(settings.RowSeparator)), ("stats", "off"),
            ("width", string.Concat(settings.Widths.Select(w => $"{w} "))), ("filename", runner.Database.Name),
        ];
        foreach (var (name, value) in values) runner.Output.WriteLine($"{name,12}: {value}");
    }

    private static bool IsOn(string word) => word.ToLowerInvariant() is "on" or "yes" or "true" || (int.TryParse(word, out int number) && number != 0);

    /// <summary>Words apart by blanks; in double quotes with C's escapes, in single quotes without.</summary>
    private static List<string> Words(string line)
    {
        var words = new List<string>();
        for (int i = 0; i < line.Length;)
        {
            if (char.IsWhiteSpace(line[i]))
            {
                i++;
                continue;
            }

            var word = new StringBuilder();
            char quote = line[i] is '"' or '\'' ? line[i++] : '\0';
            bool escapes = quote != '\'';
            for (; i < line.Length && (quote == '\0' ? !char.IsWhiteSpace(line[i]) : line[i] != quote); i++)
            {
                if (line[i] != '\\' || !escapes || i + 1 >= line.Length)
                {
                    word.Append(line[i]);
                    continue;
                }

                i++;
                word.Append(line[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'a' => '\a', 'b' => '\b', 'f' => '\f', 'v' => '\v', var c => c });
            }

            if (quote != '\0') i++;
            words.Add(word.ToString());
        }

        return words;
    }
}
