using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.OpenCode;

/// <summary>Tokens and cost of the conversation: what the session says at its opening, and each step since.</summary>
internal sealed class OpenCodeUsage
{
    private long input;
    private long cached;
    private long output;
    private long reasoning;
    private decimal cost;

    public void Open(JsonElement session) => Add(session);

    /// <param name="step">A model call that has ended.</param>
    public TokenUsage AddStep(JsonElement step)
    {
        Add(step);
        var context = step.Find("tokens")?.FindNumber("total");
        return new TokenUsage(input, cached, output, reasoning, context, ContextWindow: null, cost > 0 ? cost : null);
    }

    // OpenCode counts cached and reasoning tokens apart from the others; here they are among them.
    private void Add(JsonElement holder)
    {
        var tokens = holder.Find("tokens") ?? default;
        var cache = tokens.Find("cache") ?? default;
        long read = Count(cache, "read");
        long thought = Count(tokens, "reasoning");
        input += Count(tokens, "input") + read + Count(cache, "write");
        cached += read;
        output += Count(tokens, "output") + thought;
        reasoning += thought;
        if (holder.Find("cost") is { ValueKind: JsonValueKind.Number } told && told.TryGetDecimal(out var spent) && spent is >= 0 and < 1_000_000)
            cost += spent;
    }

    private static long Count(JsonElement holder, string name) => Math.Clamp(holder.FindNumber(name) ?? 0, 0, 1_000_000_000_000);
}
