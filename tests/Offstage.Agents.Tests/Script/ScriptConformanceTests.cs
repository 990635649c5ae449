using Offstage.Agents.Script;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.Script;

public sealed class ScriptConformanceTests : AgentConformance
{
    protected override string CrashPrompt => "@crash";

    private protected override Task<AgentRig> CreateAsync() => Task.FromResult(CreateRig());

    internal static AgentRig CreateRig() =>
        new(new ScriptAdapter(new ScriptOptions(), TimeProvider.System), new Dictionary<string, string>());

    protected override string ApprovalPrompt(string command) => $"@approve {command}";

    protected override (Func<ProcessSpec, ProcessSpec>? Change, string Prompt) Blurting(string file, bool huge) =>
        (null, huge ? $"@flood {17 * 1024 * 1024}" : "@garbage");

    private protected override async Task ForgetAsync(AgentRig rig, IAgentSession session, AgentListener listener)
    {
        await session.StartTurnAsync(new TurnInput("@reject-cursor"), TestContext.Current.CancellationToken);
        await listener.NextAsync<AgentEvent.TurnEnded>();
    }
}
