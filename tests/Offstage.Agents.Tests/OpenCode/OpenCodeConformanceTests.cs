using Offstage.Agents.OpenCode;
using Offstage.Agents.Tests.Processes;
using Offstage.ModelServer;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.OpenCode;

/// <summary>The real OpenCode against a model server on loopback.</summary>
public sealed class OpenCodeConformanceTests : AgentConformance
{
    private readonly FaultyConnection connection = new();

    // The shell that runs the command is OpenCode's child.
    protected override string CrashPrompt => "kill -9 $PPID";

    private protected override Task<AgentRig> CreateAsync() => CreateRigAsync(connection);

    internal static async Task<AgentRig> CreateRigAsync(FaultyConnection connection)
    {
        var program = Requires.Agent("opencode");
        var server = await FakeModelServer.StartAsync();
        var options = new OpenCodeOptions
        {
            Program = program,
            ModelProvider = new OpenCodeModelProvider { BaseUrl = server.BaseUrl, KeyVariable = "MODEL_KEY" },
            ConnectAsync = connection.ConnectAsync,
        };
        return new AgentRig(
            new OpenCodeAdapter(options, Probes.Shared, TimeProvider.System), new Dictionary<string, string> { ["MODEL_KEY"] = "none" }, server);
    }

    protected override string ApprovalPrompt(string command) => command;

    /// <summary>OpenCode cannot be made to misspeak, so the connection to it does.</summary>
    protected override (Func<ProcessSpec, ProcessSpec>? Change, string Prompt) Blurting(string file, bool huge)
    {
        connection.Blurt = file;
        return (null, "@sleep 30");
    }

    private protected override async Task ForgetAsync(AgentRig rig, IAgentSession session, AgentListener listener)
    {
        await session.DisposeAsync();
        foreach (var store in Directory.EnumerateFiles(Path.Combine(rig.Home, ".local", "share", "opencode"), "opencode.db*"))
            File.Delete(store);
    }
}
