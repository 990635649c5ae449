using Offstage.Contracts;

namespace Offstage.Sessions.Api;

/// <summary>What a session gets when its maker says nothing of it.</summary>
public sealed record SessionDefaults
{
    public required HostId Host { get; init; }

    /// <summary>Null: the first usable agent, which is asked for when needed.</summary>
    public string? Agent { get; init; }

    /// <summary>The person the server runs for.</summary>
    public required Person Person { get; init; }

    public SessionLimits Limits { get; init; } = SessionLimits.Default;

    public SandboxSetup Sandbox { get; init; } = new(
        SandboxIsolation.Process, SandboxNetwork.Full, MemoryBytesMax: 4L * 1024 * 1024 * 1024, ProcessesMax: 512);
}
