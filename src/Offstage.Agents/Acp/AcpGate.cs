using System.Text.RegularExpressions;
using Offstage.Contracts;

namespace Offstage.Agents.Acp;

/// <summary>What a tool call does, for the question whether it may.</summary>
internal enum AcpDeed
{
    /// <summary>Reads, searches, thinks.</summary>
    Look,

    /// <summary>Changes files.</summary>
    Change,

    Command,

    /// <summary>It does not say.</summary>
    Other,
}

internal enum AcpRuling
{
    Allow,
    Ask,
    Refuse,
}

/// <summary>What each mode allows, asks about and refuses, whatever the agent's own modes are. Not thread-safe.</summary>
internal sealed partial class AcpGate
{
    private const int CommandsMax = 1024;

    private readonly HashSet<string> commandsForSession = new(StringComparer.Ordinal);
    private bool changesForSession;

    public AgentMode Mode { get; set; }

    /// <param name="deed">Of the tool call that the agent asks permission for.</param>
    public AcpRuling OnPermission(AcpDeed deed) => Mode switch
    {
        AgentMode.Auto => AcpRuling.Allow,
        AgentMode.Plan => deed == AcpDeed.Look ? AcpRuling.Allow : AcpRuling.Refuse,
        AgentMode.Edit when deed == AcpDeed.Change => AcpRuling.Allow,
        _ => AcpRuling.Ask,
    };

    /// <param name="approved">A person approved the tool call that it belongs to.</param>
    public AcpRuling OnWrite(bool approved) => Mode switch
    {
        AgentMode.Auto or AgentMode.Edit => AcpRuling.Allow,
        AgentMode.Plan => AcpRuling.Refuse,
        _ => approved || changesForSession ? AcpRuling.Allow : AcpRuling.Ask,
    };

    /// <inheritdoc cref="OnWrite"/>
    public AcpRuling OnCommand(string commandLine, bool approved) => Mode switch
    {
        AgentMode.Auto => AcpRuling.Allow,
        AgentMode.Plan => AcpRuling.Refuse,
        _ => approved || IsForSession(commandLine) ? AcpRuling.Allow : AcpRuling.Ask,
    };

    /// <summary>A person approved the like of it for as long as the session lives.</summary>
    public void Remember(RequestBody approved)
    {
        if (approved is RequestBody.ApproveFileChange)
            changesForSession = true;
        else if (approved is RequestBody.ApproveCommand { CommandLine.Length: > 0 } command && commandsForSession.Count < CommandsMax)
            commandsForSession.Add(command.CommandLine);
    }

    /// <summary>The agent may wrap a command in a shell of its choice: that is the same command.</summary>
    public static bool IsSameCommand(string approved, string commandLine) =>
        approved.Length > 0 && commandLine.EndsWith(approved, StringComparison.Ordinal) && Shell().IsMatch(commandLine[..^approved.Length]);

    private bool IsForSession(string commandLine) =>
        commandsForSession.Any(approved => IsSameCommand(approved, commandLine));

    // Nothing, or a shell that is told to run what follows.
    [GeneratedRegex(@"\A((/[\w./-]*/)?(ba|da|z|k)?sh -[il]*c )?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shell();
}
