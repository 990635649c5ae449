using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Agents.BuiltIn.Tools;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>One turn: ask the model, run what it calls, tell it the results, until it calls nothing more.</summary>
/// <param name="model">Null: none was named.</param>
internal sealed class TurnLoop(SessionParts parts, AgentMode mode, string? model, string? effort) : IDisposable
{
    private readonly CancellationTokenSource interrupted = new();
    private readonly TurnItems items = new(parts.Keeper.EmitAsync);
    private readonly Lock gate = new();
    private readonly Queue<string> additions = new();
    private AnswerWriter? answering;
    private bool closed;
    private volatile bool isOver;

    /// <summary>It has said its last, or is about to: the next turn may begin behind it.</summary>
    public bool IsOver => isOver;

    /// <summary>The person wants it to end. Safe at any time.</summary>
    public void Interrupt()
    {
        try
        {
            interrupted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It is over.
        }
    }

    /// <summary>After <see cref="RunAsync"/> has ended.</summary>
    public void Dispose() => interrupted.Dispose();

    /// <returns>False when the model is not asked any more in this turn.</returns>
    public bool TryAdd(string text)
    {
        lock (gate)
        {
            if (closed)
                return false;
            additions.Enqueue(text);
            return true;
        }
    }

    /// <summary>Never throws: whatever happens is told as the turn's end, or by the end of the session.</summary>
    public async Task RunAsync()
    {
        await EmitAsync(new AgentEvent.TurnStarted());
        var end = await WorkToEndAsync();
        lock (gate)
            closed = true;
        if (parts.Keeper.Drained.IsCompleted)
        {
            // The session ends, and its own end says why.
            isOver = true;
            return;
        }

        await KeepCutOffAsync(end.Outcome);
        await items.CloseAsync();
        await EmitAsync(new AgentEvent.UsageReported(parts.Meter.Report()));
        isOver = true;
        await EmitAsync(end);
    }

    private async Task<AgentEvent.TurnEnded> WorkToEndAsync()
    {
        try
        {
            await WorkAsync(interrupted.Token);
            return new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null);
        }
        catch (TurnFailedException failed)
        {
            return Failed(failed.Code, failed.Message);
        }
        catch (ModelException failed)
        {
            return Failed(failed.Failure.Code, failed.Failure.Message);
        }
        catch (KeeperException failed)
        {
            return Failed("conversation_not_kept", failed.Message);
        }
        catch (SandboxException failed)
        {
            return Failed(failed.Code, failed.Message);
        }
        catch (JsonRpcClosedException gone)
        {
            return Failed("agent_exited", gone.Message);
        }
        catch (Exception bug)
        {
            // Ours. The turn must end all the same, or its session would wait for ever.
            return Failed("internal_error", $"The built-in agent failed: {bug}");
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        string asked = model ?? throw new TurnFailedException("model_not_named", "No model was named. Name one with the session, or in agents.json.");
        string? instructions = await SystemPrompt.ReadInstructionsAsync(parts.Commands, cancellationToken);
        string system = SystemPrompt.Write(parts.Start.WorkspacePath, mode, instructions);
        var tools = new ToolRunner(Context(), new FailureGuard(parts.Options.Limits.RepeatedFailuresMax));
        var limits = new TurnLimits(parts.Options.Limits, parts.Meter);
        var compactor = new Compactor(parts, items, asked);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            limits.RequireAnother();
            await TakeAdditionsAsync();
            if (parts.Meter.EstimateContext(parts.Conversation.Entries, system) > parts.Options.ContextWindow * parts.Options.CompactAt)
                await compactor.CompactAsync(parts.Options.ContextWindow, cancellationToken);
            var answer = await AskAsync(asked, system, compactor, cancellationToken);
            if (answer.Stop == ModelStop.Refused)
                throw new TurnFailedException("model_refused", "The model refused to go on.");
            if (answer.Calls.Count > 0)
                await tools.RunAsync(answer.Calls, result => parts.KeepAsync(result), cancellationToken);
            else if (answer.Stop == ModelStop.Length)
                await EmitAsync(new AgentEvent.Notice(NoticeLevel.Warning, "The model's answer was cut at its longest."));
            if (answer.Calls.Count == 0 && TryClose())
                return;
        }
    }

    private async Task<AnswerWriter> AskAsync(string asked, string system, Compactor compactor, CancellationToken cancellationToken)
    {
        const int ShorterMax = 2;
        long window = parts.Options.ContextWindow;
        for (int shortened = 0; ; shortened++)
        {
            try
            {
                return await AskOnceAsync(asked, system, cancellationToken);
            }
            catch (ModelException full) when (full.Failure is ModelFailure.TooLong && shortened < ShorterMax)
            {
                // The window is smaller than we were told, or fuller than we thought.
                window = Math.Min(window, parts.Meter.EstimateContext(parts.Conversation.Entries, system)) / 2;
                if (!await compactor.CompactAsync(window, cancellationToken))
                    throw;
            }
        }
    }

    private async Task<AnswerWriter> AskOnceAsync(string asked, string system, CancellationToken cancellationToken)
    {
        var entries = parts.Conversation.Entries;
        var taken = parts.Conversation.CallIds;
        var request = new ModelRequest(asked, effort, system, entries, Toolbox.SpecsFor(mode), parts.Options.OutputTokensMax);
        await parts.Caller.AskAsync(parts.Client.Value, request, Open, Warn, cancellationToken);
        var answer = answering!;
        answering = null;
        await answer.CompleteAsync(asPlan: mode == AgentMode.Plan && answer.Calls.Count == 0);
        await KeepAsync(answer, asked);
        Count(answer);
        parts.Meter.Measure(answer.Usage, parts.Conversation.Entries.Count);
        await EmitAsync(new AgentEvent.UsageReported(parts.Meter.Report()));
        return answer;

        // What a broken attempt took is paid for, too.
        IAnswerSink Open()
        {
            Count(answering);
            return answering = new AnswerWriter(items, taken);
        }

        void Count(AnswerWriter? told)
        {
            if (told is not null)
                parts.Meter.Add(told.Usage);
        }

        ValueTask Warn(string text) => EmitAsync(new AgentEvent.Notice(NoticeLevel.Warning, text));
    }

    /// <summary>A call whose arguments are no object is kept without them: no endpoint would take it back. Its result says what they were.</summary>
    private Task KeepAsync(AnswerWriter answer, string asked)
    {
        Part[] all = [.. answer.Parts, .. answer.Calls.Select(call => IsObject(call.Arguments) ? call : call with { Arguments = "{}" })];
        return all.Length == 0 ? Task.CompletedTask : parts.KeepAsync(new Entry.Answer(ModelNames.Answerer(parts.Options.Wire, asked), all));
    }

    private static bool IsObject(string arguments)
    {
        try
        {
            ToolArguments.Parse(arguments);
            return arguments.Trim().Length > 0;
        }
        catch (ToolArgumentException)
        {
            return false;
        }
    }

    private async Task TakeAdditionsAsync()
    {
        while (true)
        {
            string? text;
            lock (gate)
            {
                if (!additions.TryDequeue(out text))
                    return;
            }

            await parts.KeepAsync(new Entry.Addition(text));
            await items.CompleteAsync(new Item(items.NextId("user"), ItemStatus.Completed, new ItemBody.UserMessage(text)));
        }
    }

    /// <returns>False when something was added that the model has not seen.</returns>
    private bool TryClose()
    {
        lock (gate)
            return closed = additions.Count == 0;
    }

    /// <summary>What was said and done until the turn was cut off stays in the conversation, and no call is left without a result.</summary>
    private async Task KeepCutOffAsync(AgentTurnOutcome outcome)
    {
        if (outcome == AgentTurnOutcome.Completed)
            return;
        try
        {
            if (answering is { } partial)
            {
                parts.Meter.Add(partial.Usage);
                await partial.BreakOffAsync();
                var said = partial.Parts.OfType<Part.Text>().ToList<Part>();
                if (said.Count > 0)
                    await parts.KeepAsync(new Entry.Answer("", said));
            }

            foreach (var call in parts.Conversation.OpenCalls)
                await parts.KeepAsync(new Entry.Result(call.Id, ConversationRepair.NoResult, IsError: true));
            // It was taken, so the next turn knows of it.
            await TakeAdditionsAsync();
            if (outcome == AgentTurnOutcome.Interrupted)
                await parts.KeepAsync(new Entry.Interrupted());
        }
        catch (Exception gone) when (gone is KeeperException or JsonRpcClosedException)
        {
            // The file ends in the middle of a turn, which reading it mends.
        }
    }

    private ToolContext Context() => new()
    {
        Mode = mode,
        WorkspacePath = parts.Start.WorkspacePath,
        Commands = parts.Commands,
        Files = new WorkspaceFiles(parts.Commands),
        Items = items,
        Requests = parts.Requests,
        Limits = parts.Options.Limits,
    };

    private static AgentEvent.TurnEnded Failed(string code, string message) => new(AgentTurnOutcome.Failed, $"{message} [{code}]");

    private ValueTask EmitAsync(AgentEvent happened) => parts.Keeper.EmitAsync(happened);
}
