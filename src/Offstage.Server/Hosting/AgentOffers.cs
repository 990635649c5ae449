using Offstage.Agents.Acp;
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

    /// <remarks>In the order in which one is chosen when nobody names any; <c>script</c> is never chosen for anyone.</remarks>
    public static IReadOnlyList<AgentOffer> Make(ServerOptions options, ProcessHost processes)
    {
        var probe = new AgentProbe(new ProcessRunner(processes, options.TimeProvider));
        return
        [
            new(new CodexAdapter(Codex(options), probe, options.TimeProvider), Pick(options, CodexVariables)),
            new(new ClaudeAdapter(Claude(options), probe, options.TimeProvider), Pick(options, ClaudeVariables)),
            new(new OpenCodeAdapter(OpenCode(options), probe, options.TimeProvider), Pick(options, OpenCodeVariables)),
            .. OverProtocol(options, probe),
            new(new ScriptAdapter(new ScriptOptions(), options.TimeProvider), new Dictionary<string, string>()),
        ];
    }

    /// <returns>Null when none is usable.</returns>
    public static async Task<string?> FindDefaultAsync(IReadOnlyList<AgentOffer> offers, CancellationToken cancellationToken)
    {
        foreach (var offer in offers.Where(o => o.Adapter.Name != "script"))
        {
            if ((await offer.Adapter.InspectAsync(offer.Environment, cancellationToken)).Unusable is null)
                return offer.Adapter.Name;
        }

        return null;
    }

    private static CodexOptions Codex(ServerOptions options) => new()
    {
        Program = options.Environment.GetValueOrDefault("OFFSTAGE_CODEX"),
        SearchFolders = options.PathFolders,
        ModelProvider = options.Environment.GetValueOrDefault("OPENAI_BASE_URL") is { Length: > 0 } url
            ? new CodexModelProvider { BaseUrl = url }
            : new CodexModelProvider(),
    };

    private static ClaudeOptions Claude(ServerOptions options) => new()
    {
        Program = options.Environment.GetValueOrDefault("OFFSTAGE_CLAUDE"),
        SearchFolders = options.PathFolders,
        BaseUrl = options.Environment.GetValueOrDefault("ANTHROPIC_BASE_URL") is { Length: > 0 } url ? url : null,
    };

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

    private static OpenCodeOptions OpenCode(ServerOptions options) => new()
    {
        Program = options.Environment.GetValueOrDefault("OFFSTAGE_OPENCODE"),
        SearchFolders = options.PathFolders,
        ModelProvider = options.Environment.GetValueOrDefault("OPENAI_BASE_URL") is { Length: > 0 } url
            ? new OpenCodeModelProvider
            {
                BaseUrl = url,
                Models = (options.Environment.GetValueOrDefault("OFFSTAGE_OPENCODE_MODELS") ?? "")
                    .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            }
            : null,
    };

    private static Dictionary<string, string> Pick(ServerOptions options, IEnumerable<string> names)
        => names.Where(options.Environment.ContainsKey).ToDictionary(name => name, name => options.Environment[name]);
}
