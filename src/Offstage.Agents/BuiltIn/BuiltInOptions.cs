namespace Offstage.Agents.BuiltIn;

/// <summary>Which API the model is asked by.</summary>
public enum BuiltInWire
{
    /// <summary>Anthropic's Messages API.</summary>
    Messages,

    /// <summary>OpenAI's Chat Completions API, which Ollama, vLLM and most others speak too.</summary>
    ChatCompletions,

    /// <summary>OpenAI's Responses API.</summary>
    Responses,
}

public sealed record BuiltInOptions
{
    public required BuiltInWire Wire { get; init; }

    /// <summary>Of the endpoint, as its SDK takes it: without <c>/v1</c> for <see cref="BuiltInWire.Messages"/>, with it for the others.
    /// Null: the vendor's own.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Where in <see cref="AgentStart.Environment"/> the key stands. Null: the endpoint wants none.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>Where neither a session nor a turn names one. Null: one must be named.</summary>
    public string? Model { get; init; }

    /// <summary>Tokens that the model can be shown at once, its answer included. Over <see cref="CompactAt"/> of it the conversation is compacted.</summary>
    public long ContextWindow { get; init; } = 200_000;

    public double CompactAt { get; init; } = 0.8;

    /// <summary>Of one answer. Null: as the endpoint has it, and 16,000 where the API wants a number.</summary>
    public int? OutputTokensMax { get; init; }

    /// <summary>Null: not known, and no cost is told.</summary>
    public BuiltInPrices? Prices { get; init; }

    public BuiltInLimits Limits { get; init; } = new();

    public BuiltInRetries Retries { get; init; } = new();

    /// <summary>For the sandbox to be ready; also for the conversation to be read.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>In US dollars per million tokens.</summary>
/// <param name="CachedInput">Null: as other input.</param>
/// <param name="CacheWrite">Null: as other input.</param>
public sealed record BuiltInPrices(decimal Input, decimal Output, decimal? CachedInput = null, decimal? CacheWrite = null);

/// <summary>Bounds of one turn, and what ends it when it is over one.</summary>
public sealed record BuiltInLimits
{
    /// <summary>Answers of the model: <c>limit_steps</c>.</summary>
    public int StepsMax { get; init; } = 200;

    /// <summary>Input and output together: <c>limit_tokens</c>. Null: none.</summary>
    public long? TokensMax { get; init; }

    /// <summary><c>limit_cost</c>; wants <see cref="BuiltInOptions.Prices"/>. Null: none.</summary>
    public decimal? CostUsdMax { get; init; }

    /// <summary>The same call failing so often with no other in between: <c>model_stuck</c>.</summary>
    public int RepeatedFailuresMax { get; init; } = 4;

    /// <summary>Where the model names no time for a command.</summary>
    public TimeSpan ShellTime { get; init; } = TimeSpan.FromMinutes(2);

    public TimeSpan ShellTimeMax { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Of what a tool tells the model; what is over is cut from the middle and said so.</summary>
    public int ToolOutputBytesMax { get; init; } = 32 * 1024;
}

/// <summary>Of calls of the model that may succeed later.</summary>
public sealed record BuiltInRetries
{
    /// <summary>All together, the first included; then the turn fails with what the last one said.</summary>
    public int AttemptsMax { get; init; } = 6;

    /// <summary>Before the second attempt; doubled each time, and between half of it and all of it by chance.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan DelayMax { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>An endpoint that wants a longer wait than this is not waited for.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Without a word of the answer, the connection counts as dropped.</summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromMinutes(5);
}
