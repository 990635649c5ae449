using System.Text.Json.Nodes;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Processes;

/// <summary>Turns an agent's messages into events. Keeps what it must remember in memory, and does no I/O.</summary>
/// <remarks>Called by one thread at a time for messages; its other members, by any thread.</remarks>
internal interface IAgentTranslator<in TMessage>
{
    Reaction Receive(TMessage message, DateTimeOffset now);

    /// <summary>When a message that should have followed is overdue. Null: none is awaited.</summary>
    DateTimeOffset? GraceEndsAt { get; }

    /// <summary>What to report now that it did not come.</summary>
    IReadOnlyList<AgentEvent> EndGrace();
}

/// <inheritdoc/>
internal interface IAgentTranslator : IAgentTranslator<JsonRpcMessage>;

/// <param name="IsUnknownRequest">The agent waits for an answer that nobody here can give: refuse it.</param>
/// <param name="Reply">What the agent is to be told at once, without a person.</param>
internal readonly record struct Reaction(IReadOnlyList<AgentEvent> Events, bool IsUnknownRequest = false, JsonObject? Reply = null)
{
    public static Reaction None { get; } = new([]);

    public static implicit operator Reaction(AgentEvent happened) => new([happened]);
}
