using Npgsql;

namespace Offstage.Sql.Postgres;

/// <summary>Makes the pool that reads and the writer share.</summary>
internal static class PostgresDataSources
{
    public static NpgsqlDataSource Create(PostgresStoreOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            MaxPoolSize = options.ConnectionsMax,
            Timeout = Math.Max(1, (int)options.ConnectTimeout.TotalSeconds),
            CommandTimeout = Math.Max(1, (int)options.CommandTimeout.TotalSeconds),
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            ApplicationName = "offstage",
        };
        // A replica that stalls inside a transaction would hold its rows against all others: the server ends it.
        settings.Options = $"{settings.Options} -c lock_timeout={(long)options.LockTimeout.TotalMilliseconds} -c idle_in_transaction_session_timeout={(long)options.CommandTimeout.TotalMilliseconds}".Trim();
        return NpgsqlDataSource.Create(settings);
    }
}
