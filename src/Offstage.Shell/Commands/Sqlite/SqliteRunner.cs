using System.Runtime.InteropServices;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sqlite;

/// <summary>Runs SQL and shows what it gives.</summary>
internal sealed class SqliteRunner(CommandContext context, SqliteDatabase database, SqliteSettings settings)
{
    private const nint Transient = -1;
    private const int TextContextMax = 78;

    /// <summary>Where results go: standard output, or the file of <c>.output</c>.</summary>
    public OutputWriter Output { get; set; } = context.Output;

    public SqliteDatabase Database => database;

    public CommandContext Context => context;

    /// <summary>Runs the statements of a text up to the first that fails.</summary>
    /// <param name="error">How it failed: whether it could be prepared at all, the message, and the lines that show where.</param>
    /// <returns>SQLite's code.</returns>
    public int Run(string sql, out (bool WasPrepared, string Message, string Where) error)
    {
        error = default;
        byte[] bytes = Latin.Bytes(sql + "\0");
        nint memory = Marshal.AllocHGlobal(bytes.Length);
        try
        {
            Marshal.Copy(bytes, 0, memory, bytes.Length);
            nint at = memory;
            while (true)
            {
                while (Marshal.ReadByte(at) is (byte)' ' or (>= 9 and <= 13)) at++;
                if (Marshal.ReadByte(at) == 0) break;
                context.Check();
                int code = SqliteNative.Prepare(database.Handle, at, -1, out nint statement, out nint tail);
                if (code != SqliteNative.Ok)
                {
                    database.ThrowInterruption();
                    error = (false, database.Error, Where(SqliteDatabase.Latin1(at)));
                    return code;
                }

                if (statement != 0)
                {
                    code = Show(statement);
                    if (code != SqliteNative.Ok)
                    {
                        error = (true, database.Error, "");
                        _ = SqliteNative.Finalize(statement);
                        return code;
                    }

                    _ = SqliteNative.Finalize(statement);
                }

                at = tail;
            }

            return SqliteNative.Ok;
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    /// <summary>The rows of a query of ours.</summary>
    public List<SqliteValue[]> Query(string sql, params string?[] parameters)
    {
        var rows = new List<SqliteValue[]>();
        nint statement = Prepare(sql, parameters);
        try
        {
            int code;
            while ((code = SqliteNative.Step(statement)) == SqliteNative.Row) rows.Add(Row(statement, SqliteNative.ColumnCount(statement)));
            database.ThrowInterruption();
            if (code != SqliteNative.Done) throw new CommandFailedException($"Error: {database.Error}");
            return rows;
        }
        finally
        {
            _ = SqliteNative.Finalize(statement);
        }
    }

    /// <summary>Runs a statement of ours, which gives no rows.</summary>
    /// <returns>The message, when it failed.</returns>
    public string? Execute(string sql, params string?[] parameters)
    {
        try
        {
            _ = Query(sql, parameters);
            return null;
        }
        catch (CommandFailedException failed)
        {
            return failed.Message["Error: ".Length..];
        }
    }

    /// <summary>With all its digits, as <c>%!.20g</c>.</summary>
    public string FormatReal(double value)
    {
        nint statement = Prepare("SELECT printf('%!.20g', ?1)", []);
        _ = SqliteNative.BindDouble(statement, 1, value);
        _ = SqliteNative.Step(statement);
        string text = SqliteDatabase.Latin1(SqliteNative.ColumnText(statement, 0));
        _ = SqliteNative.Finalize(statement);
        return text;
    }

    private int Show(nint statement)
    {
        int columns = SqliteNative.ColumnCount(statement);
        string[] names = [.. Enumerable.Range(0, columns).Select(i => SqliteDatabase.Latin1(SqliteNative.ColumnName(statement, i)))];
        var printer = new SqlitePrinter(Output, settings, context.Budget, names, FormatReal);
        while (true)
        {
            int code = SqliteNative.Step(statement);
            database.ThrowInterruption();
            if (code == SqliteNative.Row)
            {
                context.Check();
                printer.Row(Row(statement, columns));
                continue;
            }

            printer.End();
            return code == SqliteNative.Done ? SqliteNative.Ok : code;
        }
    }

    private nint Prepare(string sql, string?[] parameters)
    {
        byte[] bytes = Latin.Bytes(sql + "\0");
        nint memory = Marshal.AllocHGlobal(bytes.Length);
        try
        {
            Marshal.Copy(bytes, 0, memory, bytes.Length);
            if (SqliteNative.Prepare(database.Handle, memory, -1, out nint statement, out _) != SqliteNative.Ok) throw new CommandFailedException($"Error: {database.Error}");
            for (int i = 0; i < parameters.Length; i++)
            {
                byte[]? text = parameters[i] is { } p ? Latin.Bytes(p) : null;
                _ = text is null ? SqliteNative.BindNull(statement, i + 1) : SqliteNative.BindText(statement, i + 1, text.Length == 0 ? [0] : text, text.Length, Transient);
            }

            return statement;
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    private static SqliteValue[] Row(nint statement, int columns)
    {
        var row = new SqliteValue[columns];
        for (int i = 0; i < columns; i++)
        {
            var type = (SqliteType)SqliteNative.ColumnType(statement, i);
            double real = type == SqliteType.Real ? SqliteNative.ColumnDouble(statement, i) : 0;
            nint text = type == SqliteType.Blob ? SqliteNative.ColumnBlob(statement, i) : SqliteNative.ColumnText(statement, i);
            row[i] = new SqliteValue(type, text == 0 ? "" : SqliteDatabase.Latin1(text, SqliteNative.ColumnBytes(statement, i)), real);
        }

        return row;
    }

    /// <summary>The SQL around an error, with a mark below it.</summary>
    private string Where(string sql)
    {
        int offset = SqliteNative.ErrorOffset(database.Handle);
        if (offset < 0 || offset >= sql.Length) return "";
        int cut = Math.Max(0, offset - 50);
        sql = sql[cut..];
        offset -= cut;
        string code = new([.. sql.Take(TextContextMax).Select(c => char.IsWhiteSpace(c) ? ' ' : c)]);
        return offset < 25 ? $"\n  {code}\n  {new string(' ', offset)}^--- error here" : $"\n  {code}\n  {new string(' ', offset - 14)}error here ---^";
    }
}
