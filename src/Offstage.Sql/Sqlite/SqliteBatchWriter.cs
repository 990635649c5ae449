using Microsoft.Data.Sqlite;
using Offstage.Sql.Writing;

namespace Offstage.Sql.Sqlite;

/// <summary>Writes a batch in one transaction, each request behind a savepoint of its own.</summary>
/// <param name="turn">In memory, where readers share the connection: held for the whole transaction. Otherwise null.</param>
internal sealed class SqliteBatchWriter(SqliteConnections connections, SqliteConnection connection, SemaphoreSlim? turn) : IBatchWriter
{
    private SqliteConnection connection = connection;
    private SqliteRequestWriter requests = new(connection);
    private bool broken;

    public async Task WriteAsync(IReadOnlyList<WriteRequest> batch)
    {
        if (turn is not null)
            await turn.WaitAsync();
        try
        {
            Write(batch);
        }
        finally
        {
            turn?.Release();
        }

        foreach (var request in batch)
            request.Publish();
    }

    public ValueTask DisposeAsync()
    {
        requests.Dispose();
        // In memory the readers own the connection and close it last.
        if (turn is null)
            connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Write(IReadOnlyList<WriteRequest> batch)
    {
        try
        {
            if (broken)
                Reopen();
            requests.Sql.Begin.Execute();
            foreach (var request in batch)
                WriteOne(request);
        }
        catch (SqliteException exception)
        {
            Abandon();
            throw SqliteErrors.Translate(exception);
        }
        catch
        {
            Abandon();
            throw;
        }

        Commit();
    }

    private void WriteOne(WriteRequest request)
    {
        requests.Sql.Mark.Execute();
        try
        {
            bool applied = requests.Write(request);
            if (!applied)
                requests.Sql.Undo.Execute();
        }
        catch (SqliteException exception) when (SqliteErrors.ConcernsContent(exception))
        {
            requests.Sql.Undo.Execute();
            request.StageRejection(SqliteErrors.Translate(exception));
        }

        requests.Sql.Keep.Execute();
    }

    private void Commit()
    {
        try
        {
            requests.Sql.Commit.Execute();
        }
        catch (SqliteException exception)
        {
            Abandon();
            if (SqliteErrors.CommitWasRefused(exception))
                throw SqliteErrors.Translate(exception);
            broken = turn is null;
            throw new StoreOutcomeUnknownException($"A commit failed half-way (SQLite {exception.SqliteErrorCode}): {exception.Message}", exception);
        }
    }

    private void Abandon()
    {
        try
        {
            requests.Sql.Rollback.Execute();
        }
        catch (SqliteException)
        {
            // After a full disk or an I/O error SQLite has rolled back by itself and says there is no transaction. When
            // there is one still, only a new connection is safe.
            broken = turn is null;
        }
    }

    private void Reopen()
    {
        requests.Dispose();
        connection.Dispose();
        connection = connections.OpenWriter();
        requests = new SqliteRequestWriter(connection);
        broken = false;
    }
}
