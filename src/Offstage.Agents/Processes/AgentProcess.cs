using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Processes;

/// <summary>The process of an agent that speaks JSON-RPC over its pipes.</summary>
internal sealed class AgentProcess(
    ISandboxProcess process, IAgentTranslator translator, JsonRpcOptions options, TimeProvider timeProvider)
    : AgentLineProcess<JsonRpcConnection, JsonRpcMessage>(
        process, new JsonRpcConnection(process.StandardOutput, process.StandardInput, options), translator, timeProvider)
{
    protected override async ValueTask ReplyAsync(JsonRpcMessage message, Reaction reaction)
    {
        if (message is not JsonRpcMessage.Request request)
            return;
        if (reaction.IsUnknownRequest)
        {
            await Connection.RespondErrorAsync(
                request.Id, JsonRpcError.MethodNotFound, $"Offstage does not know '{request.Method}'.", Closing);
        }
    }
}
