using System.Data.Common;
using Npgsql;
using Offstage.Sql.Reading;

namespace Offstage.Sql.Postgres;

/// <summary>Reads over pooled connections.</summary>
internal sealed class PostgresReaders(NpgsqlDataSource dataSource) : IReadConnections
{
    public async Task<TResult> ReadAsync<TResult>(Func<IStatements, CancellationToken, Task<TResult>> query, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadOnceAsync(query, cancellationToken);
        }
        // A connection that stood in the pool while the server restarted breaks on first use. Reads may be repeated.
        catch (NpgsqlException exception) when (!PostgresErrors.WasAnswered(exception))
        {
            return await ReadAgainAsync(query, cancellationToken);
        }
        catch (Exception exception) when (PostgresErrors.IsOfConnection(exception))
        {
            throw PostgresErrors.Translate(exception);
        }
    }

    public ValueTask DisposeAsync() => dataSource.DisposeAsync();

    private async Task<TResult> ReadAgainAsync<TResult>(Func<IStatements, CancellationToken, Task<TResult>> query, CancellationToken cancellationToken)
    {
        try
        {
            dataSource.Clear();
            return await ReadOnceAsync(query, cancellationToken);
        }
        catch (Exception exception) when (PostgresErrors.IsOfConnection(exception))
        {
            throw PostgresErrors.Translate(exception);
        }
    }

    private async Task<TResult> ReadOnceAsync<TResult>(Func<IStatements, CancellationToken, Task<TResult>> query, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        using var statements = new Statements(connection);
        return await query(statements, cancellationToken);
    }

    /// <summary>Npgsql keeps prepared statements with the pooled connection, by their text.</summary>
    private sealed class Statements(NpgsqlConnection connection) : IStatements, IDisposable
    {
        private NpgsqlCommand? command;

        public DbCommand Get(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
        {
            command?.Dispose();
#pragma warning disable CA2100 // Built from constants; values go in as parameters.
            command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
            foreach (var (name, value) in parameters)
                command.Parameters.AddWithValue(name, value);
            return command;
        }

        public void Dispose() => command?.Dispose();
    }
}
