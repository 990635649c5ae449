using Microsoft.Data.Sqlite;

namespace Offstage.Sql.Sqlite;

/// <summary>What SQLite's result codes mean to a caller of the store.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5;
    private const int Full = 13;
    private const int TooBig = 18;
    private const int Constraint = 19;

    /// <summary>The statement was refused for its content; the transaction around it lives on.</summary>
    public static bool ConcernsContent(SqliteException exception) => exception.SqliteErrorCode is Constraint or TooBig;

    /// <summary>A commit that certainly was not applied. Any other failure of a commit may leave its frames in the WAL.</summary>
    public static bool CommitWasRefused(SqliteException exception) => exception.SqliteErrorCode is Busy or Full or Constraint;

    public static Exception Translate(SqliteException exception) => ConcernsContent(exception)
        ? new StoreRejectedException($"The database refused the content: {exception.Message}", exception)
        : new StoreUnavailableException(
            $"The database file cannot be used now (SQLite {exception.SqliteErrorCode}, {exception.SqliteExtendedErrorCode}): {exception.Message}",
            exception);
}
