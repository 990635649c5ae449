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
        CanSteer = true,
        CanResume = true,
        CanRollBack = true,
        CanSwitchModel = name == "alpha",
        TakesImages = false,
        NeedsNetwork = false,
        Modes = [AgentMode.Auto, AgentMode.Plan],
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
    private readonly Dictionary<string, (SandboxId Home, ConversationMemory Memory)> homes = [];

    public void Keep(string cursor, SandboxId sandbox, ConversationMemory memory) => homes[cursor] = (sandbox, memory);

    public bool Knows(string cursor, SandboxId sandbox) => homes.TryGetValue(cursor, out var kept) && kept.Home == sandbox;

    public ConversationMemory MemoryOf(string cursor) => homes[cursor].Memory;
}

/// <summary>What an agent knows of its conversation: its own turns, and what it was told with the first.</summary>
internal sealed class ConversationMemory
{
    private readonly List<string> turns = [];
    private string told = "";

    public bool IsEmpty => turns.Count == 0;

    public bool Knows(string text) => told.Contains(text, StringComparison.Ordinal) || turns.Contains(text);

    public void Take(TurnInput input)
    {
        told += input.Conversation;
        turns.Add(input.Text);
    }

    public bool TryForget(int count)
    {
        if (count > turns.Count)
            return false;
        turns.RemoveRange(turns.Count - count, count);
        return true;
    }
}
