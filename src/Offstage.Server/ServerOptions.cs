using Offstage.Contracts;

namespace Offstage.Server;

/// <summary>How a server is run. What is not said has a safe default: loopback, a token, SQLite in the home.</summary>
public sealed record ServerOptions
{
    public static readonly TimeSpan RawEventRetentionDefault = TimeSpan.FromDays(30);

    /// <summary>Absolute; holds database, token, sandboxes, clones. Made with mode 0700 when it is not there.</summary>
    public required string Home { get; init; }

    /// <summary>0 takes a free port.</summary>
    public int Port { get; init; } = 7717;

    /// <summary>An address to bind. Anything but loopback is a person's own decision.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>A PostgreSQL connection string; null: SQLite in the home.</summary>
    public string? Database { get; init; }

    /// <summary>Used for sessions that name none. Null: the first that is usable.</summary>
    public string? DefaultAgent { get; init; }

    /// <summary>The person the server runs for.</summary>
    public required Person Person { get; init; }

    /// <summary>Variables of the process that started the server. Only those named in <c>AgentEnvironment</c> reach an agent.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Folders in which programs are looked up.</summary>
    public required IReadOnlyList<string> PathFolders { get; init; }

    public SessionLimits Limits { get; init; } = SessionLimits.Default;

    /// <summary>How long what agents said and nothing else describes is kept in the log; after that its place stays and its content goes.</summary>
    public TimeSpan RawEventRetention { get; init; } = RawEventRetentionDefault;

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Whether a line is written for each state change. A server run in the terminal of a command keeps quiet.</summary>
    public bool Quiet { get; init; }
}
