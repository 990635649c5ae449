using Npgsql;

namespace Offstage.Sql.Postgres;

/// <summary>What PostgreSQL's states and a broken connection mean to a caller of the store.</summary>
internal static class PostgresErrors
{
    /// <summary>The server answered, so the connection is usable and the transaction is known to be undone.</summary>
    /// <remarks>Not so for 57P: the server ends this connection, and whether a commit got in first cannot be told.</remarks>
    public static bool WasAnswered(NpgsqlException exception)
        => exception is PostgresException { SqlState: var state } && !state.StartsWith("57P", StringComparison.Ordinal);

    /// <summary>Two writers met: the same statements will find the other's result and end another way.</summary>
    public static bool IsRace(PostgresException exception)
        => exception.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
            || exception is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "sessions_pkey" or "idempotency_keys_pkey" };

    /// <summary>For everything but a lost commit: nothing was applied.</summary>
    public static Exception Translate(Exception exception) => exception switch
    {
        PostgresException { SqlState: ['2', '2' or '3', ..] } content
            => new StoreRejectedException($"The database refused the content ({content.SqlState}): {content.MessageText}", content),
        PostgresException answered
            => new StoreUnavailableException($"The database refused for now ({answered.SqlState}): {answered.MessageText}", answered),
        _ => new StoreUnavailableException($"The database cannot be reached: {exception.Message}", exception),
    };

    /// <summary>Exceptions of a connection, as Npgsql throws them.</summary>
    public static bool IsOfConnection(Exception exception)
        => exception is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException;
}
