using System.Text.Json.Serialization;
using Offstage.Contracts;

namespace Offstage.Sessions.Lifecycle;

/// <summary>
/// What a session can be. Only the cases in which work is under way carry a turn (S3), and each of those has a deadline (S5).
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Created), "created")]
[JsonDerivedType(typeof(Provisioning), "provisioning")]
[JsonDerivedType(typeof(Running), "running")]
[JsonDerivedType(typeof(AwaitingInput), "awaiting_input")]
[JsonDerivedType(typeof(Stopping), "stopping")]
[JsonDerivedType(typeof(Idle), "idle")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Archived), "archived")]
[JsonDerivedType(typeof(Deleted), "deleted")]
public abstract record SessionStatus
{
    private SessionStatus() { }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Nothing was asked yet.</summary>
    public sealed record Created : SessionStatus;

    /// <summary>Sandbox and agent are being got, for a turn that waits for them.</summary>
    /// <param name="Attempt">From 1.</param>
    /// <param name="Deadline">Of the attempt; or, when <paramref name="BackingOff"/>, when the next begins.</param>
    public sealed record Provisioning(ActiveTurn Turn, int Attempt, DateTimeOffset Deadline, bool BackingOff) : SessionStatus;

    /// <param name="Deadline">For the handover at first, then for the turn.</param>
    public sealed record Running(ActiveTurn Turn, DateTimeOffset Deadline) : SessionStatus;

    /// <param name="Requests">Never empty.</param>
    /// <param name="RemainingMs">Of the turn's time, which stands still meanwhile.</param>
    public sealed record AwaitingInput(ActiveTurn Turn, IReadOnlyList<OpenRequest> Requests, long RemainingMs) : SessionStatus;

    /// <param name="Ending">How the turn will end, whatever the agent says (S9).</param>
    /// <param name="Forced">The agent is being killed.</param>
    public sealed record Stopping(ActiveTurn Turn, TurnOutcome Ending, DateTimeOffset Deadline, bool Forced) : SessionStatus;

    /// <param name="Last">Null when no turn has ended yet.</param>
    /// <param name="ReapAt">When its processes are ended; null when there are none.</param>
    public sealed record Idle(TurnOutcome? Last, DateTimeOffset? ReapAt) : SessionStatus;

    public sealed record Failed(Failure Reason) : SessionStatus;

    public sealed record Archived : SessionStatus;

    /// <summary>Being removed: unknown to every reader from here on.</summary>
    public sealed record Deleted : SessionStatus;

    /// <summary>The name in the API.</summary>
    [JsonIgnore]
    public string Name => this switch
    {
        Created => "created",
        Provisioning => "provisioning",
        Running => "running",
        AwaitingInput => "awaiting_input",
        Stopping => "stopping",
        Idle => "idle",
        Failed => "failed",
        Archived => "archived",
        _ => "deleted",
    };

    /// <summary>The turn under way; null in every state at rest (S3).</summary>
    [JsonIgnore]
    public ActiveTurn? ActiveTurn => this switch
    {
        Provisioning s => s.Turn,
        Running s => s.Turn,
        AwaitingInput s => s.Turn,
        Stopping s => s.Turn,
        _ => null,
    };
}

/// <param name="Checkpoint">The number its checkpoint will have.</param>
/// <param name="Continued">It goes on after its first agent was lost; it does so once.</param>
/// <param name="Starts">Attempts to get an agent for it so far.</param>
public sealed record ActiveTurn(TurnId Turn, QueuedPrompt Prompt, CheckpointNumber Checkpoint, TurnPhase Phase, bool Continued, int Starts);

/// <summary>How far the prompt has come on its way to the agent (S4).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TurnPhase>))]
public enum TurnPhase
{
    /// <summary>The agent has not seen it.</summary>
    Waiting,

    /// <summary>It was or is being handed over; the agent has not confirmed.</summary>
    Sent,

    /// <summary>The agent works on it.</summary>
    Confirmed,
}

/// <param name="Agent">Null: the session's. Of a prompt that has its turn, all that was left open is filled in.</param>
public sealed record QueuedPrompt(
    PromptId Prompt, string Text, string? Model, string? Effort, Person Author, DateTimeOffset At, string? Agent = null, AgentMode? Mode = null,
    IReadOnlyList<Attachment>? Attachments = null, ReviewTarget? Review = null);

public sealed record OpenRequest(RequestId Request, string AgentKey, AgentGeneration Generation, RequestBody Body, DateTimeOffset ExpiresAt, bool OffersSession = false);

/// <param name="How"><c>answered</c>, or the reason of its closing.</param>
/// <param name="By">Null when nobody answered it.</param>
public sealed record ClosedRequest(RequestId Request, string How, Person? By);
