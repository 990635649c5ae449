namespace Offstage.Sql;

/// <summary>Bounds of the queue in front of a store's writer. What does not fit is refused as <c>store_busy</c>.</summary>
public sealed class WriteLimits
{
    /// <summary>Writes that may wait. Default 10,000.</summary>
    public int QueueWritesMax { get; set; } = 10_000;

    /// <summary>Text that may wait, in bytes of memory. A single larger write is taken when nothing else waits. Default 256 MiB.</summary>
    public long QueueBytesMax { get; set; } = 256L << 20;

    /// <summary>Writes that share one transaction. More saves commits under load, fewer shortens the wait of the first. Default 512.</summary>
    public int BatchWritesMax { get; set; } = 512;

    /// <summary>Text in one transaction, in bytes of memory. Default 8 MiB.</summary>
    public long BatchBytesMax { get; set; } = 8L << 20;
}

/// <summary>The embedded store: one file, one process.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The database file, made when absent; null keeps everything in memory, for tests and simulation.</summary>
    public string? Path { get; set; }

    /// <summary>Connections that read beside the writer. In memory there is one connection for both. Default 4.</summary>
    public int ReadersMax { get; set; } = 4;

    /// <summary>How long to wait for another process that holds the file's lock, in whole seconds. Default 5 s.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public WriteLimits Limits { get; set; } = new();
}

/// <summary>The shared store.</summary>
public sealed class PostgresStoreOptions
{
    public required string ConnectionString { get; set; }

    /// <summary>Connections in all, the writer's included. Default 8.</summary>
    public int ConnectionsMax { get; set; } = 8;

    /// <summary>How long to wait for a connection. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one statement or commit may take before it counts as lost. Default 30 s.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait for a row another replica is writing. Default 5 s.</summary>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public WriteLimits Limits { get; set; } = new();
}
