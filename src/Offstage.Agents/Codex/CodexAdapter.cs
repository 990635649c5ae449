using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Codex;

/// <summary>OpenAI's Codex through <c>codex app-server</c>, one process per conversation.</summary>
/// <remarks>What is mapped how, and what falls short: README.md.</remarks>
public sealed class CodexAdapter(CodexOptions options, AgentProbe probe, TimeProvider timeProvider) : IAgentAdapter
{
    public const string AgentName = "codex";

    private readonly CodexFinder finder = new(options, probe);

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
        => await finder.InspectAsync(cancellationToken) with
        {
            SignIn = options.ModelProvider switch
            {
                { KeyVariable: { } variable } => environment.ContainsKey(variable) ? AgentSignIn.Present : AgentSignIn.Missing,
                { } => AgentSignIn.Unknown,
                null => LoginFile.IsThere(environment, ".codex/auth.json") ? AgentSignIn.Present : AgentSignIn.Missing,
            },
        };

    public Task<AgentStartResult> StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        if (AgentStarting.Refuse(this, start) is { } refusal)
            return Task.FromResult(refusal);
        if (finder.FindProgram() is not { } program)
            return Task.FromResult<AgentStartResult>(
                new AgentStartResult.Failed("agent_not_installed", CodexFinder.HowToInstall, Retryable: false));
        return AgentStarting.RunAsync(
            start, CodexCommandLine.Build(program, options, start), process => new CodexSession(process, timeProvider),
            (session, stop) => OpenAsync(session, start, stop), options.StartLimit, timeProvider, cancellationToken);
    }

    private async Task<AgentStartResult?> OpenAsync(CodexSession session, AgentStart start, CancellationToken cancellationToken)
    {
        try
        {
            await session.OpenAsync(start, options.ModelProvider is null ? null : CodexCommandLine.ProviderId, cancellationToken);
            return null;
        }
        catch (JsonRpcErrorException refusal) when (start.Cursor is not null && IsUnknownThread(refusal.Error))
        {
            return new AgentStartResult.CursorRejected(refusal.Error.Message);
        }
        catch (AgentException failure)
        {
            return new AgentStartResult.Failed(failure.Code, failure.Message, Retryable: false);
        }
    }

    // Codex 0.169.0 has one code for every invalid request. Seen with it: "no rollout found for thread id …" for an
    // unknown thread, for one whose stored file is gone, and for one that never had a turn; "invalid session id: …" for
    // an id that is none. Any other refusal says nothing about the thread and must not cost the conversation.
    private static bool IsUnknownThread(JsonRpcError error) =>
        error.Code == JsonRpcError.InvalidRequest
        && (error.Message.Contains("no rollout found", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("invalid session id", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("thread not found", StringComparison.OrdinalIgnoreCase));
}
