using Microsoft.Data.Sqlite;

namespace Offstage.Sql.Sqlite;

/// <summary>One prepared statement of the writer, with its parameters in order.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteCommand command;

    public SqliteStatement(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the writer.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (string name in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = "@" + name });
    }

    /// <returns>Rows changed.</returns>
    public int Execute(params ReadOnlySpan<object?> values) => Bind(values).ExecuteNonQuery();

    /// <returns>Null when there is no row.</returns>
    public object? Scalar(params ReadOnlySpan<object?> values) => Bind(values).ExecuteScalar();

    public SqliteDataReader Query(params ReadOnlySpan<object?> values) => Bind(values).ExecuteReader();

    public void Dispose() => command.Dispose();

    private SqliteCommand Bind(ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
