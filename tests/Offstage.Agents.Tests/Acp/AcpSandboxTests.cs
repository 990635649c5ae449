using System.Runtime.InteropServices;
using Offstage.Contracts;

namespace Offstage.Agents.Tests.Acp;

/// <summary>The agent's files and terminals in the real sandbox.</summary>
public sealed class AcpSandboxTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_and_terminals_are_the_sandboxes_and_an_interrupt_ends_a_command_there()
    {
        string runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        await using var rig = AcpConformanceTests.CreateRig(options => options with { ReadOnlyPaths = [runtime] });
        var installation = await rig.Adapter.InspectAsync(rig.Environment, Cancellation);
        await using var sandbox = await RealSandbox.CreateAsync(installation.ReadOnlyPaths);
        var (session, listener) = await rig.OpenAsync(sandbox.Take(rig.Start()));
        await session.StartTurnAsync(
            new TurnInput($"@barepatch new/a.txt hello\n@read new/a.txt\ntest \"$HOME\" = '{sandbox.InnerHomePath}' && cat new/a.txt && ! ls '{sandbox.Folder}'"), Cancellation);
        Assert.Equal(AgentTurnOutcome.Completed, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
        Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Combine(sandbox.WorkspacePath, "new/a.txt"), Cancellation));
        Assert.Equal(0, Assert.Single(listener.Completed<ItemBody.Command>()).ExitCode);

        await session.StartTurnAsync(new TurnInput("sleep 600"), Cancellation);
        await listener.NextAsync<AgentEvent.ItemStarted>(one => one.Item.Body is ItemBody.Command);
        await session.InterruptAsync(Cancellation);
        Assert.Equal(AgentTurnOutcome.Interrupted, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
    }
}
