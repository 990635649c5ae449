using System.Text.Json;
using Offstage.Contracts;
using Offstage.Sessions.Effects;
using Offstage.Sessions.Lifecycle;

namespace Offstage.Sessions.Api;

/// <summary>What a caller wants of a session, checked and completed.</summary>
internal static class SetupInput
{
    private const int LocationLengthMax = 2_000;
    private const int RefLengthMax = 250;
    private const int SiblingsMax = 10;

    private static readonly string[] UrlSchemes = ["https", "http", "ssh", "git", "file"];

    public static SessionSetup Complete(CreateSessionBody body, SessionId id, AgentCatalog catalog, SessionDefaults defaults)
    {
        string agent = RequestInput.Name(body.Agent, "agent") ?? defaults.Agent ?? throw ApiProblemException.Invalid(
            "no_agent", "No agent was named and none is usable here. 'offstage doctor' says how to get one.");
        var sandbox = Sandbox(body.Sandbox, defaults.Sandbox);
        var mode = body.Mode ?? AgentMode.Auto;
        RequireFit(agent, mode, sandbox, catalog);
        return new SessionSetup(
            defaults.Host,
            Workspace(body.Workspace, id),
            agent,
            RequestInput.Name(body.Model, "model"),
            RequestInput.Name(body.Effort, "effort"),
            mode,
            sandbox,
            Limits(body.Limits, defaults.Limits),
            RequestInput.Author(body.Author, defaults.Person));
    }

    /// <summary>One for each session that is to be made.</summary>
    public static IReadOnlyList<CandidateBody> Candidates(CreateSessionBody body)
    {
        switch (body)
        {
            case { Candidates: null, Count: null }:
                return [new CandidateBody()];
            case { Candidates: { Count: >= 2 and <= SiblingsMax } given, Count: null } when given.All(c => c is not null):
                return given;
            case { Candidates: null, Count: { } count and >= 2 and <= SiblingsMax }:
                return [.. Enumerable.Repeat(new CandidateBody(), count)];
            default:
                throw ApiProblemException.Invalid("invalid_candidates", $"Give 2 to {SiblingsMax} candidates, or a count of 2 to {SiblingsMax}, and not both.");
        }
    }

    /// <summary>What a session's next turns run with. What is not said stays, but a model stays with its agent.</summary>
    public static AgentChoice Choose(PatchSessionBody body, SessionState state, AgentCatalog catalog)
    {
        var now = state.Choice;
        string agent = RequestInput.Name(body.Agent, "agent") ?? now.Agent;
        bool same = agent == now.Agent;
        var choice = new AgentChoice(
            agent,
            RequestInput.Name(body.Model, "model") ?? (same ? now.Model : null),
            RequestInput.Name(body.Effort, "effort") ?? (same ? now.Effort : null),
            body.Mode ?? now.Mode);
        RequireFit(choice.Agent, choice.Mode, state.Setup.Sandbox, catalog);
        return choice;
    }

    public static void RequireTakesImages(string agent, AgentCatalog catalog)
    {
        if (catalog.Find(agent) is { Adapter.Capabilities.TakesImages: false })
            throw ApiProblemException.Invalid("images_unsupported", $"The agent '{agent}' takes no images.");
    }

    public static void RequireFit(string agent, AgentMode mode, SandboxSetup sandbox, AgentCatalog catalog)
    {
        if (catalog.Find(agent) is not { } offer)
        {
            string known = string.Join(", ", catalog.Offers.Select(o => o.Name).Order(StringComparer.Ordinal));
            throw ApiProblemException.Invalid("unknown_agent", $"There is no agent '{agent}'. This server offers: {known}.");
        }

        if (offer.Adapter.Capabilities.NeedsNetwork && sandbox.Network == SandboxNetwork.None)
            throw ApiProblemException.Invalid("agent_needs_network", $"The agent '{agent}' reaches its model over the network: it cannot work with network 'none'.");
        if (!offer.Adapter.Capabilities.Modes.Contains(mode))
        {
            string modes = string.Join(", ", offer.Adapter.Capabilities.Modes.Select(NameOf));
            throw ApiProblemException.Invalid("mode_unsupported", $"The agent '{agent}' has no mode '{NameOf(mode)}'. It has: {modes}.");
        }
    }

    private static string NameOf(AgentMode mode) => JsonSerializer.Serialize(mode, ApiJson.Default.AgentMode).Trim('"');

    private static Workspace Workspace(WorkspaceBody body, SessionId id)
    {
        switch (body)
        {
            case { Kind: "none", Path: null, Url: null, Ref: null }:
                return new Workspace.None();
            case { Kind: "repository", Path: { } path, Url: null }:
                return new Workspace.Repository(Path(path), IsUrl: false, Ref(body.Ref), BranchOf(id));
            case { Kind: "repository", Path: null, Url: { } url }:
                return new Workspace.Repository(Url(url), IsUrl: true, Ref(body.Ref), BranchOf(id));
            case { Kind: "volume" }:
                throw ApiProblemException.Invalid("workspace_unsupported", "Volumes are not to be had yet.");
            default:
                throw ApiProblemException.Invalid("invalid_workspace", "A workspace is {kind:\"repository\"} with exactly one of path and url, or {kind:\"none\"}.");
        }
    }

    /// <summary>A branch of the session's own.</summary>
    internal static string BranchOf(SessionId id) => $"offstage/{id.Value["ses_".Length..]}";

    private static string Path(string path)
        => path.Length <= LocationLengthMax && System.IO.Path.IsPathFullyQualified(path) && !path.Any(char.IsControl)
            ? System.IO.Path.GetFullPath(path)
            : throw ApiProblemException.Invalid("invalid_path", "The path of a repository is absolute.");

    private static string Url(string url)
    {
        bool scpLike = url.Length > 0 && char.IsAsciiLetterOrDigit(url[0]) && url.Contains('@', StringComparison.Ordinal) && url.Contains(':', StringComparison.Ordinal);
        bool known = Uri.TryCreate(url, UriKind.Absolute, out var uri) && UrlSchemes.Contains(uri.Scheme);
        bool secret = known && uri!.UserInfo.Contains(':', StringComparison.Ordinal);
        if (secret)
            throw ApiProblemException.Invalid("secret_in_url", "The URL carries a password, which would be kept with the session. Use git's credential helpers.");
        return url.Length <= LocationLengthMax && !url.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)) && (known || scpLike)
            ? url
            : throw ApiProblemException.Invalid("invalid_url", "The URL of a repository is https, ssh, git or file, or like user@host:path.");
    }

    private static string? Ref(string? name)
        => name is null || (name.Length is > 0 and <= RefLengthMax && name[0] != '-' && !name.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            ? name
            : throw ApiProblemException.Invalid("invalid_ref", "A ref is the name of a branch or tag, or a commit.");

    private static SandboxSetup Sandbox(SandboxBody? body, SandboxSetup defaults) => new(
        body?.Isolation ?? defaults.Isolation,
        body?.Network ?? defaults.Network,
        Bounded(body?.MemoryBytesMax, defaults.MemoryBytesMax, 64L << 20, 1L << 40, "memoryBytesMax"),
        (int)Bounded(body?.ProcessesMax, defaults.ProcessesMax, 8, 100_000, "processesMax"));

    public static SessionLimits Limits(LimitsBody? body, SessionLimits defaults)
    {
        const long Week = 7L * 24 * 3600 * 1000;
        return new SessionLimits(
            (int)Bounded(body?.QueueMax, defaults.QueueMax, 1, 1000, "queueMax"),
            (int)Bounded(body?.ProvisionAttemptsMax, defaults.ProvisionAttemptsMax, 1, 10, "provisionAttemptsMax"),
            Bounded(body?.ProvisionTimeoutMs, defaults.ProvisionTimeoutMs, 1000, Week, "provisionTimeoutMs"),
            Bounded(body?.TurnTimeoutMs, defaults.TurnTimeoutMs, 1000, Week, "turnTimeoutMs"),
            Bounded(body?.RequestTimeoutMs, defaults.RequestTimeoutMs, 1000, 4 * Week, "requestTimeoutMs"),
            Bounded(body?.StopTimeoutMs, defaults.StopTimeoutMs, 100, 600_000, "stopTimeoutMs"),
            Bounded(body?.IdleTimeoutMs, defaults.IdleTimeoutMs, 1000, Week, "idleTimeoutMs"),
            body?.OnAgentLost ?? defaults.OnAgentLost,
            Spending(body?.MaxTokens, defaults.MaxTokens, long.MaxValue, "maxTokens"),
            body?.MaxCostUsd is { } cost
                ? cost is > 0 and <= 1_000_000 ? cost : throw ApiProblemException.Invalid("invalid_limit", "'maxCostUsd' is over 0 and at most 1000000.")
                : defaults.MaxCostUsd,
            (int?)Spending(body?.MaxTurns, defaults.MaxTurns, int.MaxValue, "maxTurns"),
            (int?)Spending(body?.MaxMinutes, defaults.MaxMinutes, 1_000_000, "maxMinutes"));
    }

    private static long? Spending(long? value, long? fallback, long max, string name)
        => value is null ? fallback : Bounded(value, 0, 1, max, name);

    private static long Bounded(long? value, long fallback, long min, long max, string name)
        => value is not { } given ? fallback
            : given >= min && given <= max ? given
            : throw ApiProblemException.Invalid("invalid_limit", $"'{name}' is from {min} to {max}.");
}
