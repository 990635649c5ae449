using Offstage.Agents.BuiltIn.Turns;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>What a tool works with in one turn.</summary>
internal sealed record ToolContext
{
    public required AgentMode Mode { get; init; }

    public required string WorkspacePath { get; init; }

    public required SandboxCommands Commands { get; init; }

    public required WorkspaceFiles Files { get; init; }

    public required TurnItems Items { get; init; }

    public required TurnRequests Requests { get; init; }

    public required BuiltInLimits Limits { get; init; }

    public AbsolutePath Resolve(string path) => new(System.IO.Path.GetFullPath(path, WorkspacePath));
}

/// <summary>In the sandbox, without dots; links are not followed yet.</summary>
internal readonly record struct AbsolutePath(string Value);
