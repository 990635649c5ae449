using Offstage.Contracts;

namespace Offstage.Agents.Acp;

/// <summary>An agent that speaks the Agent Client Protocol, and how it is started. Every member can be filled from a configuration.</summary>
public sealed record AcpOptions
{
    /// <summary>The adapter's name, in the API and in cursors: <c>gemini</c>.</summary>
    public required string Name { get; init; }

    /// <summary>File name of the program, looked for in <see cref="SearchFolders"/>.</summary>
    public required string Command { get; init; }

    /// <summary>The program on the host. Null: looked for.</summary>
    public string? Program { get; init; }

    /// <summary>Where to look for <see cref="Command"/>, and for <c>node</c> when it is a script for it: usually the PATH.</summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [];

    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Settings that are no secrets. What <see cref="AgentStart.Environment"/> names too is taken from there.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders that a sandbox must show, besides the program's own package and Node.</summary>
    public IReadOnlyList<string> ReadOnlyPaths { get; init; } = [];

    /// <summary>Arguments by which the program says its version. Null: it is read from the npm package that the program belongs to.</summary>
    public IReadOnlyList<string>? VersionArguments { get; init; }

    /// <summary>One sentence for a person who has it not.</summary>
    public string? HowToInstall { get; init; }

    /// <summary>Ways to sign in, best first: the first whose variable is there is used. None: the agent signs in by itself.</summary>
    public IReadOnlyList<AcpSignIn> SignIns { get; init; } = [];

    /// <summary>It takes images, if what it says when it is started allows for it. Default true.</summary>
    public bool TakesImages { get; init; } = true;

    /// <summary>Its model is elsewhere. Default true.</summary>
    public bool NeedsNetwork { get; init; } = true;

    /// <summary>Ids or names of its own modes, instead of those that are known: <c>Plan</c> → <c>architect</c>.</summary>
    public IReadOnlyDictionary<AgentMode, string> Modes { get; init; } = new Dictionary<AgentMode, string>();

    /// <summary>How long the program may take until its conversation is open. Default 60 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Google's Gemini CLI, with a key for its API.</summary>
    public static AcpOptions Gemini { get; } = new()
    {
        Name = "gemini",
        Command = "gemini",
        Arguments = ["--acp"],
        Environment = new Dictionary<string, string>
        {
            ["GEMINI_TELEMETRY_ENABLED"] = "false",
            // The sandbox is the wall: without this the mode that asks for nothing is refused.
            ["GEMINI_CLI_TRUST_WORKSPACE"] = "true",
            // It would start itself again only to give itself more memory.
            ["GEMINI_CLI_NO_RELAUNCH"] = "true",
        },
        SignIns = [new AcpSignIn("gemini-api-key", "GEMINI_API_KEY"), new AcpSignIn("vertex-ai", "GOOGLE_API_KEY")],
        HowToInstall = "Gemini CLI was not found. Install it with 'npm install -g @google/gemini-cli', or name it in OFFSTAGE_GEMINI.",
    };

    /// <summary>Claude Code behind the protocol, by <c>@agentclientprotocol/claude-agent-acp</c>.</summary>
    public static AcpOptions ClaudeAgent { get; } = new()
    {
        Name = "claude-agent-acp",
        Command = "claude-agent-acp",
        Environment = new Dictionary<string, string>
        {
            // Nothing but the model: no updates, no reports, no lists of plugins.
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["DISABLE_AUTOUPDATER"] = "1",
            ["DISABLE_TELEMETRY"] = "1",
            ["DISABLE_ERROR_REPORTING"] = "1",
            ["CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL"] = "1",
            ["CLAUDE_CODE_DISABLE_BACKGROUND_TASKS"] = "1",
        },

        // Always in the mode that asks: what it asks for is decided here. In its modes plan and acceptEdits, Claude runs commands like
        // `touch` without a question (seen with 0.49.0), and where bypassPermissions is allowed, plan changes files, too.
        Modes = new Dictionary<AgentMode, string>
        {
            [AgentMode.Auto] = "default",
            [AgentMode.Ask] = "default",
            [AgentMode.Edit] = "default",
            [AgentMode.Plan] = "default",
        },
        HowToInstall = "claude-agent-acp was not found. Install it with 'npm install -g @agentclientprotocol/claude-agent-acp', "
            + "or name it in OFFSTAGE_CLAUDE_AGENT_ACP.",
    };
}

/// <param name="Method">The agent's own id for the way to sign in.</param>
/// <param name="Variable">It is taken when this variable is given. Null: always.</param>
public sealed record AcpSignIn(string Method, string? Variable = null);
