using Microsoft.Data.Sqlite;
using Offstage.Sql.Migrations;
using Offstage.Sql.Reading;
using Offstage.Sql.Sqlite;
using Offstage.Sql.Writing;

namespace Offstage.Sql;

/// <summary>The embedded store: SQLite in WAL mode, one writer that groups commits, a few readers beside it.</summary>
public static class SqliteSessionStore
{
    /// <summary>The schema of the session store in SQLite.</summary>
    public static MigrationSet Migrations { get; } = MigrationSet.FromResources(typeof(SqliteSessionStore).Assembly, "migrations.sqlite.", "sessions");

    /// <summary>Opens the database, brings its schema up to date and starts the writer.</summary>
    /// <exception cref="StoreUnavailableException">The file cannot be opened or is held by another process.</exception>
    /// <exception cref="StoreSchemaException">The file was written by a newer program.</exception>
    public static async Task<ISessionStore> OpenAsync(SqliteStoreOptions options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var connections = new SqliteConnections(options);
        SqliteConnection? writer = null;
        try
        {
            writer = connections.OpenWriter();
            await SqlMigrator.MigrateSqliteAsync(writer, Migrations, timeProvider, cancellationToken);
        }
        catch (SqliteException exception)
        {
            writer?.Dispose();
            throw SqliteErrors.Translate(exception);
        }
        catch
        {
            writer?.Dispose();
            throw;
        }

        var turn = connections.InMemory ? new SemaphoreSlim(1, 1) : null;
        IReadConnections readers = turn is null
            ? new SqliteReaders(connections, options.ReadersMax)
            : new SqliteReaders(connections, new StatementCache(writer), turn);
        return new SqlSessionStore(new GroupCommit(new SqliteBatchWriter(connections, writer, turn), options.Limits), readers);
    }
}
