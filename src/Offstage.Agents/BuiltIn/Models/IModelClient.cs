using Offstage.Agents.BuiltIn.Conversations;

namespace Offstage.Agents.BuiltIn.Models;

/// <summary>Asks one endpoint for answers. One implementation per API; none tries again by itself.</summary>
internal interface IModelClient : IDisposable
{
    /// <summary>One answer, as it comes. Complete when it ends with <see cref="ModelChunk.Ended"/>, and broken off when it ends without.</summary>
    /// <exception cref="ModelException">The endpoint refused, could not be reached, or broke off.</exception>
    IAsyncEnumerable<ModelChunk> AskAsync(ModelRequest request, CancellationToken cancellationToken);
}

/// <param name="Effort">Null: the model's own.</param>
/// <param name="Entries">Oldest first; every call with its result behind it.</param>
/// <param name="Tools">Empty: it may call none.</param>
internal sealed record ModelRequest(
    string Model, string? Effort, string System, IReadOnlyList<Entry> Entries, IReadOnlyList<ToolSpec> Tools, int? OutputTokensMax);

/// <param name="Parameters">JSON schema of an object.</param>
internal sealed record ToolSpec(string Name, string Description, string Parameters);

/// <summary>A piece of an answer.</summary>
internal abstract record ModelChunk
{
    private ModelChunk() { }

    public sealed record Text(string Delta) : ModelChunk;

    public sealed record Reasoning(string Delta) : ModelChunk;

    /// <summary>The reasoning so far is whole.</summary>
    /// <param name="Id">The endpoint's name for it; null when it has none.</param>
    /// <param name="Proof">What the endpoint wants to see again with it; null when nothing.</param>
    /// <param name="Hidden">There is no text, only the proof.</param>
    public sealed record ReasoningDone(string? Id, string? Proof, bool Hidden = false) : ModelChunk;

    /// <param name="Arguments">As the model wrote them: not proven to be JSON.</param>
    public sealed record Call(string Id, string Tool, string Arguments) : ModelChunk;

    /// <summary>Replaces what was told before of the same answer.</summary>
    public sealed record Used(ModelUsage Usage) : ModelChunk;

    public sealed record Ended(ModelStop Stop) : ModelChunk;
}

internal enum ModelStop
{
    /// <summary>It said all it wanted to, calls included.</summary>
    Done,

    /// <summary>The answer was cut at its longest.</summary>
    Length,

    Refused,
}

/// <summary>Tokens of one answer.</summary>
/// <param name="Input">All, cached included.</param>
/// <param name="Output">All, reasoning included.</param>
internal sealed record ModelUsage(long Input, long CachedInput, long CacheWrite, long Output, long? Reasoning)
{
    public static ModelUsage None { get; } = new(0, 0, 0, 0, null);

    public decimal CostOf(BuiltInPrices prices)
        => (((Input - CachedInput - CacheWrite) * prices.Input)
            + (CachedInput * (prices.CachedInput ?? prices.Input))
            + (CacheWrite * (prices.CacheWrite ?? prices.Input))
            + (Output * prices.Output)) / 1_000_000m;
}
