using Offstage.Contracts;

namespace Offstage.Sessions.Lifecycle;

/// <summary>
/// Tokens and cost of the session and of its turn. Agents tell totals of their own conversation, which begins anew with each agent, so
/// what counts is by how much a total has grown.
/// </summary>
/// <param name="Session">Of all turns and agents; context as told last. Null when nothing was told.</param>
/// <param name="Turn">Of the turn that runs or ran last.</param>
/// <param name="Told">The agent's own total when it was told last; null at the start of its conversation.</param>
public sealed record UsageTally(TokenUsage? Session, TokenUsage? Turn, TokenUsage? Told)
{
    public static UsageTally None { get; } = new(null, null, null);

    public UsageTally BeginTurn() => this with { Turn = null };

    public UsageTally BeginConversation() => this with { Told = null };

    public UsageTally Add(TokenUsage told)
    {
        var grown = Difference(told, Told);
        return new UsageTally(Sum(Session, grown), Sum(Turn, grown), told);
    }

    /// <summary>An agent that counts from zero again, with its process, has told less than before: all of it is new.</summary>
    private static TokenUsage Difference(TokenUsage now, TokenUsage? before)
    {
        bool restarted = before is null || now.InputTokens < before.InputTokens || now.OutputTokens < before.OutputTokens || now.CostUsd < before.CostUsd;
        return restarted ? now : now with
        {
            InputTokens = now.InputTokens - (before!.InputTokens ?? 0),
            CachedInputTokens = Positive(now.CachedInputTokens - (before.CachedInputTokens ?? 0)),
            OutputTokens = now.OutputTokens - (before.OutputTokens ?? 0),
            ReasoningTokens = Positive(now.ReasoningTokens - (before.ReasoningTokens ?? 0)),
            CostUsd = now.CostUsd - (before.CostUsd ?? 0),
        };
    }

    private static TokenUsage Sum(TokenUsage? sum, TokenUsage grown) => sum is null ? grown : grown with
    {
        InputTokens = Plus(sum.InputTokens, grown.InputTokens),
        CachedInputTokens = Plus(sum.CachedInputTokens, grown.CachedInputTokens),
        OutputTokens = Plus(sum.OutputTokens, grown.OutputTokens),
        ReasoningTokens = Plus(sum.ReasoningTokens, grown.ReasoningTokens),
        CostUsd = sum.CostUsd is null && grown.CostUsd is null ? null : (sum.CostUsd ?? 0) + (grown.CostUsd ?? 0),
    };

    private static long? Plus(long? a, long? b) => a is null && b is null ? null : (a ?? 0) + (b ?? 0);

    private static long? Positive(long? value) => value < 0 ? 0 : value;
}
