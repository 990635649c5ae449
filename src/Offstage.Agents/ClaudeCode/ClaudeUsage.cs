using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.ClaudeCode;

/// <summary>Tokens and cost since the process began, as each result sums them up.</summary>
internal sealed class ClaudeUsage
{
    private string? model;
    private long? context;

    /// <summary>A call of the conversation's own model begins: what it reads is what fills the window.</summary>
    public void OnMessage(JsonElement message)
    {
        model = message.FindText("model") ?? model;
        if (message.Find("usage") is { } usage)
            context = Inputs(usage, "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens");
    }

    public void OnMessageEnd(JsonElement usage) => context += usage.FindNumber("output_tokens") ?? 0;

    public TokenUsage Sum(JsonElement result)
    {
        var models = result.Members("modelUsage").ToList();
        if (models.Count == 0)
            return new TokenUsage(null, null, null, null, context, null, CostOf(result));
        var own = models.FirstOrDefault(one => model is not null && one.Name.StartsWith(model, StringComparison.Ordinal));
        var window = (own.Value.ValueKind == JsonValueKind.Undefined ? models[0] : own).Value.FindNumber("contextWindow");
        return new TokenUsage(
            models.Sum(one => Inputs(one.Value, "inputTokens", "cacheReadInputTokens", "cacheCreationInputTokens")),
            models.Sum(one => one.Value.FindNumber("cacheReadInputTokens") ?? 0),
            models.Sum(one => one.Value.FindNumber("outputTokens") ?? 0),
            null, context, window, CostOf(result));
    }

    private static long Inputs(JsonElement usage, params ReadOnlySpan<string> names)
    {
        long sum = 0;
        foreach (string name in names)
            sum += usage.FindNumber(name) ?? 0;
        return sum;
    }

    private static decimal? CostOf(JsonElement result) =>
        result.Find("total_cost_usd") is { ValueKind: JsonValueKind.Number } cost && cost.TryGetDecimal(out var value) ? value : null;
}
