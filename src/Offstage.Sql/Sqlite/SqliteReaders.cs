using Microsoft.Data.Sqlite;
using Offstage.Sql.Reading;

namespace Offstage.Sql.Sqlite;

/// <summary>A few reading connections beside the writer. In memory there is only the writer's, taken in turns.</summary>
internal sealed class SqliteReaders : IReadConnections
{
    private readonly SqliteConnections connections;
    private readonly Stack<StatementCache> idle = new();
    private readonly Lock gate = new();
    private readonly SemaphoreSlim free;
    private bool disposed;

    public SqliteReaders(SqliteConnections connections, int readersMax)
    {
        this.connections = connections;
        free = new SemaphoreSlim(readersMax, readersMax);
    }

    /// <param name="shared">The writer's connection.</param>
    /// <param name="turn">Held by the writer for a whole transaction, so that no read sees half of one.</param>
    public SqliteReaders(SqliteConnections connections, StatementCache shared, SemaphoreSlim turn)
    {
        this.connections = connections;
        idle.Push(shared);
        free = turn;
    }

    public async Task<TResult> ReadAsync<TResult>(Func<IStatements, CancellationToken, Task<TResult>> query, CancellationToken cancellationToken)
    {
        // Without the token: with it a semaphore continues on the thread pool, out of a simulation's sight. Turns are short.
        await free.WaitAsync(CancellationToken.None);
        StatementCache? statements = null;
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            statements = Take();
            var result = await query(statements, cancellationToken);
            Return(statements);
            return result;
        }
        catch (SqliteException exception)
        {
            // In memory the connection is the database: it is kept whatever happens.
            if (connections.InMemory)
                Return(statements!);
            else
                statements?.Dispose();
            throw SqliteErrors.Translate(exception);
        }
        catch
        {
            if (statements is not null)
                Return(statements);
            throw;
        }
        finally
        {
            free.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (gate)
        {
            disposed = true;
            while (idle.TryPop(out var statements))
                statements.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private StatementCache Take()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (idle.TryPop(out var statements))
                return statements;
        }

        return new StatementCache(connections.OpenReader());
    }

    private void Return(StatementCache statements)
    {
        lock (gate)
        {
            if (!disposed)
            {
                idle.Push(statements);
                return;
            }
        }

        statements.Dispose();
    }
}
