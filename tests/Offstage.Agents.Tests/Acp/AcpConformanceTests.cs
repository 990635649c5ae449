using System.Runtime.InteropServices;
using Offstage.Agents.Acp;
using Offstage.Agents.Tests.Processes;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.Acp;

/// <summary>The adapter with an agent of our own that uses all of the protocol.</summary>
public sealed class AcpConformanceTests : AgentConformance
{
    protected override string CrashPrompt => "@crash";

    private protected override Task<AgentRig> CreateAsync() => Task.FromResult(CreateRig());

    internal static AgentRig CreateRig(Func<AcpOptions, AcpOptions>? change = null)
    {
        var options = new AcpOptions
        {
            Name = "acp-agent",
            Command = "Offstage.AcpAgent.Program",
            Program = Path.Combine(AppContext.BaseDirectory, "Offstage.AcpAgent.Program"),
            VersionArguments = ["--version"],
            Environment = new Dictionary<string, string>
            {
                ["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")),
                ["DOTNET_EnableDiagnostics"] = "0",
            },
        };
        return new AgentRig(
            new AcpAdapter(change?.Invoke(options) ?? options, Probes.Shared, TimeProvider.System), new Dictionary<string, string>());
    }

    protected override string ApprovalPrompt(string command) => command;

    protected override (Func<ProcessSpec, ProcessSpec>? Change, string Prompt) Blurting(string file, bool huge) =>
        (null, huge ? $"@flood {17 * 1024 * 1024}" : "@garbage");

    private protected override Task ForgetAsync(AgentRig rig, IAgentSession session, AgentListener listener)
    {
        Directory.Delete(Path.Combine(rig.Home, ".acp-agent"), recursive: true);
        return Task.CompletedTask;
    }
}
