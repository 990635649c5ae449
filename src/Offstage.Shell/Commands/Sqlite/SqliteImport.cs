using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sqlite;

/// <summary><c>.import FILE TABLE</c>: rows of a file of separated values; a table that is not there is made of the first one.</summary>
internal sealed class SqliteImport(CommandContext context, SqliteRunner runner, SqliteSettings settings)
{
    /// <returns>False on an error, which is told.</returns>
    public bool Import(string file, string table, bool csv, int skip)
    {
        using var input = InputFile.TryOpen(context, file, out _);
        if (input is null) return Fail($"Error: cannot open \"{file}\"");
        string text = Latin.Text(input.ReadToEnd());
        // The row separator of CSV is another for reading than for writing.
        if (settings.Mode == SqliteMode.Csv && settings.RowSeparator == "\r\n") settings.RowSeparator = "\n";
        string separator = csv ? "," : settings.Separator;
        bool quoting = csv || settings.Mode == SqliteMode.Csv || settings.Mode != SqliteMode.Ascii;
        var rows = new Rows(text, separator.Length == 0 ? ',' : separator[0], settings.Mode == SqliteMode.Ascii && !csv ? '\u001e' : '\n', quoting);
        for (int i = 0; i < skip; i++) _ = rows.Next();
        string name = SqlitePrinter.QuoteName(table);
        int columns = runner.Query("SELECT count(*) FROM pragma_table_info(?1)", table)[0][0].Text is var count ? int.Parse(count) : 0;
        if (columns == 0)
        {
            if (rows.Next() is not { } names) return Fail($"{file}: empty file");
            string list = string.Join(",\n", names.Select(n => $"\"{n.Replace("\"", "\"\"", StringComparison.Ordinal)}\" TEXT"));
            if (runner.Execute($"CREATE TABLE {name}(\n{list})") is { } problem) return Fail($"Error: {problem}");
            columns = names.Count;
        }

        bool ownTransaction = SqliteNative.IsAutocommit(runner.Database.Handle) != 0;
        if (ownTransaction) _ = runner.Execute("BEGIN");
        string insert = $"INSERT INTO {name} VALUES({string.Join(',', Enumerable.Range(1, columns).Select(i => $"?{i}"))})";
        while (true)
        {
            int line = rows.Line;
            if (rows.Next() is not { } row) break;
            context.Check();
            if (row.Count < columns) context.Error.WriteLine($"{file}:{line}: expected {columns} columns but found {row.Count} - filling the rest with NULL");
            else if (row.Count > columns) context.Error.WriteLine($"{file}:{line}: expected {columns} columns but found {row.Count} - extras ignored");
            string?[] values = [.. Enumerable.Range(0, columns).Select(i => i < row.Count ? row[i] : null)];
            if (runner.Execute(insert, values) is { } problem) context.Error.WriteLine($"{file}:{line}: INSERT failed: {problem}");
        }

        if (ownTransaction) _ = runner.Execute("COMMIT");
        context.Error.Flush();
        return true;
    }

    private bool Fail(string message)
    {
        context.Output.Flush();
        context.Error.WriteLine(message);
        context.Error.Flush();
        return false;
    }

    private sealed class Rows(string text, char separator, char rowEnd, bool quoting)
    {
        private int at;

        public int Line { get; private set; } = 1;

        /// <returns>Null at the end.</returns>
        public List<string>? Next()
        {
            if (at >= text.Length) return null;
            var row = new List<string>();
            while (true)
            {
                row.Add(Field(out bool last));
                if (last) return row;
            }
        }

        private string Field(out bool last)
        {
            var value = new StringBuilder();
            if (quoting && at < text.Length && text[at] == '"')
            {
                at++;
                while (at < text.Length)
                {
                    char c = text[at++];
                    if (c == '\n') Line++;
                    if (c != '"')
                    {
                        value.Append(c);
                        continue;
                    }

                    if (at < text.Length && text[at] == '"')
                    {
                        value.Append('"');
                        at++;
                        continue;
                    }

                    break;
                }
            }

            while (at < text.Length && text[at] != separator && text[at] != rowEnd) value.Append(text[at++]);
            last = at >= text.Length || text[at] == rowEnd;
            if (at < text.Length && text[at] == rowEnd)
            {
                Line++;
                if (value.Length > 0 && value[^1] == '\r') value.Length--;
            }

            at++;
            return value.ToString();
        }
    }
}
