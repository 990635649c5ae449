using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Acp;

/// <summary>What is to be done about a request of the agent.</summary>
internal abstract record AcpWork
{
    private AcpWork() { }

    public sealed record Reply(JsonRpcId Id, JsonObject Result) : AcpWork;

    public sealed record Refuse(JsonRpcId Id, int Code, string Message) : AcpWork;

    /// <summary>It may: a file or a terminal.</summary>
    public sealed record Serve(JsonRpcMessage.Request Request) : AcpWork;
}

/// <summary>What comes of a message: what is told, and then what is done.</summary>
internal sealed record AcpReaction(IReadOnlyList<AgentEvent> Events, IReadOnlyList<AcpWork> Works, bool IsUnknownRequest = false)
{
    public static AcpReaction Of(IReadOnlyList<AgentEvent> events, params IReadOnlyList<AcpWork> works) => new(events, works);
}
