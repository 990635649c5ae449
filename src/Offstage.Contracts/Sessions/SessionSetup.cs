using System.Text.Json.Serialization;

namespace Offstage.Contracts;

/// <summary>What a session was made with. Fixed for its life, but for agent and limits, which later events may replace.</summary>
/// <param name="ForkedFrom">Null when the session begins anew.</param>
/// <param name="Siblings">The sessions that were given the same task to choose from, this one included; null when it is the only one.</param>
/// <param name="Host">The host whose disk holds the workspace and whose process holds the agent.</param>
public sealed record SessionSetup(
    HostId Host,
    Workspace Workspace,
    string Agent,
    string? Model,
    string? Effort,
    AgentMode Mode,
    SandboxSetup Sandbox,
    SessionLimits Limits,
    Person CreatedBy,
    ForkSource? ForkedFrom = null,
    IReadOnlyList<SessionId>? Siblings = null);

/// <summary>What works on a turn, and how.</summary>
/// <param name="Agent">The name of an agent as the server is configured, not of its kind.</param>
/// <param name="Model">Null: the agent's own default.</param>
public sealed record AgentChoice(string Agent, string? Model, string? Effort, AgentMode Mode);

/// <summary>The session this one goes on from: its conversation up to an event.</summary>
public sealed record ForkSource(SessionId Session, EventSequence UpTo);

/// <summary>The files a session works on.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Repository), "repository")]
[JsonDerivedType(typeof(None), "none")]
public abstract record Workspace
{
    private Workspace() { }

    /// <param name="Location">An absolute path on the host, or a URL that git can clone.</param>
    /// <param name="Ref">Where the session's branch begins; null is the repository's HEAD.</param>
    /// <param name="Branch">The session's own branch.</param>
    public sealed record Repository(string Location, bool IsUrl, string? Ref, string Branch) : Workspace;

    /// <summary>An empty folder.</summary>
    public sealed record None : Workspace;
}

/// <summary>How much the agent may do without asking a person.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AgentMode>))]
public enum AgentMode
{
    /// <summary>Acts freely: the sandbox is the wall.</summary>
    [JsonStringEnumMemberName("auto")] Auto,

    /// <summary>Asks before each command and each change that it does not hold to be harmless.</summary>
    [JsonStringEnumMemberName("ask")] Ask,

    /// <summary>Changes files freely, asks before commands.</summary>
    [JsonStringEnumMemberName("edit")] Edit,

    /// <summary>Looks and changes nothing; its turn ends with an <see cref="ItemBody.ProposedPlan"/>.</summary>
    [JsonStringEnumMemberName("plan")] Plan,
}

public sealed record SandboxSetup(SandboxIsolation Isolation, SandboxNetwork Network, long MemoryBytesMax, int ProcessesMax);

[JsonConverter(typeof(JsonStringEnumConverter<SandboxIsolation>))]
public enum SandboxIsolation
{
    [JsonStringEnumMemberName("process")] Process,
    [JsonStringEnumMemberName("none")] None,
}

[JsonConverter(typeof(JsonStringEnumConverter<SandboxNetwork>))]
public enum SandboxNetwork
{
    [JsonStringEnumMemberName("none")] None,
    [JsonStringEnumMemberName("full")] Full,
}

/// <summary>What happens to a turn whose agent was lost with the process that held it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AgentLostPolicy>))]
public enum AgentLostPolicy
{
    /// <summary>The turn ends as interrupted with <c>agent_lost</c>.</summary>
    [JsonStringEnumMemberName("end")] End,

    /// <summary>The turn goes on once, from the resume cursor.</summary>
    [JsonStringEnumMemberName("continue")] Continue,
}

/// <summary>The bounds of a session. Each has an outcome with a name.</summary>
/// <param name="QueueMax">Prompts that may wait; over it <c>queue_full</c>.</param>
/// <param name="ProvisionAttemptsMax">Attempts to get sandbox and agent before the session is <c>failed</c>.</param>
/// <param name="ProvisionTimeoutMs">Of one attempt; over it <c>provision_timeout</c>.</param>
/// <param name="TurnTimeoutMs">Of work in one turn, waiting for a person not counted; over it the turn fails as <c>turn_timeout</c>.</param>
/// <param name="RequestTimeoutMs">How long a person has; over it the request is declined as <c>expired</c>.</param>
/// <param name="StopTimeoutMs">How long an agent has to confirm an interrupt before it is killed.</param>
/// <param name="IdleTimeoutMs">How long an idle session keeps its processes; the files stay.</param>
/// <param name="MaxTokens">Input and output together, of the whole session; over it the turn fails as <c>limit_tokens</c>.</param>
/// <param name="MaxCostUsd">By the agents' own account; over it the turn fails as <c>limit_cost</c>.</param>
/// <param name="MaxTurns">Further prompts are refused as <c>limit_reached</c>.</param>
/// <param name="MaxMinutes">Of work in all turns, waiting for a person not counted; over it the turn fails as <c>limit_minutes</c>.</param>
public sealed record SessionLimits(
    int QueueMax,
    int ProvisionAttemptsMax,
    long ProvisionTimeoutMs,
    long TurnTimeoutMs,
    long RequestTimeoutMs,
    long StopTimeoutMs,
    long IdleTimeoutMs,
    AgentLostPolicy OnAgentLost,
    long? MaxTokens = null,
    decimal? MaxCostUsd = null,
    int? MaxTurns = null,
    int? MaxMinutes = null)
{
    public static SessionLimits Default { get; } = new(
        QueueMax: 20,
        ProvisionAttemptsMax: 3,
        ProvisionTimeoutMs: (long)TimeSpan.FromMinutes(5).TotalMilliseconds,
        TurnTimeoutMs: (long)TimeSpan.FromHours(2).TotalMilliseconds,
        RequestTimeoutMs: (long)TimeSpan.FromHours(24).TotalMilliseconds,
        StopTimeoutMs: (long)TimeSpan.FromSeconds(10).TotalMilliseconds,
        IdleTimeoutMs: (long)TimeSpan.FromMinutes(30).TotalMilliseconds,
        OnAgentLost: AgentLostPolicy.End);
}

/// <summary>Who asked: the author of the commits that come of it.</summary>
public sealed record Person(string Name, string Email);
