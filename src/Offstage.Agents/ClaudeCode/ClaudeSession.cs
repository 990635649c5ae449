using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.ClaudeCode;

internal sealed class ClaudeSession : IAgentSession
{
    /// <summary>Claude tells a prompt back in one line, with its images as base64, and a line has its limit.</summary>
    private const int ImageBytesMax = 10 * 1024 * 1024;

    private readonly ClaudeTranslator translator;
    private readonly ClaudeProcess process;
    private readonly bool isResumed;
    private string? model;
    private string? effort;

    public ClaudeSession(ISandboxProcess sandboxProcess, AgentStart start, string sessionId, TimeProvider timeProvider)
    {
        translator = new ClaudeTranslator(sessionId, start.Mode);
        process = new ClaudeProcess(sandboxProcess, translator, timeProvider);
        isResumed = start.Cursor is not null;
        model = start.Model;
        effort = start.Effort;
        Cursor = new ResumeCursor(ClaudeAdapter.AgentName, sessionId);
    }

    public ResumeCursor? Cursor { get; }

    public IAsyncEnumerable<AgentEvent> Events => process.Events;

    /// <summary>Why the conversation could not be resumed, as far as the program has said.</summary>
    public string? CursorRefusal => translator.CursorRefusal;

    public Task OpenAsync(CancellationToken cancellationToken) => process.ControlAsync(ClaudeWire.Initialize(), cancellationToken);

    public async Task StartTurnAsync(TurnInput input, CancellationToken cancellationToken)
    {
        if (input.Images.Sum(image => (long)image.Data.Length) > ImageBytesMax)
            throw new AgentException("agent_refused", $"The images have more than {ImageBytesMax} bytes together.");

        // Claude would take the text as an addition to the running turn, and this prompt would never get a turn of its own.
        if (translator.IsBusy && !process.Connection.Closed.IsCompleted)
            throw Busy();
        try
        {
            await SetUpAsync(input, cancellationToken);
            await HandOverAsync(input, cancellationToken);
        }
        catch (JsonRpcClosedException ended)
        {
            throw AgentCalls.Gone(ended);
        }
    }

    public async Task<bool> SteerAsync(string text, CancellationToken cancellationToken)
    {
        var uuid = Guid.NewGuid().ToString();
        if (!translator.OnSteer(uuid))
            return false;
        try
        {
            await process.SayAsync(ClaudeWire.Prompt(uuid, new TurnInput(text)), cancellationToken);
            return true;
        }
        catch (JsonRpcClosedException ended)
        {
            throw AgentCalls.Gone(ended);
        }
    }

    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        if (translator.OnInterrupt() is not { } additions)
            return;
        try
        {
            // Otherwise Claude would take them up as soon as it has stopped.
            foreach (var uuid in additions)
            {
                await process.ControlAsync(
                    new JsonObject { ["subtype"] = "cancel_async_message", ["message_uuid"] = uuid }, cancellationToken);
            }

            await process.ControlAsync(new JsonObject { ["subtype"] = "interrupt" }, cancellationToken);
        }
        catch (JsonRpcClosedException ended)
        {
            throw AgentCalls.Gone(ended);
        }
    }

    public async Task<bool> AnswerAsync(string requestKey, RequestAnswer answer, CancellationToken cancellationToken)
    {
        if (process.Connection.Closed.IsCompleted || translator.TakeRequest(requestKey, answer) is not { } wire)
            return false;
        try
        {
            await process.SayAsync(wire, cancellationToken);
            return true;
        }
        catch (JsonRpcClosedException)
        {
            return false;
        }
    }

    public async Task<bool> RollBackAsync(int turns, CancellationToken cancellationToken)
    {
        // Claude takes back one message after another from the end, and never its first. Of turns before this process it
        // does not tell the messages' names.
        if (!isResumed && turns >= translator.TurnCount)
            return false;
        if (translator.FindLastTurns(turns) is not { } last)
            return false;
        try
        {
            foreach (var messages in last.Reverse())
            {
                foreach (var (index, uuid) in messages.Index().Reverse())
                {
                    var answer = await process.ControlAsync(
                        new JsonObject { ["subtype"] = "rewind_conversation", ["target_message_uuid"] = uuid }, cancellationToken);

                    // What was added to a turn between its tools is no message of its own, and goes with the turn.
                    if (!answer.IsTrue("rewound") && (index == 0 || answer.FindText("error") != "target not found"))
                        return false;
                }
            }
        }
        catch (AgentException)
        {
            // A version that does not know the request.
            return false;
        }
        catch (JsonRpcClosedException ended)
        {
            throw AgentCalls.Gone(ended);
        }

        translator.OnRolledBack(turns);
        return true;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();

    private async Task HandOverAsync(TurnInput input, CancellationToken cancellationToken)
    {
        var uuid = Guid.NewGuid().ToString();
        if (process.Connection.Closed.IsCompleted)
            throw new JsonRpcClosedException(await process.Connection.Closed);
        var confirmed = translator.OnPrompt(uuid) ?? throw Busy();
        process.Tags.Begin(input.Tag);
        try
        {
            await process.SayAsync(ClaudeWire.Prompt(uuid, input), cancellationToken);
            await Task.WhenAny(confirmed, process.Drained).WaitAsync(cancellationToken);
            if (!confirmed.IsCompleted)
                throw new JsonRpcClosedException(await process.Drained);
        }
        catch (JsonRpcClosedException)
        {
            translator.Abandon();
            process.Tags.Abandon();
            throw;
        }
    }

    /// <summary>What of the turn differs from the last one.</summary>
    private async Task SetUpAsync(TurnInput input, CancellationToken cancellationToken)
    {
        if (input.Mode is { } mode)
        {
            if (ClaudeCommandLine.ModeOf(mode) is var wanted && wanted != ClaudeCommandLine.ModeOf(translator.Mode))
                await process.ControlAsync(new JsonObject { ["subtype"] = "set_permission_mode", ["mode"] = wanted }, cancellationToken);
            translator.Mode = mode;
        }

        if (input.Model is { } wantedModel && wantedModel != model)
        {
            await process.ControlAsync(new JsonObject { ["subtype"] = "set_model", ["model"] = wantedModel }, cancellationToken);
            model = wantedModel;
        }

        if (input.Effort is { } wantedEffort && wantedEffort != effort)
        {
            await process.ControlAsync(
                new JsonObject { ["subtype"] = "apply_flag_settings", ["settings"] = new JsonObject { ["effortLevel"] = wantedEffort } },
                cancellationToken);
            effort = wantedEffort;
        }
    }

    private static AgentException Busy() => new("agent_refused", "A turn is running.");
}
