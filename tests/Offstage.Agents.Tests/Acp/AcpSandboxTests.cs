using System.Runtime.InteropServices;
using Offstage.Contracts;
using Offstage.Git;
using Offstage.Processes;
using Offstage.Sandboxes;

namespace Offstage.Agents.Tests.Acp;

/// <summary>The agent's files and terminals in the real sandbox.</summary>
public sealed class AcpSandboxTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_and_terminals_are_the_sandboxes_and_an_interrupt_ends_a_command_there()
    {
        string folder = Directory.CreateTempSubdirectory("offstage-acp-").FullName;
        using var host = new ProcessHost();
        var driver = new ProcessSandboxDriver(
            new ProcessSandboxOptions { RootFolder = Path.Combine(folder, "sandboxes"), Git = new GitOptions { CacheFolder = Path.Combine(folder, "clones") } },
            host, TimeProvider.System);
        if (!(await driver.GetCapabilitiesAsync(Cancellation)).IsolatesFiles)
            Requires.Missing("bubblewrap (bwrap)");

        string runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        await using var rig = AcpConformanceTests.CreateRig(options => options with { ReadOnlyPaths = [runtime] });
        var installation = await rig.Adapter.InspectAsync(rig.Environment, Cancellation);
        var ids = new IdSource(TimeProvider.System, Random.Shared);
        var id = ids.NewSandbox();
        var sandbox = await driver.CreateAsync(
            id,
            new SandboxSpec
            {
                Session = ids.NewSession(),
                Workspace = new WorkspaceSource.Empty(),
                Isolation = Isolation.Bubblewrap,
                Network = NetworkAccess.None,
                ReadOnlyPaths = installation.ReadOnlyPaths,
            },
            Cancellation);
        try
        {
            var (session, listener) = await rig.OpenAsync(rig.Start() with
            {
                LaunchAsync = (spec, cancellationToken) => driver.StartProcessAsync(id, spec, cancellationToken),
                WorkspacePath = sandbox.InnerWorkspacePath!,
                HomePath = sandbox.InnerHomePath!,
            });
            await session.StartTurnAsync(
                new TurnInput($"@barepatch new/a.txt hello\n@read new/a.txt\ntest \"$HOME\" = '{sandbox.InnerHomePath}' && cat new/a.txt && ! ls '{folder}'"), Cancellation);
            Assert.Equal(AgentTurnOutcome.Completed, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
            Assert.Equal("hello\n", await File.ReadAllTextAsync(Path.Combine(sandbox.WorkspacePath!, "new/a.txt"), Cancellation));
            Assert.Equal(0, Assert.Single(listener.Completed<ItemBody.Command>()).ExitCode);

            await session.StartTurnAsync(new TurnInput("sleep 600"), Cancellation);
            await listener.NextAsync<AgentEvent.ItemStarted>(one => one.Item.Body is ItemBody.Command);
            await session.InterruptAsync(Cancellation);
            Assert.Equal(AgentTurnOutcome.Interrupted, (await listener.NextAsync<AgentEvent.TurnEnded>()).Outcome);
        }
        finally
        {
            await driver.DestroyAsync(id, CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }
}
