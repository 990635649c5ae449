using System.Globalization;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>The bounds of one turn, counted from its start.</summary>
internal sealed class TurnLimits(BuiltInLimits limits, UsageMeter meter)
{
    private readonly long tokensBefore = meter.Tokens;
    private readonly decimal costBefore = meter.CostUsd;
    private int steps;

    /// <summary>The model is about to be asked again.</summary>
    /// <exception cref="TurnFailedException">One bound is reached; its code says which.</exception>
    public void RequireAnother()
    {
        if (steps >= limits.StepsMax)
            throw new TurnFailedException("limit_steps", $"The turn has taken {steps} steps, which is all it may.");
        long tokens = meter.Tokens - tokensBefore;
        if (tokens >= limits.TokensMax)
            throw new TurnFailedException("limit_tokens", $"The turn has used {tokens} tokens of {limits.TokensMax}.");
        decimal cost = meter.CostUsd - costBefore;
        if (cost >= limits.CostUsdMax)
            throw new TurnFailedException("limit_cost", string.Create(CultureInfo.InvariantCulture, $"The turn has cost {cost:0.####} of {limits.CostUsdMax} US dollars."));
        steps++;
    }
}
