namespace Offstage.Shell.Commands.Sqlite;

/// <summary><c>.dump</c>, <c>.schema</c> and <c>.tables</c>.</summary>
internal sealed class SqliteDump(SqliteRunner runner)
{
    /// <param name="pattern">Of LIKE; null for everything.</param>
    public void Dump(string? pattern)
    {
        OutputWriter output = runner.Output;
        output.WriteLine("PRAGMA foreign_keys=OFF;");
        output.WriteLine("BEGIN TRANSACTION;");
        foreach (SqliteValue[] row in runner.Query("SELECT name, type, sql FROM sqlite_schema WHERE (?1 IS NULL OR name LIKE ?1) AND type = 'table' AND sql NOT NULL ORDER BY tbl_name = 'sqlite_sequence', rowid", pattern))
        {
            string name = row[0].Text, sql = row[2].Text;
            if (name == "sqlite_sequence")
            {
                output.WriteLine("DELETE FROM sqlite_sequence;");
            }
            else if (name.StartsWith("sqlite_", StringComparison.Ordinal))
            {
                continue;
            }
            else
            {
                output.WriteLine(Statement(sql));
            }

            // A virtual table keeps its rows in others.
            if (sql.StartsWith("CREATE VIRTUAL TABLE", StringComparison.OrdinalIgnoreCase)) continue;
            string table = SqlitePrinter.QuoteName(name);
            var settings = new SqliteSettings { Table = name, Mode = SqliteMode.Insert };
            var printer = new SqlitePrinter(output, settings, runner.Context.Budget, [], runner.FormatReal);
            string columns = string.Join(',', runner.Query("SELECT name FROM pragma_table_info(?1)", name).Select(c => $"\"{c[0].Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
            foreach (SqliteValue[] values in runner.Query($"SELECT {columns} FROM {table}")) printer.Row(values);
        }

        foreach (SqliteValue[] row in runner.Query("SELECT sql FROM sqlite_schema WHERE (?1 IS NULL OR name LIKE ?1) AND sql NOT NULL AND type IN ('index', 'trigger', 'view')", pattern))
            output.WriteLine(Statement(row[0].Text));
        output.WriteLine("COMMIT;");
    }

    public void Schema(string? pattern)
    {
        foreach (SqliteValue[] row in runner.Query("SELECT sql, type, name FROM sqlite_schema WHERE sql NOT NULL AND (?1 IS NULL OR lower(tbl_name) LIKE lower(?1)) ORDER BY rowid", pattern))
        {
            string sql = row[0].Text;
            if (row[1].Text == "view")
            {
                string columns = string.Join(',', runner.Query("SELECT name FROM pragma_table_info(?1)", row[2].Text).Select(c => SqlitePrinter.QuoteName(c[0].Text)));
                runner.Output.WriteLine($"{sql}\n/* {SqlitePrinter.QuoteName(row[2].Text)}({columns}) */;");
                continue;
            }

            runner.Output.WriteLine(Statement(sql));
        }
    }

    /// <summary>The names, in columns of 80 characters.</summary>
    public void Tables(string? pattern)
    {
        string[] names =
        [
            .. runner.Query("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' AND (?1 IS NULL OR name LIKE ?1) ORDER BY 1", pattern).Select(r => r[0].Text),
        ];
        Columns(names);
    }

    public void Indexes(string? table)
        => Columns([.. runner.Query("SELECT name FROM sqlite_schema WHERE type = 'index' AND (?1 IS NULL OR tbl_name LIKE ?1) ORDER BY 1", table).Select(r => r[0].Text)]);

    private void Columns(string[] names)
    {
        if (names.Length == 0) return;
        int width = names.Max(n => n.Length);
        int columns = Math.Max(1, 80 / (width + 2));
        int lines = (names.Length + columns - 1) / columns;
        for (int r = 0; r < lines; r++)
        {
            for (int i = r; i < names.Length; i += lines) runner.Output.Write((i < lines ? "" : "  ") + names[i].PadRight(width));
            runner.Output.Write("\n");
        }
    }

    /// <summary>A table whose name is quoted may be one that SQLite itself makes, and so may be there already.</summary>
    private static string Statement(string sql)
        => sql.StartsWith("CREATE TABLE \"", StringComparison.Ordinal) || sql.StartsWith("CREATE TABLE '", StringComparison.Ordinal) ? $"CREATE TABLE IF NOT EXISTS {sql[13..]};" : sql + ";";
}
