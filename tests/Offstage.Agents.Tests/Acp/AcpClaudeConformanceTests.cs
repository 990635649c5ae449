using Offstage.Agents.Acp;
using Offstage.Agents.Tests.Processes;
using Offstage.ModelServer;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.Acp;

/// <summary>The adapter with an agent of others: claude-agent-acp against a model server on loopback.</summary>
public sealed class AcpClaudeConformanceTests : AgentConformance
{
    // The shell that runs the command is a child of Claude, which is one of the agent.
    protected override string CrashPrompt => "kill -9 $(ps -o ppid= -p $PPID)";

    private protected override Task<AgentRig> CreateAsync() => CreateRigAsync();

    internal static async Task<AgentRig> CreateRigAsync()
    {
        string program = Requires.Agent("claude-agent-acp");
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        var server = await FakeModelServer.StartAsync();
        return new AgentRig(
            new AcpAdapter(AcpOptions.ClaudeAgent with { Program = program, SearchFolders = folders }, Probes.Shared, TimeProvider.System),
            new Dictionary<string, string>
            {
                ["ANTHROPIC_API_KEY"] = "none",
                ["ANTHROPIC_BASE_URL"] = server.BaseUrl[..^"/v1".Length],
                ["ANTHROPIC_MODEL"] = "scripted",
                ["ANTHROPIC_CUSTOM_MODEL_OPTION"] = "scripted",
            },
            server);
    }

    protected override string ApprovalPrompt(string command) => command;

    /// <summary>It cannot be made to misspeak, so a filter behind it does.</summary>
    protected override (Func<ProcessSpec, ProcessSpec>? Change, string Prompt) Blurting(string file, bool huge) => (
        spec => spec with
        {
            Command = ["/bin/sh", "-c", $"\"$0\" \"$@\" | sed -u '/\"sessionUpdate\":\"agent_message_chunk\"/r {file}'", .. spec.Command],
        },
        "@say something");

    private protected override async Task ForgetAsync(AgentRig rig, IAgentSession session, AgentListener listener)
    {
        await session.DisposeAsync();
        Directory.Delete(Path.Combine(rig.Home, ".claude", "projects"), recursive: true);
    }
}
