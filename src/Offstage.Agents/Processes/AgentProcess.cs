using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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
        if (reaction.Reply is { } reply)
            await Connection.RespondAsync(request.Id, reply, ReplyJson.Default.JsonObject, Closing);
        else if (reaction.IsUnknownRequest)
        {
            await Connection.RespondErrorAsync(
                request.Id, JsonRpcError.MethodNotFound, $"Offstage does not know '{request.Method}'.", Closing);
        }
    }
}

[JsonSerializable(typeof(JsonObject))]
internal sealed partial class ReplyJson : JsonSerializerContext;
