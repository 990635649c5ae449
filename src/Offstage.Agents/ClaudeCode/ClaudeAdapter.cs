using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.ClaudeCode;

/// <summary>Anthropic's Claude Code through its stream-json protocol, one process per conversation.</summary>
/// <remarks>What is mapped how, and what falls short: README.md.</remarks>
public sealed class ClaudeAdapter(ClaudeOptions options, AgentProbe probe, TimeProvider timeProvider) : IAgentAdapter
{
    public const string AgentName = "claude";

    /// <summary>Any of them lets Claude Code ask its model.</summary>
    private static readonly string[] KeyVariables = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];

    private readonly ClaudeFinder finder = new(options, probe);

    public string Name => AgentName;

    public AgentCapabilities Capabilities { get; } = new()
    {
        CanSteer = true,
        CanResume = true,
        CanRollBack = true,
        CanSwitchModel = true,
        TakesImages = true,
        NeedsNetwork = true,
        Modes = [AgentMode.Auto, AgentMode.Ask, AgentMode.Edit, AgentMode.Plan],
        CountsUsageFromZero = true,
    };

    public async Task<AgentInstallation> InspectAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
        => await finder.InspectAsync(cancellationToken) with
        {
            SignIn = KeyVariables.Any(environment.ContainsKey) || LoginFile.IsThere(environment, ".claude/.credentials.json") ? AgentSignIn.Present : AgentSignIn.Missing,
        };

    public Task<AgentStartResult> StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        if (AgentStarting.Refuse(this, start) is { } refusal)
            return Task.FromResult(refusal);
        if (finder.FindProgram() is not { } program)
            return Task.FromResult<AgentStartResult>(
                new AgentStartResult.Failed("agent_not_installed", ClaudeFinder.HowToInstall, Retryable: false));

        // The program takes anything else for a word to search conversations by, or asks a person to choose.
        if (start.Cursor is { } cursor && !Guid.TryParse(cursor.Value, out _))
            return Task.FromResult<AgentStartResult>(new AgentStartResult.CursorRejected($"'{cursor.Value}' is no session id."));
        var sessionId = start.Cursor?.Value ?? Guid.NewGuid().ToString();
        return AgentStarting.RunAsync(
            start, ClaudeCommandLine.Build(program, options, start, sessionId),
            process => new ClaudeSession(process, start, sessionId, timeProvider),
            OpenAsync, options.StartLimit, timeProvider, cancellationToken);
    }

    private static async Task<AgentStartResult?> OpenAsync(ClaudeSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.OpenAsync(cancellationToken);
            return null;
        }
        catch (JsonRpcClosedException) when (session.CursorRefusal is { } reason)
        {
            return new AgentStartResult.CursorRejected(reason);
        }
        catch (AgentException failure)
        {
            return new AgentStartResult.Failed("agent_start_failed", failure.Message, Retryable: false);
        }
    }
}
