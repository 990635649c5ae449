using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Script;

internal sealed class ScriptSession : IAgentSession
{
    private readonly ScriptTranslator translator = new();
    private readonly AgentProcess process;
    private AgentMode mode;

    public ScriptSession(ISandboxProcess sandboxProcess, TimeProvider timeProvider) =>
        process = new AgentProcess(sandboxProcess, translator, new JsonRpcOptions(), timeProvider);

    public ResumeCursor? Cursor { get; private set; }

    public IAsyncEnumerable<AgentEvent> Events => process.Events;

    public async Task OpenAsync(AgentStart start, CancellationToken cancellationToken)
    {
        mode = start.Mode;
        var connection = process.Connection;
        await connection.RequestAsync(
            ScriptMethods.Initialize, new EmptyParams(), ScriptJson.Default.EmptyParams, cancellationToken);
        var answer = await connection.RequestAsync(
            start.Cursor is null ? ScriptMethods.SessionStart : ScriptMethods.SessionResume,
            new SessionParams(start.WorkspacePath, start.Cursor?.Value),
            ScriptJson.Default.SessionParams,
            cancellationToken);
        var session = answer.Deserialize(ScriptJson.Default.SessionResponse)!;
        Cursor = new ResumeCursor(ScriptAdapter.AgentName, session.Cursor);
    }

    public async Task StartTurnAsync(TurnInput input, CancellationToken cancellationToken)
    {
        process.Tags.Begin(input.Tag);
        try
        {
            await process.CallAsync(
                ScriptMethods.TurnStart, new TurnStartParams(input.Text, input.Conversation, mode = input.Mode ?? mode, input.Images.Count), ScriptJson.Default.TurnStartParams,
                cancellationToken);
        }
        catch (AgentException)
        {
            process.Tags.Abandon();
            throw;
        }
    }

    public async Task<bool> SteerAsync(string text, CancellationToken cancellationToken)
    {
        var answer = await process.CallAsync(
            ScriptMethods.TurnSteer, new SteerParams(text), ScriptJson.Default.SteerParams, cancellationToken);
        return answer.Deserialize(ScriptJson.Default.SteerResponse)!.Accepted;
    }

    public Task InterruptAsync(CancellationToken cancellationToken) => process.CallAsync(
        ScriptMethods.TurnInterrupt, new EmptyParams(), ScriptJson.Default.EmptyParams, cancellationToken);

    public async Task<bool> AnswerAsync(string requestKey, RequestAnswer answer, CancellationToken cancellationToken)
    {
        if (translator.TakeRequest(requestKey) is not { } id)
            return false;
        try
        {
            return await process.Connection.RespondAsync(
                id, new AskResponse(answer), ScriptJson.Default.AskResponse, cancellationToken);
        }
        catch (JsonRpcClosedException)
        {
            return false;
        }
    }

    public async Task<bool> RollBackAsync(int turns, CancellationToken cancellationToken)
    {
        var answer = await process.CallAsync(
            ScriptMethods.RollBack, new RollBackParams(turns), ScriptJson.Default.RollBackParams, cancellationToken);
        return answer.Deserialize(ScriptJson.Default.RollBackResponse)!.Done;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
