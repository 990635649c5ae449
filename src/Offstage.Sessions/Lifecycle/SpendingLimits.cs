using System.Globalization;
using Offstage.Contracts;

namespace Offstage.Sessions.Lifecycle;

/// <summary>Whether a session has used up what it may use.</summary>
internal static class SpendingLimits
{
    /// <param name="runningMs">Work of the turn under way that the state does not count yet.</param>
    /// <returns>Which limit, and what was used; null while none is reached.</returns>
    public static Failure? Exceeded(SessionState state, long runningMs = 0)
    {
        var limits = state.Limits;
        var used = state.Usage.Session;
        long tokens = (used?.InputTokens ?? 0) + (used?.OutputTokens ?? 0);
        if (tokens >= limits.MaxTokens)
            return Reached("limit_tokens", $"The session has used {tokens} tokens; its limit maxTokens is {limits.MaxTokens}.");
        if (used?.CostUsd >= limits.MaxCostUsd)
            return Reached("limit_cost", $"The session has cost {used.CostUsd} USD; its limit maxCostUsd is {limits.MaxCostUsd}.");
        return state.WorkedMs + runningMs >= limits.MaxMinutes * 60_000L
            ? Reached("limit_minutes", $"The session has worked for its limit maxMinutes of {limits.MaxMinutes}.")
            : null;
    }

    /// <summary>The same for one more turn.</summary>
    public static Failure? ExceededByAnother(SessionState state)
        => state.TurnCount >= state.Limits.MaxTurns
            ? Reached("limit_turns", $"The session has had {state.TurnCount} turns; its limit maxTurns is {state.Limits.MaxTurns}.")
            : Exceeded(state);

    /// <summary>When the turn that begins to work now must be over.</summary>
    public static DateTimeOffset TurnDeadline(SessionState state, DateTimeOffset now)
    {
        long left = state.Limits.MaxMinutes is { } minutes ? Math.Max(0, (minutes * 60_000L) - state.WorkedMs) : long.MaxValue;
        return now + TimeSpan.FromMilliseconds(Math.Min(state.Limits.TurnTimeoutMs, left));
    }

    private static Failure Reached(string code, FormattableString text) => new(code, text.ToString(CultureInfo.InvariantCulture));
}
