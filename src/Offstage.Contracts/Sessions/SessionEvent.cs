using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offstage.Contracts;

/// <summary>One durable fact of a session, as the log keeps it and the API tells it (S7).</summary>
public sealed record SessionEvent(SessionId Session, EventSequence Sequence, DateTimeOffset At, SessionEventBody Body);

/// <summary>The closed family of session events. Their names and schema versions stand in <c>EventCodec</c>.</summary>
public abstract record SessionEventBody
{
    private SessionEventBody() { }

    public sealed record SessionCreated(SessionSetup Setup, string? Title) : SessionEventBody;

    /// <param name="ByPerson">False for the first line of the first prompt and for the agent's suggestions, taken only while
    /// nobody has named the session.</param>
    public sealed record SessionRenamed(string Title, bool ByPerson) : SessionEventBody;

    /// <summary>The session cannot work until somebody retries or asks anew.</summary>
    public sealed record SessionFailed(Failure Reason) : SessionEventBody;

    /// <summary>From the next turn on.</summary>
    public sealed record AgentChosen(AgentChoice Choice) : SessionEventBody;

    public sealed record LimitsChanged(SessionLimits Limits) : SessionEventBody;

    public sealed record SessionArchived : SessionEventBody;

    public sealed record SessionUnarchived : SessionEventBody;

    public sealed record SessionDeleted : SessionEventBody;

    /// <param name="RetryOf">The prompt whose turn failed and that is asked again.</param>
    /// <param name="Agent">Also for what follows; null: the session's.</param>
    /// <param name="Mode">For its turn; null: the session's.</param>
    /// <param name="Attachments">Null: none.</param>
    /// <param name="Review">It asks for a review; null: it does not.</param>
    public sealed record PromptQueued(
        PromptId Prompt, string Text, string? Model, string? Effort, Person Author, PromptId? RetryOf, string? Agent = null, AgentMode? Mode = null,
        IReadOnlyList<Attachment>? Attachments = null, ReviewTarget? Review = null) : SessionEventBody;

    /// <param name="Reason"><c>person</c>, <c>archived</c>, <c>deleted</c> or <c>limit_reached</c>.</param>
    public sealed record PromptWithdrawn(PromptId Prompt, string Reason) : SessionEventBody;

    /// <summary>An attempt to get sandbox and agent begins. The sandbox belongs to the session from here on (B1).</summary>
    /// <param name="Agent">Null: the one of the setup.</param>
    public sealed record ProvisioningStarted(
        SandboxId Sandbox, AgentGeneration Generation, int Attempt, DateTimeOffset Deadline, string? Agent = null) : SessionEventBody;

    /// <param name="RetryAt">When the next attempt is made; null when this was the last.</param>
    public sealed record ProvisioningFailed(AgentGeneration Generation, int Attempt, Failure Failure, DateTimeOffset? RetryAt) : SessionEventBody;

    /// <param name="WorkspacePath">On the host.</param>
    public sealed record SandboxReady(SandboxId Sandbox, string? WorkspacePath, string? BaseCommit) : SessionEventBody;

    /// <summary>Its processes are ended; its files stay.</summary>
    public sealed record SandboxStopped(SandboxId Sandbox, string Reason) : SessionEventBody;

    /// <summary>The session uses it no more; it will be destroyed.</summary>
    public sealed record SandboxReleased(SandboxId Sandbox, string Reason) : SessionEventBody;

    public sealed record SandboxDestroyed(SandboxId Sandbox) : SessionEventBody;

    /// <param name="Resumed">It took up the conversation by the cursor.</param>
    /// <param name="Binding">What a cursor of it is bound to: its kind and configuration.</param>
    /// <param name="CountsFromZero">Its totals of tokens and cost begin anew, although it resumed.</param>
    public sealed record AgentStarted(
        AgentGeneration Generation, bool Resumed, string? Binding = null,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool CountsFromZero = false) : SessionEventBody;

    /// <summary>The agent's name for its conversation, to resume by.</summary>
    public sealed record CursorSaved(string Agent, string Cursor, string? Binding = null) : SessionEventBody;

    /// <summary>The cursor is not used again; the next agent session begins with the conversation so far (S6).</summary>
    public sealed record CursorForgotten(string Reason) : SessionEventBody;

    /// <summary>The session has no agent process any more.</summary>
    public sealed record AgentStopped(AgentGeneration Generation, string Reason) : SessionEventBody;

    /// <param name="Checkpoint">The number its checkpoint will have.</param>
    public sealed record TurnCreated(TurnId Turn, PromptId Prompt, CheckpointNumber? Checkpoint = null) : SessionEventBody;

    /// <summary>The prompt is being handed to the agent. Not confirmed: it is never silently handed over again (S4).</summary>
    public sealed record TurnSent(TurnId Turn, AgentGeneration Generation) : SessionEventBody;

    /// <summary>The agent has confirmed the prompt.</summary>
    public sealed record TurnStarted(TurnId Turn, DateTimeOffset Deadline) : SessionEventBody;

    /// <summary>The agent was lost, or could not go on with its conversation, and the turn goes on once with another.</summary>
    public sealed record TurnContinued(TurnId Turn) : SessionEventBody;

    /// <param name="Ending">How the turn will end, whatever the agent says from here on (S9).</param>
    /// <param name="Deadline">When the agent is killed if it has not confirmed.</param>
    public sealed record TurnStopping(TurnId Turn, TurnOutcome Ending, DateTimeOffset Deadline) : SessionEventBody;

    /// <summary>The agent did not confirm in time and is killed.</summary>
    public sealed record TurnStopForced(TurnId Turn, DateTimeOffset Deadline) : SessionEventBody;

    /// <param name="Usage">Of this turn alone; null when the agent told of none.</param>
    public sealed record TurnEnded(TurnId Turn, TurnOutcome Outcome, TokenUsage? Usage = null) : SessionEventBody;

    /// <summary>A person added to the running turn.</summary>
    public sealed record TurnSteered(TurnId Turn, PromptId Prompt, string Text, Person Author) : SessionEventBody;

    /// <summary>The addition is being handed to the agent: it is not handed over again (S4).</summary>
    public sealed record SteerSent(PromptId Prompt) : SessionEventBody;

    /// <param name="Outcome"><c>taken</c> by the agent; <c>missed</c>, and asked as a prompt instead; or <c>unconfirmed</c>: the agent went away
    /// before it said so.</param>
    public sealed record SteerSettled(PromptId Prompt, string Outcome) : SessionEventBody;

    public sealed record ItemStarted(TurnId Turn, Item Item) : SessionEventBody;

    public sealed record ItemCompleted(TurnId Turn, Item Item) : SessionEventBody;

    /// <param name="AgentKey">The agent's own name for it.</param>
    /// <param name="OffersSession">It can be approved for the like of it, too.</param>
    public sealed record RequestOpened(
        RequestId Request, TurnId Turn, AgentGeneration Generation, string AgentKey, string? ItemId, RequestBody Body, DateTimeOffset ExpiresAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool OffersSession = false) : SessionEventBody;

    public sealed record RequestAnswered(RequestId Request, RequestAnswer Answer, Person By) : SessionEventBody;

    /// <param name="Reason"><c>expired</c>, <c>turn_ended</c>, <c>agent</c> (it no longer waits), <c>stale</c> (the agent that asked is gone).</param>
    public sealed record RequestClosed(RequestId Request, string Reason) : SessionEventBody;

    public sealed record UsageReported(TurnId? Turn, TokenUsage Usage) : SessionEventBody;

    /// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
    public sealed record AgentNotice(TurnId? Turn, string Level, string Text) : SessionEventBody;

    /// <summary>What the agent said and nothing else describes.</summary>
    public sealed record AgentRaw(TurnId? Turn, string AgentKind, JsonElement Payload) : SessionEventBody;

    /// <summary>In the place of an <see cref="AgentRaw"/> that was older than such events are kept. No sequence is ever missing (S7).</summary>
    public sealed record AgentRawDropped : SessionEventBody;

    /// <param name="Turn">Null for the baseline and for what archiving saved.</param>
    public sealed record CheckpointCaptured(CheckpointNumber Checkpoint, TurnId? Turn, string Commit, int FilesChanged, int Additions, int Deletions) : SessionEventBody;

    /// <summary>The turn left the workspace as it was.</summary>
    public sealed record CheckpointUnchanged(TurnId Turn) : SessionEventBody;

    public sealed record CheckpointFailed(TurnId? Turn, string Reason) : SessionEventBody;

    public sealed record BranchCommitted(TurnId? Turn, string Branch, string Commit) : SessionEventBody;

    public sealed record RevertRequested(CheckpointNumber Checkpoint, Person By) : SessionEventBody;

    /// <summary>The files are as they were, and the turns after that are forgotten, by the agent too.</summary>
    public sealed record WorkspaceReverted(CheckpointNumber Checkpoint) : SessionEventBody;

    public sealed record RevertFailed(CheckpointNumber Checkpoint, string Reason) : SessionEventBody;

    /// <summary>Something that had to be done was given up; an operator can have it tried again.</summary>
    public sealed record EffectGivenUp(EffectId Effect, string EffectKind, string Error) : SessionEventBody;

    /// <summary>Written by a newer version. Kept and told as it is.</summary>
    public sealed record Unknown(string Kind, int SchemaVersion, JsonElement Data) : SessionEventBody;
}
