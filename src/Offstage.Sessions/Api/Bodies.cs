using System.Text.Json.Serialization;
using Offstage.Contracts;

namespace Offstage.Sessions.Api;

/// <summary>Hands a task over. <c>prompt</c> is the text of a first prompt.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateSessionBody
{
    public required WorkspaceBody Workspace { get; init; }

    /// <summary>Null: the server's default agent.</summary>
    public string? Agent { get; init; }

    public string? Model { get; init; }

    public string? Effort { get; init; }

    /// <summary>Null: <c>auto</c>.</summary>
    public AgentMode? Mode { get; init; }

    public string? Title { get; init; }

    public string? Prompt { get; init; }

    /// <summary>Of the prompt.</summary>
    public IReadOnlyList<AttachmentBody>? Attachments { get; init; }

    public LimitsBody? Limits { get; init; }

    public SandboxBody? Sandbox { get; init; }

    /// <summary>Who asks; null: the person the server runs for.</summary>
    public Person? Author { get; init; }

    /// <summary>The same task to several: one session each, in sandboxes of their own, to compare and keep one of. 2 to 10; needs a prompt.</summary>
    public IReadOnlyList<CandidateBody>? Candidates { get; init; }

    /// <summary>The same to the same agent so many times. At most one of this and <see cref="Candidates"/>.</summary>
    public int? Count { get; init; }
}

/// <summary>What differs between siblings; null: as said for the session.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CandidateBody
{
    public string? Agent { get; init; }

    public string? Model { get; init; }

    public string? Effort { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CompareBody
{
    /// <summary>Run by bash in each sibling's workspace. Null: none is run.</summary>
    public string? TestCommand { get; init; }

    /// <summary>For one run; null: ten minutes.</summary>
    public long? TestTimeoutMs { get; init; }
}

/// <summary>Exactly one of <c>path</c> and <c>url</c> with kind <c>repository</c>; neither with <c>none</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WorkspaceBody
{
    /// <summary><c>repository</c> or <c>none</c>.</summary>
    public required string Kind { get; init; }

    public string? Path { get; init; }

    public string? Url { get; init; }

    /// <summary>Branch, tag or commit to begin at; null: the repository's HEAD.</summary>
    public string? Ref { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SandboxBody
{
    /// <summary>Null: <c>process</c>. <c>none</c> runs the agent without any wall.</summary>
    public SandboxIsolation? Isolation { get; init; }

    /// <summary>Null: <c>full</c>.</summary>
    public SandboxNetwork? Network { get; init; }

    public long? MemoryBytesMax { get; init; }

    public int? ProcessesMax { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LimitsBody
{
    public int? QueueMax { get; init; }

    public long? TurnTimeoutMs { get; init; }

    public long? RequestTimeoutMs { get; init; }

    public long? IdleTimeoutMs { get; init; }

    public long? StopTimeoutMs { get; init; }

    public long? ProvisionTimeoutMs { get; init; }

    public int? ProvisionAttemptsMax { get; init; }

    public AgentLostPolicy? OnAgentLost { get; init; }

    /// <summary>Input and output tokens together, of the whole session.</summary>
    public long? MaxTokens { get; init; }

    public decimal? MaxCostUsd { get; init; }

    public int? MaxTurns { get; init; }

    /// <summary>Of work in all turns, waiting for a person not counted.</summary>
    public int? MaxMinutes { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PromptBody
{
    /// <summary>May be left out of a review.</summary>
    public string? Text { get; init; }

    /// <summary>Images: at most 8, of 5 MiB each and 10 MiB together. Null: none.</summary>
    public IReadOnlyList<AttachmentBody>? Attachments { get; init; }

    /// <summary>Asks for a review; the text then says what to look at in particular.</summary>
    public ReviewTarget? Review { get; init; }

    /// <summary>Also for what follows; null: the session's.</summary>
    public string? Agent { get; init; }

    /// <summary>For this prompt; null: the session's.</summary>
    public string? Model { get; init; }

    public string? Effort { get; init; }

    public AgentMode? Mode { get; init; }

    /// <summary>Adds to the turn that runs. When none runs, or the agent cannot, it is asked as a prompt.</summary>
    public bool Steer { get; init; }

    public Person? Author { get; init; }
}

/// <param name="Data">The bytes, as base64 in JSON.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AttachmentBody(string Name, byte[] Data);

/// <summary>How the proposed plan is carried out.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AcceptPlanBody
{
    /// <summary>Null: <c>auto</c>.</summary>
    public AgentMode? Mode { get; init; }

    /// <summary>Null: the session's. Another agent is given the conversation with the plan.</summary>
    public string? Agent { get; init; }

    /// <summary>What to heed in doing so.</summary>
    public string? Remarks { get; init; }

    public Person? Author { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PatchSessionBody
{
    public string? Title { get; init; }

    /// <summary>From the next turn on; so are model, effort and mode.</summary>
    public string? Agent { get; init; }

    public string? Model { get; init; }

    public string? Effort { get; init; }

    public AgentMode? Mode { get; init; }

    /// <summary>Only those that are given change.</summary>
    public LimitsBody? Limits { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RevertBody
{
    /// <summary>Of a checkpoint: what came after it is taken back. 0 is before the first turn. Exactly one of this and <see cref="TurnId"/>.</summary>
    public int? Checkpoint { get; init; }

    /// <summary>The last turn that stays.</summary>
    public string? TurnId { get; init; }
}

/// <summary>What a new session may be told that goes on from another.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ForkBody
{
    public string? Title { get; init; }

    public string? Prompt { get; init; }

    /// <summary>The last turn that the new session knows of and whose files it has. Null: the latest.</summary>
    public string? TurnId { get; init; }

    /// <summary>The files of this checkpoint, with the whole conversation. At most one of this and <see cref="TurnId"/>.</summary>
    public int? Checkpoint { get; init; }

    /// <summary>Null: as the other session's; so are model and mode.</summary>
    public string? Agent { get; init; }

    public string? Model { get; init; }

    public AgentMode? Mode { get; init; }
}

/// <summary>An answer and who gives it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AnswerBody
{
    public required RequestAnswer Answer { get; init; }

    public Person? Author { get; init; }
}
