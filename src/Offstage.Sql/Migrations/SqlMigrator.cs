using System.Data.Common;

namespace Offstage.Sql.Migrations;

/// <summary>
/// Brings a component's schema up to date, each step in a transaction of its own together with the row that records it.
/// Processes that migrate at once take turns: each step begins with a lock and looks again at what was applied.
/// </summary>
public static class SqlMigrator
{
    // One lock for every component: migrations are rare, and some alter what others refer to.
    private const string PostgresBegin = "begin; select pg_advisory_xact_lock(7100190021234567)";
    private const string SqliteBegin = "begin immediate";

    /// <param name="connection">Open, and used by nobody else meanwhile.</param>
    public static Task MigrateSqliteAsync(DbConnection connection, MigrationSet set, TimeProvider timeProvider, CancellationToken cancellationToken)
        => MigrateAsync(connection, set, SqliteBegin, timeProvider, cancellationToken);

    /// <inheritdoc cref="MigrateSqliteAsync"/>
    public static Task MigratePostgresAsync(DbConnection connection, MigrationSet set, TimeProvider timeProvider, CancellationToken cancellationToken)
        => MigrateAsync(connection, set, PostgresBegin, timeProvider, cancellationToken);

    private static async Task MigrateAsync(
        DbConnection connection, MigrationSet set, string begin, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        while (true)
        {
            await ExecuteAsync(connection, begin, cancellationToken);
            try
            {
                var applied = await ReadAppliedAsync(connection, set.Component, cancellationToken);
                if (set.FindNext(applied) is not { } next)
                {
                    await ExecuteAsync(connection, "commit", cancellationToken);
                    return;
                }

                await ExecuteAsync(connection, next.Script, cancellationToken);
                await RecordAsync(connection, set.Component, next, timeProvider, cancellationToken);
                await ExecuteAsync(connection, "commit", cancellationToken);
            }
            catch
            {
                await TryRollbackAsync(connection);
                throw;
            }
        }
    }

    private static async Task<Dictionary<int, string>> ReadAppliedAsync(DbConnection connection, string component, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            connection,
            """
            create table if not exists schema_migrations (
                component text not null,
                version bigint not null,
                name text not null,
                checksum text not null,
                applied_at bigint not null,
                primary key (component, version)
            )
            """,
            cancellationToken);
        await using var command = Command(connection, "select version, checksum from schema_migrations where component = @component", ("component", component));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new Dictionary<int, string>();
        while (await reader.ReadAsync(cancellationToken))
            applied.Add((int)reader.GetInt64(0), reader.GetString(1));
        return applied;
    }

    private static async Task RecordAsync(
        DbConnection connection, string component, Migration migration, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection,
            "insert into schema_migrations (component, version, name, checksum, applied_at) values (@component, @version, @name, @checksum, @at)",
            ("component", component),
            ("version", (long)migration.Version),
            ("name", migration.Name),
            ("checksum", migration.Checksum),
            ("at", timeProvider.GetUtcNow().UtcTicks));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(DbConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task TryRollbackAsync(DbConnection connection)
    {
        try
        {
            await ExecuteAsync(connection, "rollback", CancellationToken.None);
        }
        catch (DbException)
        {
            // The connection is gone, and the transaction with it; the first exception says why.
        }
    }

    private static DbCommand Command(DbConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Scripts and constants of the program, never input.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
