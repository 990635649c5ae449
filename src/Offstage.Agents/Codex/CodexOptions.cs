namespace Offstage.Agents.Codex;

public sealed record CodexOptions
{
    /// <summary>The program on the host: npm's <c>codex</c>, or the native program. Null: searched in <see cref="SearchFolders"/>.</summary>
    public string? Program { get; init; }

    /// <summary>Where to look for <c>codex</c>, in order: usually the PATH.</summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [];

    /// <summary>The model endpoint. Null leaves it to Codex's own settings in the sandbox's home.</summary>
    public CodexModelProvider? ModelProvider { get; init; } = new();

    /// <summary>Lets the model ask the person questions. Codex calls this a feature under development outside its plan
    /// mode. Default true.</summary>
    public bool AsksQuestions { get; init; } = true;

    /// <summary>Further settings of Codex, as dotted TOML keys to TOML values: <c>web_search</c> → <c>"disabled"</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>How long the program may take until its conversation is open. Default 60 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>An endpoint that speaks OpenAI's Responses API.</summary>
/// <remarks>A provider of our own even for OpenAI itself: the built-in one wants a login in its home, this one takes the
/// key from the process's environment and stores it nowhere.</remarks>
public sealed record CodexModelProvider
{
    public string Name { get; init; } = "OpenAI";

    public string BaseUrl { get; init; } = "https://api.openai.com/v1";

    /// <summary>Name of the variable that holds the key; it comes with <see cref="AgentStart.Environment"/>. Null: none is sent.</summary>
    public string? KeyVariable { get; init; } = "OPENAI_API_KEY";

    /// <summary><c>responses</c>, the only one that Codex still speaks.</summary>
    public string WireApi { get; init; } = "responses";
}
