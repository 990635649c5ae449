using Offstage.Agents;
using Offstage.Contracts;

namespace Offstage.Sessions.Effects;

/// <summary>The place of one session's agent process in this server. At most one agent is in it at a time.</summary>
/// <remarks>
/// <see cref="Gate"/> is held while an agent is started or ended, so that ending an old one never hits a new one. A start can
/// be called off from outside the gate.
/// </remarks>
internal sealed class AgentSlot
{
    private readonly Lock gate = new();
    private CancellationTokenSource? starting;
    private AgentGeneration startingGeneration;

    public AsyncGate Gate { get; } = new();

    /// <summary>The live agent; null when there is none.</summary>
    public LiveAgent? Agent { get; set; }

    /// <summary>Announces a start, so that it can be called off while it is under way.</summary>
    public void BeginStart(AgentGeneration generation, CancellationTokenSource cancellation)
    {
        lock (gate)
        {
            starting = cancellation;
            startingGeneration = generation;
        }
    }

    public void EndStart(CancellationTokenSource cancellation)
    {
        lock (gate)
        {
            if (starting == cancellation)
                starting = null;
        }
    }

    /// <summary>Calls a start off when it is of that generation or older.</summary>
    public void CancelStart(AgentGeneration upTo)
    {
        lock (gate)
        {
            if (starting is not null && startingGeneration.Value <= upTo.Value)
                starting.Cancel();
        }
    }
}

/// <summary>A started agent and the pump that carries its words into the session.</summary>
internal sealed class LiveAgent(AgentGeneration generation, IAgentSession session, AgentOffer offer) : IAsyncDisposable
{
    private readonly CancellationTokenSource lifetime = new();
    private int pumping;

    public AgentGeneration Generation => generation;

    public IAgentSession Session => session;

    public AgentOffer Offer => offer;

    /// <summary>The model of the turn it was started for; null: its own default.</summary>
    public string? StartedWithModel { get; init; }

    /// <summary>The last revert it has forgotten turns for: one that is delivered again must not take more (D1).</summary>
    public EffectId? RolledBackFor { get; set; }

    /// <summary>It took up the conversation by the cursor.</summary>
    public bool WasResumed { get; init; }

    public CancellationToken Stopping => lifetime.Token;

    /// <summary>Runs from <see cref="AgentPump"/>; awaited when the agent is ended.</summary>
    public Task Pump { get; set; } = Task.CompletedTask;

    /// <returns>True once: the events have one reader.</returns>
    public bool TryBeginPump() => Interlocked.Exchange(ref pumping, 1) == 0;

    public async ValueTask DisposeAsync()
    {
        // The pump first: the agent ends because we end it, and must not be heard to have failed by itself. A server that was
        // stopped in an orderly way had its turns end as failed, where a killed one had them interrupted with agent_lost (S4).
        // Not CancelAsync: that would leave this thread, and with it a simulation.
        lifetime.Cancel();
        await session.DisposeAsync();
        await Pump;
        lifetime.Dispose();
    }
}
