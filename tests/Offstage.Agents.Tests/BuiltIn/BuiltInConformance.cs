using Offstage.Agents.BuiltIn;
using Offstage.ModelServer;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.BuiltIn;

/// <summary>The built-in agent with the real SDK of one API, against a model server on loopback.</summary>
public abstract class BuiltInConformance(BuiltInWire wire) : AgentConformance
{
    protected override bool IsInstalled => false;

    // Only the keeper of this rig's conversation carries the path of its file.
    protected override string CrashPrompt => "kill -9 $(grep -lsF \"$HOME/.offstage-agent\" /proc/[0-9]*/cmdline | cut -d/ -f3)";

    private protected override Task<AgentRig> CreateAsync() => CreateRigAsync(wire);

    internal static async Task<AgentRig> CreateRigAsync(BuiltInWire wire, Func<BuiltInOptions, BuiltInOptions>? change = null)
    {
        var server = await FakeModelServer.StartAsync();
        var options = new BuiltInOptions
        {
            Wire = wire,
            BaseUrl = wire == BuiltInWire.Messages ? server.BaseUrl[..^"/v1".Length] : server.BaseUrl,
            KeyVariable = "MODEL_KEY",
        };
        return new AgentRig(
            new BuiltInAdapter(change?.Invoke(options) ?? options, TimeProvider.System, new Random(1)),
            new Dictionary<string, string> { ["MODEL_KEY"] = "none" }, server);
    }

    protected override string ApprovalPrompt(string command) => command;

    /// <summary>Its keeper cannot be made to misspeak, so a filter behind it does.</summary>
    protected override (Func<ProcessSpec, ProcessSpec>? Change, string Prompt) Blurting(string file, bool huge) => (
        spec => spec with { Command = ["/bin/sh", "-c", $"\"$0\" \"$@\" | sed -u '/\"kept\"/r {file}'", .. spec.Command] },
        "@sleep 30");

    private protected override async Task ForgetAsync(AgentRig rig, IAgentSession session, AgentListener listener)
    {
        await session.DisposeAsync();
        Directory.Delete(Path.Combine(rig.Home, ".offstage-agent"), recursive: true);
    }
}

public sealed class BuiltInMessagesConformanceTests() : BuiltInConformance(BuiltInWire.Messages);

public sealed class BuiltInChatConformanceTests() : BuiltInConformance(BuiltInWire.ChatCompletions);

public sealed class BuiltInResponsesConformanceTests() : BuiltInConformance(BuiltInWire.Responses);
