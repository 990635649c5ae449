using Offstage.Agents.ClaudeCode;
using Offstage.Agents.Tests.Processes;
using Offstage.ModelServer;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.ClaudeCode;

/// <summary>The real Claude Code against a model server on loopback.</summary>
public sealed class ClaudeConformanceTests : AgentConformance
{
    // The shell that runs the command is Claude's child.
    protected override string CrashPrompt => "kill -9 $PPID";

    private protected override Task<AgentRig> CreateAsync() => CreateRigAsync();

    internal static async Task<AgentRig> CreateRigAsync()
    {
        var program = Requires.Agent("claude");
        var server = await FakeModelServer.StartAsync();
        var options = new ClaudeOptions { Program = program, BaseUrl = server.BaseUrl[..^"/v1".Length] };
        return new AgentRig(
            new ClaudeAdapter(options, Probes.Shared, TimeProvider.System),
            new Dictionary<string, string> { ["ANTHROPIC_API_KEY"] = "none" }, server);
    }

    protected override string ApprovalPrompt(string command) => command;

    /// <summary>Claude cannot be made to misspeak, so a filter behind it does.</summary>
    protected override (Func<ProcessSpec, ProcessSpec>? Change, string Prompt) Blurting(string file, bool huge) => (
        spec => spec with
        {
            Command = ["/bin/sh", "-c", $"\"$0\" \"$@\" | sed -u '/\"subtype\":\"init\"/r {file}'", .. spec.Command],
        },
        "@sleep 30");

    private protected override async Task ForgetAsync(AgentRig rig, IAgentSession session, AgentListener listener)
    {
        await session.DisposeAsync();
        Directory.Delete(Path.Combine(rig.Home, ".claude", "projects"), recursive: true);
    }
}
