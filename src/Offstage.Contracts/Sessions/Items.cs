using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offstage.Contracts;

/// <summary>A part of a turn, as agents report it and as sessions keep it.</summary>
/// <param name="Id">The agent's own id, unique within the turn.</param>
/// <param name="ParentId">The item of the sub-agent's call that this one belongs to; null at the top.</param>
public sealed record Item(string Id, ItemStatus Status, ItemBody Body, string? ParentId = null);

[JsonConverter(typeof(JsonStringEnumConverter<ItemStatus>))]
public enum ItemStatus
{
    [JsonStringEnumMemberName("in_progress")] InProgress,
    [JsonStringEnumMemberName("completed")] Completed,
    [JsonStringEnumMemberName("failed")] Failed,
    [JsonStringEnumMemberName("declined")] Declined,
}

/// <summary>What kind of part. <see cref="Raw"/> keeps what no other case describes.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(UserMessage), "user_message")]
[JsonDerivedType(typeof(Message), "message")]
[JsonDerivedType(typeof(Reasoning), "reasoning")]
[JsonDerivedType(typeof(Command), "command")]
[JsonDerivedType(typeof(FileChange), "file_change")]
[JsonDerivedType(typeof(ToolCall), "tool_call")]
[JsonDerivedType(typeof(Plan), "plan")]
[JsonDerivedType(typeof(ProposedPlan), "proposed_plan")]
[JsonDerivedType(typeof(WebSearch), "web_search")]
[JsonDerivedType(typeof(Compaction), "compaction")]
[JsonDerivedType(typeof(Raw), "raw")]
public abstract record ItemBody
{
    private ItemBody() { }

    public sealed record UserMessage(string Text) : ItemBody;

    public sealed record Message(string Text) : ItemBody;

    public sealed record Reasoning(string Text) : ItemBody;

    /// <param name="Output">Both streams, cut in the middle over 256 KiB; null while it runs.</param>
    public sealed record Command(string CommandLine, string? WorkingDirectory, string? Output, int? ExitCode, long? DurationMs) : ItemBody;

    public sealed record FileChange(IReadOnlyList<ChangedFile> Files) : ItemBody;

    /// <param name="Server">The MCP server, when the tool is one's.</param>
    public sealed record ToolCall(string Tool, string? Server, JsonElement? Arguments, string? Result, string? Error) : ItemBody;

    public sealed record Plan(string? Explanation, IReadOnlyList<PlanStep> Steps) : ItemBody;

    /// <summary>What the agent would do, for a person to accept: how a turn in <see cref="AgentMode.Plan"/> ends.</summary>
    /// <param name="Text">Markdown.</param>
    public sealed record ProposedPlan(string Text) : ItemBody;

    public sealed record WebSearch(string Query) : ItemBody;

    public sealed record Compaction : ItemBody;

    /// <param name="Kind">The agent's own name for it.</param>
    public sealed record Raw(string Kind, JsonElement Payload) : ItemBody;
}

/// <param name="Kind"><c>add</c>, <c>update</c>, <c>delete</c> or <c>move</c>.</param>
public sealed record ChangedFile(string Path, string Kind, string? Diff = null);

public sealed record PlanStep(string Text, ItemStatus Status);

/// <summary>What stream of text a live delta belongs to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeltaKind>))]
public enum DeltaKind
{
    [JsonStringEnumMemberName("message")] Message,
    [JsonStringEnumMemberName("reasoning")] Reasoning,
    [JsonStringEnumMemberName("command_output")] CommandOutput,
    [JsonStringEnumMemberName("plan")] Plan,
    [JsonStringEnumMemberName("file_change")] FileChange,
}

/// <summary>Tokens, cumulative for the agent's conversation. Null is what the agent does not tell.</summary>
public sealed record TokenUsage(
    long? InputTokens,
    long? CachedInputTokens,
    long? OutputTokens,
    long? ReasoningTokens,
    long? ContextTokens,
    long? ContextWindow,
    decimal? CostUsd);
