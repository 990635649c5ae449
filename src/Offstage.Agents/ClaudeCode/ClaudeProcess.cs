using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.ClaudeCode;

/// <summary>Claude Code's process, with the control requests that await its answer.</summary>
internal sealed class ClaudeProcess(ISandboxProcess process, ClaudeTranslator translator, TimeProvider timeProvider)
    : AgentLineProcess<JsonLineConnection, JsonElement>(
        process, new JsonLineConnection(process.StandardOutput, process.StandardInput), translator, timeProvider)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> pending = new();

    public ValueTask SayAsync(JsonObject message, CancellationToken cancellationToken) =>
        Connection.SendAsync(message, ClaudeJson.Default.JsonObject, cancellationToken);

    /// <returns>The answer's own part; undefined when it has none.</returns>
    /// <exception cref="AgentException">Refused.</exception>
    /// <exception cref="JsonRpcClosedException">The process is gone.</exception>
    public async Task<JsonElement> ControlAsync(JsonObject request, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        pending[id] = answer;
        try
        {
            await SayAsync(ClaudeWire.Request(id, request), cancellationToken);
            await Task.WhenAny(answer.Task, Drained).WaitAsync(cancellationToken);
            if (!answer.Task.IsCompleted)
                throw new JsonRpcClosedException(await Drained);
        }
        finally
        {
            pending.TryRemove(id, out _);
        }

        var told = await answer.Task;
        return told.FindText("subtype") == "error"
            ? throw new AgentException("agent_refused", told.FindText("error") ?? "Claude Code refused and gave no reason.")
            : told.Find("response") ?? default;
    }

    protected override async ValueTask ReplyAsync(JsonElement message, Reaction reaction)
    {
        if (message.FindText("type") == "control_response"
            && message.Find("response") is { } response
            && response.FindText("request_id") is { } id
            && pending.TryRemove(id, out var answer))
            answer.TrySetResult(response);
        if (reaction.Reply is { } reply)
            await SayAsync(reply, Closing);
    }
}
