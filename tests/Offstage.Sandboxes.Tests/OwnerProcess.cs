using Offstage.Contracts;
using Offstage.Processes;

namespace Offstage.Sandboxes.Tests;

/// <summary>A second server: owns a driver with a running sandbox, until it is killed with -9.</summary>
internal static class OwnerProcess
{
    public static async Task StartAndKillAsync(SandboxWorld world, SandboxId sandbox, Isolation isolation, CancellationToken cancellationToken)
    {
        await using ChildProcess owner = await world.Host.StartAsync(new ChildSpec
        {
            Program = Path.Combine(AppContext.BaseDirectory, "Offstage.Sandboxes.Tests.Owner.Program"),
            Arguments = [world.Folder, sandbox.Value, SandboxWorld.NewSession().Value, isolation.ToString()],
            Environment = Environment.GetEnvironmentVariables().Keys.Cast<string>()
                .Where(name => name is "PATH" or "DOTNET_ROOT" or "HOME")
                .ToDictionary(name => name, name => Environment.GetEnvironmentVariable(name)!),
            NewSession = true,
        });
        var errors = new OutputTail(owner.StandardError);
        byte[] ready = new byte[5];
        int count = await owner.StandardOutput.ReadAtLeastAsync(ready, ready.Length, throwOnEndOfStream: false, cancellationToken);
        Assert.True(count == ready.Length, $"The owner ended before its sandbox ran: {errors.Text}");
        Assert.Equal(SandboxState.Running, Assert.Single(await world.Driver.ListAsync(cancellationToken)).State);
        owner.SignalLeader(Signal.Kill);
        Assert.Equal(137, await owner.Exited);
    }
}
