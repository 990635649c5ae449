using System.Security.Cryptography;
using System.Text;
using Offstage.Agents;
using Offstage.Agents.Acp;
using Offstage.Agents.BuiltIn;
using Offstage.Agents.ClaudeCode;
using Offstage.Agents.Codex;
using Offstage.Agents.OpenCode;
using Offstage.Agents.Processes;
using Offstage.Agents.Script;
using Offstage.Processes;
using Offstage.Sessions.Effects;

namespace Offstage.Server.Hosting;

/// <summary>The agents a server offers, with what each may see of the environment.</summary>
public static class AgentOffers
{
    private static readonly string[] CodexVariables = ["OPENAI_API_KEY"];
    private static readonly string[] ClaudeVariables = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
    private static readonly string[] OpenCodeVariables = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"];
    private static readonly string[] BuiltInVariables = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OFFSTAGE_MODEL_KEY"];

    /// <remarks>In the order in which one is chosen when nobody names any: what a person has configured, then each kind as it is found, then
    /// <c>builtin</c>, which needs no program, and <c>script</c> never. A configuration of the same name takes the place of what would be offered by itself.</remarks>
    /// <exception cref="AgentConfigurationException">The home's configuration cannot be understood.</exception>
    public static IReadOnlyList<AgentOffer> Make(ServerOptions options, ProcessHost processes)
    {
        var probe = new AgentProbe(new ProcessRunner(processes, options.TimeProvider));
        var configured = AgentConfiguration.Read(options.Home);
        AgentOffer[] found =
        [
            Default(options, probe, "codex", CodexVariables),
            Default(options, probe, "claude", ClaudeVariables),
            Default(options, probe, "opencode", OpenCodeVariables),
            .. OverProtocol(options, probe),
            new(BuiltIn(options, BuiltInConfiguration.FromEnvironment(options.Environment)), Pick(options, BuiltInVariables)),
        ];
        return
        [
            .. configured.Select(one => Configured(options, probe, one.Key, one.Value)),
            .. found.Where(offer => !configured.ContainsKey(offer.Name)),
            new(new ScriptAdapter(new ScriptOptions(), options.TimeProvider), new Dictionary<string, string>()),
        ];
    }

    /// <returns>The first that is usable, one that has a key before one that has none; null when none is usable. The built-in agent is
    /// everywhere, so that without a key it is no choice.</returns>
    public static async Task<string?> FindDefaultAsync(IReadOnlyList<AgentOffer> offers, CancellationToken cancellationToken)
    {
        string? withoutKey = null;
        foreach (var offer in offers.Where(o => o.Name != ScriptAdapter.AgentName))
        {
            var found = await offer.Adapter.InspectAsync(offer.Environment, cancellationToken);
            if (found.Unusable is not null)
                continue;
            if (found.SignIn != AgentSignIn.Missing)
                return offer.Name;
            if (offer.Adapter is not BuiltInAdapter)
                withoutKey ??= offer.Name;
        }

        return withoutKey;
    }

    private static AgentOffer Default(ServerOptions options, AgentProbe probe, string kind, string[] variables) => new(
        Adapter(options, probe, kind, options.Environment.GetValueOrDefault($"OFFSTAGE_{kind.ToUpperInvariant()}"), null), Pick(options, variables));

    private static AgentOffer Configured(ServerOptions options, AgentProbe probe, string name, AgentConfiguration agent)
    {
        if (agent.BuiltIn is { } settings)
            return ConfiguredBuiltIn(options, name, agent, settings);
        var environment = agent.Resolve(options.Environment);
        if (agent.Home is { } home)
            environment["HOME"] = home;
        bool signsInByFile = agent is { Kind: "codex", Home: not null, BaseUrl: null } && !environment.ContainsKey("OPENAI_API_KEY");
        var adapter = agent.Kind == "acp" ? Acp(options, probe, name, agent)
            : signsInByFile ? new CodexAdapter(Codex(options, agent.Program, null) with { ModelProvider = null }, probe, options.TimeProvider)
            : Adapter(options, probe, agent.Kind, agent.Program, agent.BaseUrl);
        return new AgentOffer(adapter, environment)
        {
            Name = name,
            DefaultModel = agent.Model,
            Home = agent.Home,
            Binding = BindingOf(agent),
        };
    }

    // Its cursor names a file in the sandbox, which is good for any model.
    private static AgentOffer ConfiguredBuiltIn(ServerOptions options, string name, AgentConfiguration agent, BuiltInConfiguration settings)
    {
        var made = settings.ToOptions(agent.BaseUrl, agent.Model);
        var environment = agent.Resolve(options.Environment);
        foreach (var (variable, value) in Pick(options, made.KeyVariable is { } key ? [key] : []))
            environment.TryAdd(variable, value);
        return new AgentOffer(BuiltIn(options, made), environment) { Name = name, DefaultModel = agent.Model };
    }

    private static BuiltInAdapter BuiltIn(ServerOptions options, BuiltInOptions made) => new(made, options.TimeProvider, Random.Shared);

    private static IAgentAdapter Adapter(ServerOptions options, AgentProbe probe, string kind, string? program, string? baseUrl) => kind switch
    {
        "codex" => new CodexAdapter(Codex(options, program, baseUrl), probe, options.TimeProvider),
        "claude" => new ClaudeAdapter(
            new ClaudeOptions { Program = program, SearchFolders = options.PathFolders, BaseUrl = baseUrl ?? Variable(options, "ANTHROPIC_BASE_URL") },
            probe, options.TimeProvider),
        _ => new OpenCodeAdapter(OpenCode(options, program, baseUrl), probe, options.TimeProvider),
    };

    private static CodexOptions Codex(ServerOptions options, string? program, string? baseUrl)
    {
        var provider = new CodexModelProvider();
        return new CodexOptions
        {
            Program = program,
            SearchFolders = options.PathFolders,
            ModelProvider = (baseUrl ?? Variable(options, "OPENAI_BASE_URL")) is { } url ? provider with { BaseUrl = url } : provider,
        };
    }

    private static OpenCodeOptions OpenCode(ServerOptions options, string? program, string? baseUrl) => new()
    {
        Program = program,
        SearchFolders = options.PathFolders,
        ModelProvider = (baseUrl ?? Variable(options, "OPENAI_BASE_URL")) is { } url
            ? new OpenCodeModelProvider
            {
                BaseUrl = url,
                Models = (Variable(options, "OFFSTAGE_OPENCODE_MODELS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            }
            : null,
    };

    private static AcpAdapter Acp(ServerOptions options, AgentProbe probe, string name, AgentConfiguration agent)
    {
        bool isPath = agent.Program!.Contains('/', StringComparison.Ordinal);
        var acp = new AcpOptions
        {
            Name = name,
            Command = isPath ? Path.GetFileName(agent.Program) : agent.Program,
            Program = isPath ? agent.Program : null,
            Arguments = agent.Arguments ?? [],
            SearchFolders = options.PathFolders,
            HowToInstall = $"{agent.Program} was not found; it is named in {AgentConfiguration.FileName}.",
        };
        return new AcpAdapter(acp, probe, options.TimeProvider);
    }

    /// <summary>Agents over the Agent Client Protocol. The others are offered, so that people learn how to get them; of these, what is installed.</summary>
    private static IEnumerable<AgentOffer> OverProtocol(ServerOptions options, AgentProbe probe)
    {
        (AcpOptions Agent, string Variable, string[] Environment)[] known =
        [
            (AcpOptions.Gemini, "OFFSTAGE_GEMINI", ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL"]),
            (AcpOptions.ClaudeAgent, "OFFSTAGE_CLAUDE_AGENT_ACP", ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "ANTHROPIC_BASE_URL"]),
        ];
        foreach (var (agent, variable, environment) in known)
        {
            string? program = options.Environment.GetValueOrDefault(variable);
            if (program is null && ProgramPath.Find(agent.Command, options.PathFolders) is null)
                continue;
            var adapter = new AcpAdapter(agent with { Program = program, SearchFolders = options.PathFolders }, probe, options.TimeProvider);
            yield return new(adapter, Pick(options, environment));
        }
    }

    /// <summary>Not the secrets: a new key for the same account knows the same conversations.</summary>
    private static string BindingOf(AgentConfiguration agent)
    {
        string text = string.Join('\n', [agent.Kind, agent.Program, agent.BaseUrl, agent.Home, .. agent.Arguments ?? []]);
        return $"{agent.Kind}/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12]}";
    }

    private static string? Variable(ServerOptions options, string name)
        => options.Environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    private static Dictionary<string, string> Pick(ServerOptions options, IEnumerable<string> names)
        => names.Where(options.Environment.ContainsKey).ToDictionary(name => name, name => options.Environment[name]);
}
