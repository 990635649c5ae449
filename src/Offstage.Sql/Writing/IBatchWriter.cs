namespace Offstage.Sql.Writing;

/// <summary>Writes a batch to one kind of database. Called by one loop at a time.</summary>
internal interface IBatchWriter : IAsyncDisposable
{
    /// <summary>Carries every request out in as few transactions as it can, and publishes or fails each.</summary>
    /// <remarks>An exception fails those that were not answered yet.</remarks>
    Task WriteAsync(IReadOnlyList<WriteRequest> batch);
}
