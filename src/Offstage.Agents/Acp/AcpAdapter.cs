using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Acp;

/// <summary>Any agent that speaks the Agent Client Protocol, version 1: one process per conversation.</summary>
/// <remarks>What is mapped how, and what falls short: README.md.</remarks>
public sealed class AcpAdapter(AcpOptions options, AgentProbe probe, TimeProvider timeProvider) : IAgentAdapter
{
    private readonly AcpFinder finder = new(options, probe);

    public string Name => options.Name;

    /// <summary>What can be: each agent says when it is started what it can, and whoever asks for more is refused then.</summary>
    public AgentCapabilities Capabilities { get; } = new()
    {
        CanSteer = false,
        CanResume = true,
        CanRollBack = false,
        CanSwitchModel = true,
        TakesImages = options.TakesImages,
        NeedsNetwork = options.NeedsNetwork,
        Modes = [AgentMode.Auto, AgentMode.Ask, AgentMode.Edit, AgentMode.Plan],
    };

    public async Task<AgentInstallation> InspectAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
        => await finder.InspectAsync(cancellationToken) with
        {
            SignIn = options.SignIns.Count == 0 ? AgentSignIn.Unknown
                : FindSignIn(environment) is null ? AgentSignIn.Missing : AgentSignIn.Present,
        };

    public Task<AgentStartResult> StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        if (AgentStarting.Refuse(this, start) is { } refusal)
            return Task.FromResult(refusal);
        if (finder.FindCommand() is not { } command)
            return Task.FromResult<AgentStartResult>(new AgentStartResult.Failed("agent_not_installed", finder.HowToInstall, Retryable: false));
        var environment = new Dictionary<string, string>(options.Environment);
        foreach (var (name, value) in start.Environment)
            environment[name] = value;
        environment["HOME"] = start.HomePath;
        var spec = new ProcessSpec
        {
            Command = [.. command, .. options.Arguments],
            WorkingDirectory = start.WorkspacePath,
            Environment = environment,
        };
        return AgentStarting.RunAsync(
            start, spec, process => new AcpSession(process, options, start, timeProvider),
            (session, stop) => OpenAsync(session, start, stop), options.StartLimit, timeProvider, cancellationToken);
    }

    private async Task<AgentStartResult?> OpenAsync(AcpSession session, AgentStart start, CancellationToken cancellationToken)
    {
        try
        {
            await session.OpenAsync(FindSignIn(start.Environment), cancellationToken);
            return null;
        }
        catch (JsonRpcErrorException refusal) when (refusal.Error.Code == AcpErrors.SignInRequired)
        {
            return new AgentStartResult.Failed(
                "agent_start_failed", $"{Name} is not signed in: {AcpErrors.TextOf(refusal.Error)} {session.SignInHint(options)}".TrimEnd(), Retryable: false);
        }
        catch (JsonRpcErrorException refusal)
        {
            return new AgentStartResult.Failed("agent_start_failed", AcpErrors.TextOf(refusal.Error), Retryable: false);
        }
        catch (AgentException failure) when (failure.Code == "cursor_rejected")
        {
            return new AgentStartResult.CursorRejected(failure.Message);
        }
        catch (AgentException failure) when (failure.InnerException is not JsonRpcClosedException)
        {
            return new AgentStartResult.Failed(
                failure.Code == "agent_refused" ? "agent_start_failed" : failure.Code, failure.Message, Retryable: false);
        }
    }

    private AcpSignIn? FindSignIn(IReadOnlyDictionary<string, string> environment) =>
        options.SignIns.FirstOrDefault(one => one.Variable is null || environment.ContainsKey(one.Variable) || options.Environment.ContainsKey(one.Variable));
}
