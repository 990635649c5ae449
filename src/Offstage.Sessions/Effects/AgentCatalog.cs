using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sandboxes;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Effects;

/// <summary>The agents this server offers, and how a session's wishes become a start of one.</summary>
public sealed class AgentCatalog(IEnumerable<AgentOffer> offers)
{
    private readonly Dictionary<string, AgentOffer> byName = offers.ToDictionary(offer => offer.Name, StringComparer.Ordinal);

    public IReadOnlyCollection<AgentOffer> Offers => byName.Values;

    /// <returns>Null when this server has no such agent.</returns>
    public AgentOffer? Find(string name) => byName.GetValueOrDefault(name);

    internal AgentOffer Require(string name)
        => Find(name) ?? throw new SandboxException("agent_not_installed", $"This server offers no agent named '{name}'.", retryable: false);

    /// <summary>The agent that is being started or runs.</summary>
    internal AgentOffer Require(SessionState state) => Require(AgentOf(state));

    internal async Task<SandboxSpec> ToSandboxAsync(SessionState state, CancellationToken cancellationToken)
    {
        var offer = Require(state);
        var installation = await offer.Adapter.InspectAsync(offer.Environment, cancellationToken);
        if (installation.Unusable is { } why)
            throw new SandboxException("agent_not_installed", why, retryable: false);

        var sandbox = state.Setup.Sandbox;
        return new SandboxSpec
        {
            Session = state.Session,
            Workspace = state.Setup.Workspace switch
            {
                Workspace.Repository r => new WorkspaceSource.Repository(r.Location, r.IsUrl, r.Ref, r.Branch),
                _ => new WorkspaceSource.Empty(),
            },
            Isolation = sandbox.Isolation == SandboxIsolation.Process ? Isolation.Bubblewrap : Isolation.None,
            Network = sandbox.Network == SandboxNetwork.Full ? NetworkAccess.Full : NetworkAccess.None,
            Limits = new Sandboxes.SandboxLimits { MemoryBytesMax = sandbox.MemoryBytesMax, ProcessesMax = sandbox.ProcessesMax },
            ReadOnlyPaths = installation.ReadOnlyPaths,
            WritablePaths = offer.Home is { } home ? [home] : [],
        };
    }

    internal AgentStart ToStart(SessionState state, SandboxInfo info, Func<ProcessSpec, CancellationToken, Task<ISandboxProcess>> launch)
    {
        var offer = Require(state);
        var prompt = state.Status.ActiveTurn?.Prompt;
        return new AgentStart
        {
            LaunchAsync = launch,
            WorkspacePath = info.InnerWorkspacePath!,
            HomePath = offer.Home ?? info.InnerHomePath!,
            Mode = prompt?.Mode ?? state.Choice.Mode,
            Model = prompt?.Model ?? offer.DefaultModel,
            Effort = prompt?.Effort,
            Environment = offer.Environment,
            Cursor = UsableCursor(state) is { } cursor ? new ResumeCursor(offer.Adapter.Name, cursor.Value) : null,
        };
    }

    /// <summary>A cursor is used only with the agent that issued it, configured as it was then (S6).</summary>
    internal SavedCursor? UsableCursor(SessionState state)
        => state.Cursor is { } cursor && cursor.Agent == AgentOf(state) && cursor.Binding == Require(cursor.Agent).Binding ? cursor : null;

    private static string AgentOf(SessionState state) => state.RunningAgent?.Name ?? state.Choice.Agent;
}

/// <param name="Environment">Settings and secrets its process gets.</param>
public sealed record AgentOffer(IAgentAdapter Adapter, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>What sessions call it; several may be of one kind.</summary>
    public string Name { get; init; } = Adapter.Name;

    /// <summary>Where nobody says a model; null: the agent's own.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>A host folder that is its HOME, for logins that are kept in files; null: the sandbox's own.</summary>
    public string? Home { get; init; }

    /// <summary>What of its configuration a resume cursor is bound to: another value, and the agent would not know the conversation.</summary>
    public string Binding { get; init; } = Adapter.Name;
}
