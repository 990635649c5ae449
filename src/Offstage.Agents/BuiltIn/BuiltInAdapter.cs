using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Agents.BuiltIn.Tools;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Agents.BuiltIn;

/// <summary>An agent of our own over any model: nothing needs to be installed for it, in the sandbox or beside it.</summary>
/// <remarks>What is mapped how, and what falls short: README.md.</remarks>
public sealed class BuiltInAdapter : IAgentAdapter
{
    public const string AgentName = "builtin";

    private static readonly string Version = typeof(BuiltInAdapter).Assembly.GetName().Version?.ToString(3) ?? "0";

    private readonly BuiltInAdapterParts parts;

    /// <param name="random">Spreads the waits between attempts.</param>
    public BuiltInAdapter(BuiltInOptions options, TimeProvider timeProvider, Random random)
        : this(new BuiltInAdapterParts(options, start => ModelClients.Create(options, KeyOf(options, start.Environment), timeProvider), timeProvider, random))
    {
    }

    internal BuiltInAdapter(BuiltInAdapterParts parts) => this.parts = parts;

    public string Name => AgentName;

    public AgentCapabilities Capabilities { get; } = new()
    {
        CanSteer = true,
        CanResume = true,
        CanRollBack = true,
        CanSwitchModel = true,
        TakesImages = true,
        NeedsNetwork = false,
        Modes = [AgentMode.Auto, AgentMode.Ask, AgentMode.Edit, AgentMode.Plan],
        CountsUsageFromZero = true,
    };

    private string? Unusable => parts.Options.BaseUrl is not { } url || (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        ? null
        : $"'{url}' is no address of a model endpoint: give one that begins with http:// or https://.";

    public Task<AgentInstallation> InspectAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var options = parts.Options;
        var signIn = options.KeyVariable is null ? AgentSignIn.Unknown
            : KeyOf(options, environment) is null ? AgentSignIn.Missing
            : AgentSignIn.Present;
        return Task.FromResult(new AgentInstallation(Version, Unusable, []) { SignIn = signIn });
    }

    public async Task<AgentStartResult> StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        if (AgentStarting.Refuse(this, start) is { } refusal)
            return refusal;
        if (Unusable is { } why)
            return new AgentStartResult.Failed("agent_start_failed", why, Retryable: false);
        if (start.Cursor is not { } cursor)
            return await StartAsync(start, Guid.NewGuid().ToString("N"), isNew: true, [], cancellationToken);

        // It becomes part of a path.
        if (!Guid.TryParseExact(cursor.Value, "N", out _))
            return new AgentStartResult.CursorRejected($"'{cursor.Value}' is no conversation's id.");
        using var file = new MemoryStream();
        try
        {
            var read = await new SandboxCommands(start, parts.TimeProvider).RunAsync(
                KeeperScript.Read(start, cursor.Value), default, parts.Options.StartLimit,
                piece =>
                {
                    if (file.Length <= KeeperScript.FileBytesMax)
                        file.Write(piece.Span);
                    return ValueTask.CompletedTask;
                },
                cancellationToken);
            if (read.ExitCode == KeeperScript.Missing || file.Length > KeeperScript.FileBytesMax)
                return new AgentStartResult.CursorRejected($"The sandbox holds no conversation '{cursor.Value}' that can be read.");
            if (read.ExitCode != 0)
                return new AgentStartResult.Failed("agent_start_failed", $"The conversation could not be read: {read.ErrorTail.Trim()}", Retryable: true);
        }
        catch (SandboxException failure)
        {
            return new AgentStartResult.Failed("agent_start_failed", failure.Message, failure.Retryable);
        }

        return await StartAsync(start, cursor.Value, isNew: false, ConversationLines.Read(file.GetBuffer().AsSpan(0, (int)file.Length)), cancellationToken);
    }

    private Task<AgentStartResult> StartAsync(AgentStart start, string id, bool isNew, IReadOnlyList<Entry> entries, CancellationToken cancellationToken)
        => AgentStarting.RunAsync(
            start, KeeperScript.Keep(start, id, isNew),
            process => new BuiltInSession(id, new Keeper(process, parts.TimeProvider), new Conversation(entries), start, parts),
            OpenAsync, parts.Options.StartLimit, parts.TimeProvider, cancellationToken);

    private static async Task<AgentStartResult?> OpenAsync(BuiltInSession session, CancellationToken cancellationToken)
    {
        await session.OpenAsync(cancellationToken);
        return null;
    }

    private static string? KeyOf(BuiltInOptions options, IReadOnlyDictionary<string, string> environment)
        => options.KeyVariable is { } name && environment.GetValueOrDefault(name) is { Length: > 0 } key ? key : null;
}
