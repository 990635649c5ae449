using Npgsql;
using Offstage.Sql.Migrations;
using Offstage.Sql.Postgres;
using Offstage.Sql.Writing;

namespace Offstage.Sql;

/// <summary>The shared store: PostgreSQL, any number of replicas, each with one writer that groups commits.</summary>
public static class PostgresSessionStore
{
    /// <summary>The schema of the session store in PostgreSQL.</summary>
    public static MigrationSet Migrations { get; } = MigrationSet.FromResources(typeof(PostgresSessionStore).Assembly, "migrations.postgres.", "sessions");

    /// <summary>Connects, brings the schema up to date (replicas take turns) and starts the writer.</summary>
    /// <exception cref="StoreUnavailableException">The server cannot be reached.</exception>
    /// <exception cref="StoreSchemaException">The database belongs to a newer program.</exception>
    public static async Task<ISessionStore> OpenAsync(PostgresStoreOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var dataSource = PostgresDataSources.Create(options);
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await WithoutLockTimeoutAsync(connection, cancellationToken);
            await SqlMigrator.MigratePostgresAsync(connection, Migrations, timeProvider, cancellationToken);
        }
        catch (Exception exception) when (PostgresErrors.IsOfConnection(exception))
        {
            await dataSource.DisposeAsync();
            throw PostgresErrors.Translate(exception);
        }
        catch
        {
            await dataSource.DisposeAsync();
            throw;
        }

        var writes = new GroupCommit(new PostgresBatchWriter(dataSource), options.Limits);
        return new SqlSessionStore(writes, new PostgresReaders(dataSource));
    }

    /// <summary>Another replica's migration may take longer than any lock should in daily work.</summary>
    private static async Task WithoutLockTimeoutAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("set lock_timeout = 0", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
