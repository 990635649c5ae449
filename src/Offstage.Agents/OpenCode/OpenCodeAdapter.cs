using System.Security.Cryptography;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.OpenCode;

/// <summary>OpenCode through <c>opencode serve</c>, one server per conversation.</summary>
/// <remarks>What is mapped how, and what falls short: README.md.</remarks>
public sealed class OpenCodeAdapter(OpenCodeOptions options, AgentProbe probe, TimeProvider timeProvider) : IAgentAdapter
{
    public const string AgentName = "opencode";

    private static readonly string[] Keys = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY"];

    private readonly OpenCodeFinder finder = new(options, probe);

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
    };

    public async Task<AgentInstallation> InspectAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
        => await finder.InspectAsync(cancellationToken) with { SignIn = SignInOf(environment) };

    public Task<AgentStartResult> StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        if (AgentStarting.Refuse(this, start) is { } refusal)
            return Task.FromResult(refusal);
        if (finder.FindProgram() is not { } program)
            return Task.FromResult<AgentStartResult>(
                new AgentStartResult.Failed("agent_not_installed", OpenCodeFinder.HowToInstall, Retryable: false));
        var password = RandomNumberGenerator.GetHexString(64, lowercase: true);
        return AgentStarting.RunAsync(
            start, OpenCodeCommandLine.Build(program, options, start, password),
            process => new OpenCodeSession(process, options, start, password, timeProvider),
            (session, stop) => session.OpenAsync(stop), options.StartLimit, timeProvider, cancellationToken);
    }

    private AgentSignIn SignInOf(IReadOnlyDictionary<string, string> environment) => options.ModelProvider switch
    {
        { KeyVariable: null } => AgentSignIn.Unknown,
        { KeyVariable: { } variable } => environment.ContainsKey(variable) ? AgentSignIn.Present : AgentSignIn.Missing,
        null => Keys.Any(environment.ContainsKey) || LoginFile.IsThere(environment, ".local/share/opencode/auth.json") ? AgentSignIn.Present : AgentSignIn.Missing,
    };
}
