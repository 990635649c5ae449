using System.Data.Common;
using Microsoft.Data.Sqlite;
using Offstage.Sql.Reading;

namespace Offstage.Sql.Sqlite;

/// <summary>Prepared statements of one connection, by their text. Texts come from the program and are few.</summary>
internal sealed class StatementCache(SqliteConnection connection) : IStatements, IDisposable
{
    // `in` lists of unusual lengths make new texts; past this the cache starts again rather than grow.
    private const int StatementsMax = 128;

    private readonly Dictionary<string, SqliteCommand> commands = new(StringComparer.Ordinal);

    public DbCommand Get(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            if (commands.Count >= StatementsMax)
                Clear();
            command = connection.CreateCommand();
#pragma warning disable CA2100 // Built from constants; values go in as parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, _) in parameters)
                command.Parameters.Add(new SqliteParameter { ParameterName = "@" + name });
            commands.Add(sql, command);
        }

        for (int i = 0; i < parameters.Length; i++)
            command.Parameters[i].Value = parameters[i].Value;
        return command;
    }

    public void Dispose()
    {
        Clear();
        connection.Dispose();
    }

    private void Clear()
    {
        foreach (var command in commands.Values)
            command.Dispose();
        commands.Clear();
    }
}
