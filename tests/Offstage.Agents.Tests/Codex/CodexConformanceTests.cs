using Offstage.Agents.Codex;
using Offstage.Agents.Tests.Processes;
using Offstage.ModelServer;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.Codex;

/// <summary>The real Codex against a model server on loopback.</summary>
public sealed class CodexConformanceTests : AgentConformance
{
    // The shell that runs the command is Codex's child.
    protected override string CrashPrompt => "kill -9 $PPID";

    private protected override Task<AgentRig> CreateAsync() => CreateRigAsync();

    internal static async Task<AgentRig> CreateRigAsync()
    {
        var program = Requires.Agent("codex");
        var server = await FakeModelServer.StartAsync();
        var options = new CodexOptions
        {
            Program = program,
            ModelProvider = new CodexModelProvider { Name = "scripted", BaseUrl = server.BaseUrl, KeyVariable = "MODEL_KEY" },
        };
        return new AgentRig(
            new CodexAdapter(options, Probes.Shared, TimeProvider.System), new Dictionary<string, string> { ["MODEL_KEY"] = "none" }, server);
    }

    protected override string ApprovalPrompt(string command) => command;

    /// <summary>Codex cannot be made to misspeak, so a filter behind it does.</summary>
    protected override (Func<ProcessSpec, ProcessSpec>? Change, string Prompt) Blurting(string file, bool huge) => (
        spec => spec with
        {
            Command = ["/bin/sh", "-c", $"\"$0\" \"$@\" | sed -u '/\"method\":\"turn.started\"/r {file}'", .. spec.Command],
        },
        "@sleep 30");

    private protected override async Task ForgetAsync(AgentRig rig, IAgentSession session, AgentListener listener)
    {
        await session.DisposeAsync();
        Directory.Delete(Path.Combine(rig.Home, ".codex", "sessions"), recursive: true);
    }
}
