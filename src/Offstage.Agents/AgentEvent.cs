using System.Text.Json;
using Offstage.Contracts;

namespace Offstage.Agents;

/// <summary>What an agent says, in one vocabulary for all agents.</summary>
public abstract record AgentEvent
{
    private AgentEvent() { }

    /// <summary>
    /// The <see cref="TurnInput.Tag"/> of the turn this speaks of, put there by the adapter from the agent's own turn id; null
    /// when it speaks of none. So that a late event of an ended turn is never taken for one of the next (S8).
    /// </summary>
    public string? TurnTag { get; init; }

    /// <summary>The agent says what it is doing. Never ends a turn by being <see cref="AgentReport.Started"/>; a resting
    /// report while a turn runs ends it (S3).</summary>
    public sealed record Reported(AgentReport Report, string? Message) : AgentEvent;

    public sealed record TurnStarted : AgentEvent;

    /// <summary>The agent ended the turn. Exactly one per turn from a well-behaved agent.</summary>
    public sealed record TurnEnded(AgentTurnOutcome Outcome, string? Error) : AgentEvent;

    public sealed record ItemStarted(Item Item) : AgentEvent;

    /// <summary>More is known of an item that still runs.</summary>
    public sealed record ItemUpdated(Item Item) : AgentEvent;

    public sealed record ItemCompleted(Item Item) : AgentEvent;

    /// <summary>Live text; the whole text comes with the item's end.</summary>
    public sealed record Delta(string ItemId, DeltaKind Kind, string Text) : AgentEvent;

    /// <param name="Key">The agent's own name for the request, unique while the process lives.</param>
    /// <param name="OffersSession">The agent can take an approval for the like of it, for as long as its session lives.</param>
    public sealed record RequestOpened(string Key, string? ItemId, RequestBody Request, bool OffersSession = false) : AgentEvent;

    /// <summary>The agent no longer waits for it, whoever answered.</summary>
    public sealed record RequestClosed(string Key) : AgentEvent;

    public sealed record UsageReported(TokenUsage Usage) : AgentEvent;

    /// <summary>The unified diff of the turn so far, by the agent's own account.</summary>
    public sealed record DiffReported(string UnifiedDiff) : AgentEvent;

    public sealed record TitleSuggested(string Title) : AgentEvent;

    public sealed record CursorChanged(ResumeCursor Cursor) : AgentEvent;

    /// <summary>The agent took the cursor at first and cannot work with it after all.</summary>
    public sealed record CursorRejected(string Reason) : AgentEvent;

    public sealed record Notice(NoticeLevel Level, string Text) : AgentEvent;

    /// <summary>What no other case describes: kept, never dropped, never fatal.</summary>
    public sealed record Raw(string Kind, JsonElement Payload) : AgentEvent;

    /// <summary>The process is gone. Always the last event.</summary>
    /// <param name="ProtocolError">What of its speech could not be understood, when that is why it was ended.</param>
    public sealed record Exited(int ExitCode, string StandardErrorTail, string? ProtocolError) : AgentEvent;
}

public enum AgentReport
{
    Started,
    Ready,
    Interrupted,
    Stopped,
    Error,
}

public enum AgentTurnOutcome
{
    Completed,
    Failed,
    Interrupted,
}

public enum NoticeLevel
{
    Info,
    Warning,
    Error,
}
