using Offstage.Agents;
using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Simulation.Tests.World;

/// <summary>A coding agent as its adapter shows it. What it does is drawn from the seed.</summary>
internal sealed class SimulatedAgent(SimulatedWorld world, SimulatedHost host, string name) : IAgentAdapter
{
    private static readonly ProcessSpec Program = new() { Command = ["agent"] };

    public string Name => name;

    public AgentCapabilities Capabilities { get; } = new()
    {
        CanSteer = false,
        CanResume = true,
        CanRollBack = false,
        CanSwitchModel = true,
        TakesImages = false,
        NeedsNetwork = false,
        Modes = [AgentMode.Auto, AgentMode.Ask],
    };

    public Task<AgentInstallation> InspectAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
        => Task.FromResult(new AgentInstallation("1.0", Unusable: null, []));

    public async Task<AgentStartResult> StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        world.Scheduler.RequireThread("The agent was called");
        var chaos = world.Chaos;
        if (chaos.Happens(chaos.AgentStartFails))
            return new AgentStartResult.Failed("agent_start_failed", "The simulated agent does not start.", Retryable: chaos.Next(4) != 0);
        var process = (SimulatedProcess)await start.LaunchAsync(Program, cancellationToken);
        try
        {
            await Task.Delay(chaos.Between(0.001, chaos.Happens(chaos.AgentStartFails) ? 120 : 0.5), host.Clock, cancellationToken);
        }
        catch
        {
            process.End(leavesChild: false);
            throw;
        }

        if (!process.IsSpeaking)
            return new AgentStartResult.Failed("agent_exited", "The simulated agent ended at its start.", Retryable: true);
        if (start.Cursor is { } cursor)
        {
            world.Ledger.Offered(cursor, name, process);
            bool known = world.Conversations.Knows(cursor.Value, process.Sandbox.Id);
            if (!known || chaos.Happens(chaos.CursorRejected))
            {
                world.Trace.Add("agent", $"process {process.Number} rejects {cursor.Value}");
                world.Ledger.Rejected(process.Sandbox.Session, cursor.Value);
                process.End(leavesChild: false);
                return new AgentStartResult.CursorRejected("The simulated agent does not know the conversation.");
            }
        }

        var session = new SimulatedAgentSession(world, process, name, start.Cursor);
        world.Trace.Add("agent", $"process {process.Number} is ready, {(start.Cursor is null ? "new" : "resumed")}, cursor {session.Cursor?.Value ?? "none"}");
        return new AgentStartResult.Started(session);
    }
}

/// <summary>Which conversation is kept in which sandbox's home.</summary>
internal sealed class Conversations
{
    private readonly Dictionary<string, Offstage.Contracts.SandboxId> homes = [];

    public void Keep(string cursor, Offstage.Contracts.SandboxId sandbox) => homes[cursor] = sandbox;

    public bool Knows(string cursor, Offstage.Contracts.SandboxId sandbox) => homes.TryGetValue(cursor, out var home) && home == sandbox;
}
