using Microsoft.Data.Sqlite;

namespace Offstage.Sql.Sqlite;

/// <summary>Opens connections with the settings that durability rests on.</summary>
internal sealed class SqliteConnections(SqliteStoreOptions options)
{
    public bool InMemory => options.Path is null;

    public SqliteConnection OpenWriter()
    {
        // synchronous=FULL: a commit is on the disk before anyone is told (S7). The WAL is checkpointed every 16 MiB,
        // so that the hot path rarely pays for it.
        return Open(
            InMemory ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWriteCreate,
            "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000; pragma journal_size_limit = 67108864; pragma cache_size = -16000;");
    }

    public SqliteConnection OpenReader() => Open(SqliteOpenMode.ReadWrite, "pragma query_only = on; pragma cache_size = -4000;");

    private SqliteConnection Open(SqliteOpenMode mode, string pragmas)
    {
        SqliteLibrary.EnsureLoaded();
        int busySeconds = Math.Max(1, (int)options.BusyTimeout.TotalSeconds);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = options.Path ?? ":memory:",
            Mode = mode,
            ForeignKeys = true,
            // A busy database is retried by the provider until this time is over.
            DefaultTimeout = busySeconds,
            Pooling = false,
        }.ConnectionString);
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants above.
            command.CommandText = $"pragma busy_timeout = {(int)(busySeconds * 500)}; {pragmas}";
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
