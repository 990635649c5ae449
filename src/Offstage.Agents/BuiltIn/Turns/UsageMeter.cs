using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>What was used since the process began, and how full the window is. One thread at a time.</summary>
internal sealed class UsageMeter(BuiltInOptions options)
{
    private ModelUsage total = ModelUsage.None;
    private decimal cost;
    private long told;
    private int toldEntries;
    private bool isTold;

    /// <summary>Input and output together.</summary>
    public long Tokens => total.Input + total.Output;

    /// <summary>0 where no prices are known.</summary>
    public decimal CostUsd => cost;

    public void Add(ModelUsage usage)
    {
        total = new ModelUsage(
            total.Input + usage.Input, total.CachedInput + usage.CachedInput, total.CacheWrite + usage.CacheWrite, total.Output + usage.Output,
            usage.Reasoning is null && total.Reasoning is null ? null : (total.Reasoning ?? 0) + (usage.Reasoning ?? 0));
        if (options.Prices is { } prices)
            cost += usage.CostOf(prices);
    }

    /// <summary>The endpoint has said what the first entries and its answer to them took.</summary>
    public void Measure(ModelUsage usage, int entries)
    {
        isTold = usage.Input > 0;
        told = usage.Input + usage.Output;
        toldEntries = entries;
    }

    /// <summary>The conversation is another one.</summary>
    public void Forget() => isTold = false;

    /// <summary>Tokens that the next request will take, near enough.</summary>
    public long EstimateContext(IReadOnlyList<Entry> entries, string system)
        => isTold && toldEntries <= entries.Count
            ? told + TokenEstimate.Of(entries.Skip(toldEntries))
            : TokenEstimate.Of(system) + TokenEstimate.Of(entries);

    public TokenUsage Report() => new(
        total.Input, total.CachedInput, total.Output, total.Reasoning, isTold ? told : null, options.ContextWindow,
        options.Prices is null ? null : cost);
}
