using System.Collections.Concurrent;
using Offstage.Agents;
using Offstage.Contracts;

namespace Offstage.Sessions.Effects;

/// <summary>The agents that run in this server. What the sessions' rows say is the truth; this is where the processes are.</summary>
internal sealed class LiveAgents : IAsyncDisposable
{
    private readonly ConcurrentDictionary<SessionId, AgentSlot> slots = new();

    public AgentSlot Slot(SessionId session) => slots.GetOrAdd(session, static _ => new AgentSlot());

    /// <returns>Null when this server has no agent of that generation for the session.</returns>
    public LiveAgent? Find(SessionId session, AgentGeneration generation)
        => slots.TryGetValue(session, out var slot) && slot.Agent is { } agent && agent.Generation == generation ? agent : null;

    public int Count => slots.Values.Count(slot => slot.Agent is not null);

    public LiveAgent Take(SessionId session, AgentSlot slot, LiveAgent agent)
    {
        Invariant.Require(slot.Agent is null, "S8");
        Invariant.Require(Slot(session) == slot, "S8");
        return slot.Agent = agent;
    }

    /// <summary>The session is gone for good.</summary>
    public void Forget(SessionId session) => slots.TryRemove(session, out _);

    /// <summary>Ends all agents: the server stops. Their sessions learn of it at the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        // In order, so that a run can be repeated.
        var all = slots.OrderBy(pair => pair.Key.Value, StringComparer.Ordinal).Select(pair => pair.Value.Agent).OfType<LiveAgent>().ToList();
        await Task.WhenAll(all.Select(agent => agent.DisposeAsync().AsTask()));
    }
}
