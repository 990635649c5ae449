using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Processes;

/// <summary>Calls to an agent, with its failures told in the vocabulary of <see cref="AgentException"/>.</summary>
internal static class AgentCalls
{
    public static async Task<JsonElement> CallAsync<T>(
        this AgentProcess process, string method, T parameters, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await process.Connection.RequestAsync(method, parameters, type, cancellationToken);
        }
        catch (JsonRpcErrorException refusal)
        {
            throw new AgentException("agent_refused", refusal.Message, refusal);
        }
        catch (JsonRpcClosedException ended)
        {
            throw Gone(ended);
        }
    }

    public static AgentException Gone(JsonRpcClosedException ended)
    {
        var code = ended.Reason is JsonRpcClosed.ProtocolError ? "agent_protocol_error" : "agent_exited";
        return new AgentException(code, $"The agent is gone: {ended.Reason.Describe()}.", ended);
    }
}
