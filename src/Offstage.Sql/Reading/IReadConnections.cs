using System.Data.Common;

namespace Offstage.Sql.Reading;

/// <summary>Lends connections to queries, and translates what the database throws.</summary>
internal interface IReadConnections : IAsyncDisposable
{
    /// <summary>Runs a query that changes nothing; it may be run a second time when a stale connection broke.</summary>
    Task<TResult> ReadAsync<TResult>(Func<IStatements, CancellationToken, Task<TResult>> query, CancellationToken cancellationToken);
}

/// <summary>Statements of one borrowed connection.</summary>
internal interface IStatements
{
    /// <summary>A command with its parameters set. It belongs to the connection; do not dispose it.</summary>
    DbCommand Get(string sql, params ReadOnlySpan<(string Name, object Value)> parameters);
}
