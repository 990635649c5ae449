using Offstage.Agents.BuiltIn;

namespace Offstage.Server.Hosting;

/// <summary>What <c>agents.json</c> can say of an agent of the kind <c>builtin</c> besides what all have.</summary>
public sealed record BuiltInConfiguration
{
    public const string Kind = "builtin";

    private const string Anthropic = "anthropic";
    private const string OpenAi = "openai";
    private const string Compatible = "openai-compatible";
    private const long WindowMin = 4_000;

    /// <summary><c>anthropic</c>, <c>openai</c>, or <c>openai-compatible</c> for whatever speaks Chat Completions.</summary>
    public required string Provider { get; init; }

    /// <summary>Name of the server's variable that holds the key. Null: the provider's own; with <c>openai-compatible</c>, none.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>Tokens. Null: as the provider's usual models have.</summary>
    public long? ContextWindow { get; init; }

    /// <summary>Of one answer. Null: the endpoint's own.</summary>
    public int? OutputTokensMax { get; init; }

    /// <summary>Null: no cost is told.</summary>
    public PriceConfiguration? Prices { get; init; }

    /// <summary>Of one turn. Null: the usual ones.</summary>
    public TurnLimitConfiguration? Limits { get; init; }

    /// <returns>What is wrong with it; null when nothing is.</returns>
    public string? Check(string? baseUrl) => this switch
    {
        { Provider: not (Anthropic or OpenAi or Compatible) } => $"'provider' is {Anthropic}, {OpenAi} or {Compatible}, not '{Provider}'",
        { Provider: Compatible } when baseUrl is null => $"a provider that is {Compatible} needs a 'baseUrl'",
        _ when baseUrl is not null && !(Uri.TryCreate(baseUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") => $"'baseUrl' is no http address: '{baseUrl}'",
        { ContextWindow: < WindowMin } => $"'contextWindow' is at least {WindowMin}",
        { OutputTokensMax: < 1 } => "'outputTokensMax' is at least 1",
        { Limits.Steps: < 1 } or { Limits.Tokens: < 1 } or { Limits.CostUsd: <= 0 } => "limits are greater than 0",
        { Limits.CostUsd: not null, Prices: null } => "a limit of cost needs 'prices'",
        { Prices: { } prices } when prices.Input < 0 || prices.Output < 0 || prices.CachedInput < 0 || prices.CacheWrite < 0 => "prices are not negative",
        _ => null,
    };

    public BuiltInOptions ToOptions(string? baseUrl, string? model)
    {
        var options = Provider switch
        {
            Anthropic => ForAnthropic(baseUrl),
            OpenAi => ForOpenAi(baseUrl),
            _ => ForCompatible(baseUrl!, KeyVariable),
        };
        return options with
        {
            KeyVariable = KeyVariable ?? options.KeyVariable,
            Model = model ?? options.Model,
            ContextWindow = ContextWindow ?? options.ContextWindow,
            OutputTokensMax = OutputTokensMax,
            Prices = Prices is { } prices ? new BuiltInPrices(prices.Input, prices.Output, prices.CachedInput, prices.CacheWrite) : null,
            Limits = options.Limits with { StepsMax = Limits?.Steps ?? options.Limits.StepsMax, TokensMax = Limits?.Tokens, CostUsdMax = Limits?.CostUsd },
        };
    }

    /// <summary>The agent that is there without any configuration: by the endpoint or the key that the server's environment names.</summary>
    public static BuiltInOptions FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        string? Find(string name) => environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
        var options = Find("OFFSTAGE_MODEL_URL") is { } url ? ForCompatible(url, Find("OFFSTAGE_MODEL_KEY") is null ? null : "OFFSTAGE_MODEL_KEY")
            : Find("ANTHROPIC_API_KEY") is null && Find("OPENAI_API_KEY") is not null ? ForOpenAi(Find("OPENAI_BASE_URL"))
            : ForAnthropic(Find("ANTHROPIC_BASE_URL"));
        return options with { Model = Find("OFFSTAGE_MODEL") ?? options.Model };
    }

    private static BuiltInOptions ForAnthropic(string? baseUrl) => new()
    {
        Wire = BuiltInWire.Messages,
        BaseUrl = baseUrl,
        KeyVariable = "ANTHROPIC_API_KEY",
        Model = "claude-sonnet-4-5",
        ContextWindow = 200_000,
    };

    // Elsewhere than at OpenAI itself, Chat Completions is what can be relied on.
    private static BuiltInOptions ForOpenAi(string? baseUrl) => new()
    {
        Wire = baseUrl is null ? BuiltInWire.Responses : BuiltInWire.ChatCompletions,
        BaseUrl = baseUrl,
        KeyVariable = "OPENAI_API_KEY",
        Model = "gpt-5",
        ContextWindow = 272_000,
    };

    private static BuiltInOptions ForCompatible(string baseUrl, string? keyVariable) => new()
    {
        Wire = BuiltInWire.ChatCompletions,
        BaseUrl = baseUrl,
        KeyVariable = keyVariable,
        ContextWindow = 128_000,
    };
}

/// <summary>In US dollars per million tokens.</summary>
public sealed record PriceConfiguration(decimal Input, decimal Output, decimal? CachedInput = null, decimal? CacheWrite = null);

/// <summary>Of one turn; null: not bounded, and for steps the usual bound.</summary>
public sealed record TurnLimitConfiguration(int? Steps = null, long? Tokens = null, decimal? CostUsd = null);
