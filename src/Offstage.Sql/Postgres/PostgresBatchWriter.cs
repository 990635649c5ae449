using Npgsql;
using Offstage.Sql.Writing;

namespace Offstage.Sql.Postgres;

/// <summary>Writes batches over one connection, opened again when it broke.</summary>
internal sealed class PostgresBatchWriter(NpgsqlDataSource dataSource) : IBatchWriter
{
    /// <summary>Attempts at a single write that keeps meeting others.</summary>
    private const int RaceAttemptsMax = 5;

    private NpgsqlConnection? connection;

    public async Task WriteAsync(IReadOnlyList<WriteRequest> batch)
    {
        var waiting = batch;
        while (waiting.Count > 0)
            waiting = await WriteTogetherAsync(waiting);
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
    }

    /// <returns>Those that must follow in a transaction of their own.</returns>
    private async Task<IReadOnlyList<WriteRequest>> WriteTogetherAsync(IReadOnlyList<WriteRequest> requests)
    {
        try
        {
            return await TransactAsync(requests);
        }
        // The whole transaction is undone for one of them. Each alone: those that can succeed do, and the one is found.
        catch (PostgresException exception) when (PostgresErrors.WasAnswered(exception))
        {
            foreach (var request in requests)
                await WriteAloneAsync(request);
            return [];
        }
    }

    private async Task WriteAloneAsync(WriteRequest request)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await TransactAsync([request]);
                return;
            }
            catch (PostgresException exception) when (PostgresErrors.WasAnswered(exception))
            {
                if (PostgresErrors.IsRace(exception) && attempt < RaceAttemptsMax)
                    continue;
                request.Fail(PostgresErrors.Translate(exception));
                return;
            }
            catch (Exception exception) when (exception is StoreUnavailableException or StoreOutcomeUnknownException)
            {
                request.Fail(exception);
                return;
            }
        }
    }

    private async Task<IReadOnlyList<WriteRequest>> TransactAsync(IReadOnlyList<WriteRequest> requests)
    {
        var (transaction, plan) = await BeginAsync(requests);
        try
        {
            await transaction.CommitAsync(plan);
        }
        catch (PostgresException exception) when (PostgresErrors.WasAnswered(exception))
        {
            await TryRollbackAsync();
            throw;
        }
        catch (Exception exception)
        {
            await DropConnectionAsync();
            if (!PostgresErrors.IsOfConnection(exception))
                throw;
            throw new StoreOutcomeUnknownException($"The connection was lost while a commit was under way: {exception.Message}", exception);
        }

        foreach (var request in requests)
        {
            if (!plan.Later.Contains(request))
                request.Publish();
        }

        return plan.Later;
    }

    /// <summary>Nothing is sent that could change anything, so a stale connection is replaced once, silently.</summary>
    private async Task<(PostgresTransaction, AppendPlan)> BeginAsync(IReadOnlyList<WriteRequest> requests)
    {
        bool fresh = connection is null;
        try
        {
            connection ??= await dataSource.OpenConnectionAsync();
            var transaction = new PostgresTransaction(connection, requests);
            return (transaction, await transaction.BeginAsync());
        }
        catch (PostgresException exception) when (connection is not null && PostgresErrors.WasAnswered(exception))
        {
            await TryRollbackAsync();
            throw;
        }
        catch (Exception exception)
        {
            await DropConnectionAsync();
            if (!PostgresErrors.IsOfConnection(exception))
                throw;
            if (fresh)
                throw PostgresErrors.Translate(exception);
        }

        // Others of the pool are as stale as this one was.
        dataSource.Clear();
        return await BeginAsync(requests);
    }

    private async Task TryRollbackAsync()
    {
        try
        {
            await using var command = new NpgsqlCommand("rollback", connection);
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception exception) when (PostgresErrors.IsOfConnection(exception))
        {
            // The transaction died with its connection.
            await DropConnectionAsync();
        }
    }

    private async Task DropConnectionAsync()
    {
        if (connection is { } dropped)
        {
            connection = null;
            await dropped.DisposeAsync();
        }
    }
}
