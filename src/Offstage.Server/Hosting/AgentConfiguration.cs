using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Offstage.Server.Hosting;

/// <summary>
/// The agents that a person has configured, by name, in <c>agents.json</c> of the home: another account, another binary, another agent that
/// speaks ACP. What is not named keeps the default of its kind.
/// </summary>
public sealed partial record AgentConfiguration
{
    public const string FileName = "agents.json";

    public static readonly string[] Kinds = ["codex", "claude", "opencode", "acp", BuiltInConfiguration.Kind];

    /// <summary><c>codex</c>, <c>claude</c>, <c>opencode</c>, <c>acp</c> or <c>builtin</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Path of the program; for <c>acp</c>, a name to look for on the PATH will do, too. Null: searched for.</summary>
    public string? Program { get; init; }

    /// <summary>For <c>acp</c> only; null: none.</summary>
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>Given to the agent's process. <c>${NAME}</c> stands for a variable of the server's own, so that no secret needs to be written down.
    /// Null: nothing.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }

    /// <summary>A folder of this machine that is the agent's HOME, for logins that are kept in files: absolute. All sessions with this agent share it, and
    /// what runs in their sandboxes can read it. Null: each sandbox has a home of its own.</summary>
    public string? Home { get; init; }

    /// <summary>The model endpoint; null: the default of the kind.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>The model where nobody says another.</summary>
    public string? Model { get; init; }

    /// <summary>For <c>builtin</c> only, and there it must be said.</summary>
    public BuiltInConfiguration? BuiltIn { get; init; }

    /// <param name="home">The server's home.</param>
    /// <returns>Empty when there is no such file.</returns>
    /// <exception cref="AgentConfigurationException">The file cannot be understood; the message says where.</exception>
    public static IReadOnlyDictionary<string, AgentConfiguration> Read(string home)
    {
        string path = Path.Combine(home, FileName);
        if (!File.Exists(path))
            return new Dictionary<string, AgentConfiguration>();
        try
        {
            using var stream = File.OpenRead(path);
            var file = JsonSerializer.Deserialize(stream, AgentConfigurationJson.Default.AgentConfigurationFile)
                ?? throw new AgentConfigurationException($"{path} is empty.");
            foreach (var (name, agent) in file.Agents)
                Check(path, name, agent);
            return file.Agents;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new AgentConfigurationException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The process's variables, with references to the server's own resolved. One to a variable that is not set leaves its own out.</summary>
    public Dictionary<string, string> Resolve(IReadOnlyDictionary<string, string> server)
    {
        var resolved = new Dictionary<string, string>();
        foreach (var (name, value) in Environment ?? new Dictionary<string, string>())
        {
            bool missing = false;
            string text = Reference().Replace(value, match =>
            {
                missing |= !server.TryGetValue(match.Groups[1].Value, out string? found);
                return found ?? "";
            });
            if (!missing)
                resolved[name] = text;
        }

        return resolved;
    }

    private static void Check(string path, string name, AgentConfiguration agent)
    {
        if (!Name().IsMatch(name))
            throw new AgentConfigurationException($"{path}: '{name}' is no name for an agent: up to 40 lower-case letters, digits and hyphens.");
        if (name == "script")
            throw new AgentConfigurationException($"{path}: 'script' is the name of the demonstration agent.");
        if (!Kinds.Contains(agent.Kind))
            throw new AgentConfigurationException($"{path}: agent '{name}' has the kind '{agent.Kind}'. There are: {string.Join(", ", Kinds)}.");
        if (agent is { Kind: "acp", Program: null })
            throw new AgentConfigurationException($"{path}: agent '{name}' speaks ACP and needs a 'program'.");
        if (agent.Home is { } own && (!Path.IsPathFullyQualified(own) || !Directory.Exists(own)))
            throw new AgentConfigurationException($"{path}: the 'home' of agent '{name}' is no folder of this machine: {own}.");
        if (agent.Kind != "acp" && agent.Arguments is { Count: > 0 })
            throw new AgentConfigurationException($"{path}: agent '{name}' is no ACP agent and takes no 'arguments'.");
        if (agent.Kind == BuiltInConfiguration.Kind != agent.BuiltIn is not null)
            throw new AgentConfigurationException($"{path}: agent '{name}': 'builtIn' goes with the kind '{BuiltInConfiguration.Kind}', and only with it.");
        if (agent.Kind == BuiltInConfiguration.Kind && (agent.Program ?? agent.Home) is not null)
            throw new AgentConfigurationException($"{path}: agent '{name}' is built in and takes neither 'program' nor 'home'.");
        if (agent.BuiltIn?.Check(agent.BaseUrl) is { } wrong)
            throw new AgentConfigurationException($"{path}: agent '{name}': {wrong}.");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Reference();
}

public sealed class AgentConfigurationException(string message, Exception? inner = null) : Exception(message, inner);

internal sealed record AgentConfigurationFile(Dictionary<string, AgentConfiguration> Agents);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AgentConfigurationFile))]
internal sealed partial class AgentConfigurationJson : JsonSerializerContext;
