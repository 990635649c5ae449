using System.Text.Json.Serialization;
using Offstage.Contracts;

namespace Offstage.Sessions.Lifecycle;

/// <summary>All that the next decision needs to know. Small: it is written with every append.</summary>
public sealed record SessionState
{
    public required SessionId Session { get; init; }

    public required EventSequence Sequence { get; init; }

    public required SessionSetup Setup { get; init; }

    /// <summary>What the next turn runs with, where its prompt says nothing else; null: as set up.</summary>
    public AgentChoice? Chosen { get; init; }

    [JsonIgnore]
    public AgentChoice Choice => Chosen ?? new AgentChoice(Setup.Agent, Setup.Model, Setup.Effort, Setup.Mode);

    /// <summary>Null: as set up.</summary>
    public SessionLimits? ChangedLimits { get; init; }

    [JsonIgnore]
    public SessionLimits Limits => ChangedLimits ?? Setup.Limits;

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public string? Title { get; init; }

    /// <summary>A person named it: the agent's suggestions are not taken.</summary>
    public bool TitledByPerson { get; init; }

    public required SessionStatus Status { get; init; }

    /// <summary>Prompts that wait, in order.</summary>
    public IReadOnlyList<QueuedPrompt> Queue { get; init; } = [];

    /// <summary>Additions to a turn of which it is not known yet whether the agent has taken them.</summary>
    public IReadOnlyList<PendingSteer> Steers { get; init; } = [];

    /// <summary>What was asked last, for a retry. Null before the first turn.</summary>
    public QueuedPrompt? LastPrompt { get; init; }

    public SandboxHold Sandbox { get; init; } = new SandboxHold.None();

    /// <summary>No longer used and not yet known to be destroyed. Still owned (B1).</summary>
    public IReadOnlyList<SandboxId> ReleasedSandboxes { get; init; } = [];

    public AgentHold Agent { get; init; } = new AgentHold.None();

    /// <summary>Whose process that is or was last; null before the first.</summary>
    public RunningAgent? RunningAgent { get; init; }

    /// <summary>Generations given out so far.</summary>
    public AgentGeneration LastGeneration { get; init; }

    public SavedCursor? Cursor { get; init; }

    /// <summary>The agent's own conversation holds what was said so far: it has had a turn, with which it was told what came before. One
    /// that was begun and has had none must be told when it is resumed, too (S6).</summary>
    public bool AgentKnows { get; init; }

    /// <summary>Some turn reached an agent: a new agent session must be given the conversation so far.</summary>
    public bool HasConversation { get; init; }

    /// <summary>Checkpoint numbers given out so far.</summary>
    public CheckpointNumber LastCheckpointNumber { get; init; }

    /// <summary>The newest that was captured; null before the baseline.</summary>
    public CheckpointNumber? LatestCheckpoint { get; init; }

    /// <summary>A revert is under way: no turn starts until it has ended.</summary>
    public PendingRevert? Reverting { get; init; }

    /// <summary>Where the workspace is on the host; null while there is none.</summary>
    public string? WorkspacePath { get; init; }

    public string? BaseCommit { get; init; }

    public UsageTally Usage { get; init; } = UsageTally.None;

    /// <summary>Turns begun so far.</summary>
    public int TurnCount { get; init; }

    /// <summary>Time in which agents worked, in all turns, in milliseconds.</summary>
    public long WorkedMs { get; init; }

    /// <summary>Newest last, at most sixteen: so that who comes too late with an answer is told what happened.</summary>
    public IReadOnlyList<ClosedRequest> ClosedRequests { get; init; } = [];

    /// <summary>The plan that the last turn ended with; null when it ended without.</summary>
    public PlanOffer? PlanOffer { get; init; }

    /// <summary>What had to be done and was given up, newest last, at most eight: it needs an operator.</summary>
    public IReadOnlyList<string> GivenUp { get; init; } = [];

    /// <summary>The earliest deadline of this state, for the sweeper; null when only a person or an agent moves it on (S5, S10).</summary>
    [JsonIgnore]
    public DateTimeOffset? WakeAt => Status switch
    {
        SessionStatus.Provisioning s => s.Deadline,
        SessionStatus.Running s => s.Deadline,
        SessionStatus.AwaitingInput s => s.Requests.Min(r => r.ExpiresAt),
        SessionStatus.Stopping s => s.Deadline,
        SessionStatus.Idle s => s.ReapAt,
        _ => null,
    };
}

/// <summary>The sandbox a session holds.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(None), "none")]
[JsonDerivedType(typeof(Creating), "creating")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Stopped), "stopped")]
public abstract record SandboxHold
{
    private SandboxHold() { }

    public sealed record None : SandboxHold;

    public sealed record Creating(SandboxId Id) : SandboxHold;

    public sealed record Ready(SandboxId Id) : SandboxHold;

    /// <summary>Its files are there, its processes are not.</summary>
    public sealed record Stopped(SandboxId Id) : SandboxHold;

    [JsonIgnore]
    public SandboxId? Sandbox => this switch
    {
        Creating s => s.Id,
        Ready s => s.Id,
        Stopped s => s.Id,
        _ => null,
    };
}

/// <summary>The agent process a session holds.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(None), "none")]
[JsonDerivedType(typeof(Starting), "starting")]
[JsonDerivedType(typeof(Live), "live")]
public abstract record AgentHold
{
    private AgentHold() { }

    public sealed record None : AgentHold;

    public sealed record Starting(AgentGeneration Of) : AgentHold;

    public sealed record Live(AgentGeneration Of) : AgentHold;

    [JsonIgnore]
    public AgentGeneration? Generation => this switch
    {
        Starting s => s.Of,
        Live s => s.Of,
        _ => null,
    };
}

/// <param name="Agent">The only agent it may be used with (S6).</param>
/// <param name="Binding">Kind and configuration of that agent when it issued the cursor.</param>
public sealed record SavedCursor(string Agent, string Value, string? Binding = null);

public sealed record RunningAgent(string Name, string? Binding);

/// <param name="Sent">It is or was being handed over.</param>
public sealed record PendingSteer(PromptId Prompt, string Text, Person Author, bool Sent);

/// <param name="Sequence">Of the event that holds its text.</param>
public sealed record PlanOffer(TurnId TurnId, EventSequence Sequence);

public sealed record PendingRevert(CheckpointNumber To, CheckpointNumber SavedAs);
