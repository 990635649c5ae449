using Offstage.Contracts;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Simulation.Tests.Checking;

/// <summary>What is durable of one session, and what the world has seen of it.</summary>
internal sealed class SessionLedger(SessionId session)
{
    public SessionId Session => session;

    public SessionState? State { get; set; }

    public bool IsPurged { get; set; }

    /// <summary>Kinds of the durable events, in order.</summary>
    public List<string> Kinds { get; } = [];

    public Dictionary<PromptId, PromptFate> Prompts { get; } = [];

    public Dictionary<TurnId, TurnFate> Turns { get; } = [];

    public TurnFate? OpenTurn { get; set; }

    public HashSet<string> GivenUp { get; } = [];

    /// <summary>Cursors an agent has rejected; true when that is durable.</summary>
    public Dictionary<string, bool> RejectedCursors { get; } = [];

    /// <summary>Since when it has looked alive with no work behind it.</summary>
    public DateTimeOffset? HollowSince { get; set; }

    public bool Exists => State is not null && !IsPurged;
}

internal sealed class PromptFate(string text)
{
    public string Text => text;

    public bool IsWithdrawn { get; set; }

    public TurnFate? Turn { get; set; }
}

internal sealed class TurnFate(TurnId turn, PromptFate prompt)
{
    public TurnId Turn => turn;

    public PromptFate Prompt => prompt;

    public CheckpointNumber Number { get; init; }

    /// <summary>A revert went to before it.</summary>
    public bool IsTakenBack { get; set; }

    public int Sent { get; set; }

    public bool IsConfirmed { get; set; }

    public int Continued { get; set; }

    public int HandedOver { get; set; }

    public bool IsStopping { get; set; }

    public bool HasEnded { get; set; }
}
