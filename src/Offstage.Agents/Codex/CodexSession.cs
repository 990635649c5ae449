using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;
using Offstage.Sandboxes;

namespace Offstage.Agents.Codex;

internal sealed class CodexSession : IAgentSession
{
    /// <summary>Of a page of turns.</summary>
    private const int TurnsMax = 100;

    private readonly CodexTranslator translator = new();
    private readonly AgentProcess process;
    private string? defaultEffort;
    private AgentMode mode;

    public CodexSession(ISandboxProcess sandboxProcess, TimeProvider timeProvider) => process = new AgentProcess(
        sandboxProcess, translator, new JsonRpcOptions { WritesVersion = false }, timeProvider);

    public ResumeCursor? Cursor { get; private set; }

    public IAsyncEnumerable<AgentEvent> Events => process.Events;

    public async Task OpenAsync(AgentStart start, string? modelProvider, CancellationToken cancellationToken)
    {
        var connection = process.Connection;
        await connection.RequestAsync(
            "initialize", new InitializeParams(new ClientInfo("offstage", "Offstage", "0.1.0")),
            CodexJson.Default.InitializeParams, cancellationToken);
        await connection.NotifyAsync("initialized", cancellationToken);

        // In all modes the outer sandbox is the wall: Codex's own cannot be built inside it.
        const string sandbox = "danger-full-access";
        mode = start.Mode;
        var approval = PolicyOf(mode);
        var answer = start.Cursor is null
            ? await connection.RequestAsync(
                "thread/start",
                new ThreadStartParams(start.WorkspacePath, approval, sandbox, start.Model, modelProvider),
                CodexJson.Default.ThreadStartParams, cancellationToken)
            : await connection.RequestAsync(
                "thread/resume",
                new ThreadResumeParams(
                    start.Cursor.Value, start.WorkspacePath, approval, sandbox, start.Model, modelProvider, ExcludeTurns: true),
                CodexJson.Default.ThreadResumeParams, cancellationToken);
        var thread = answer.Find("thread")?.FindText("id")
            ?? throw new AgentException("agent_protocol_error", "Codex opened a thread without an id.");
        translator.OnThread(thread);
        Cursor = new ResumeCursor(CodexAdapter.AgentName, thread);
        defaultEffort = start.Effort;
    }

    public async Task StartTurnAsync(TurnInput input, CancellationToken cancellationToken)
    {
        // Codex would take the text as a steer of the running turn, and this prompt would never get a turn of its own.
        if (translator.TurnId is not null && !process.Connection.Closed.IsCompleted)
            throw new AgentException("agent_refused", "A turn is running.");
        mode = input.Mode ?? mode;
        translator.OnMode(mode);
        process.Tags.Begin(input.Tag);
        try
        {
            var answer = CodexReview.TargetOf(input) is { } target
                ? await process.CallAsync(
                    "review/start", new ReviewStartParams(Cursor!.Value, target, "inline"), CodexJson.Default.ReviewStartParams, cancellationToken)
                : await process.CallAsync(
                    "turn/start",
                    new TurnStartParams(
                        Cursor!.Value, [UserInput.OfText(PromptText.Compose(input)), .. input.Images.Select(UserInput.Of)], input.Model,
                        input.Effort ?? defaultEffort, PolicyOf(mode)),
                    CodexJson.Default.TurnStartParams, cancellationToken);
            if (answer.Find("turn")?.FindText("id") is { } turn)
                translator.OnTurnConfirmed(turn);
        }
        catch (AgentException)
        {
            process.Tags.Abandon();
            throw;
        }
    }

    public async Task<bool> SteerAsync(string text, CancellationToken cancellationToken)
    {
        if (translator.TurnId is not { } turn)
            return false;
        try
        {
            await process.Connection.RequestAsync(
                "turn/steer", new TurnSteerParams(Cursor!.Value, turn, [UserInput.OfText(text)]),
                CodexJson.Default.TurnSteerParams, cancellationToken);
            return true;
        }
        catch (JsonRpcErrorException)
        {
            // It ended in the meantime, or is of a kind that cannot be steered.
            return false;
        }
        catch (JsonRpcClosedException ended)
        {
            throw AgentCalls.Gone(ended);
        }
    }

    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        if (translator.TurnId is not { } turn)
            return;
        try
        {
            await process.Connection.RequestAsync(
                "turn/interrupt", new TurnInterruptParams(Cursor!.Value, turn), CodexJson.Default.TurnInterruptParams,
                cancellationToken);
        }
        catch (JsonRpcErrorException)
        {
            // "no active turn": it ended in the meantime, and its end is told as an event.
        }
        catch (JsonRpcClosedException ended)
        {
            throw AgentCalls.Gone(ended);
        }
    }

    public async Task<bool> AnswerAsync(string requestKey, RequestAnswer answer, CancellationToken cancellationToken)
    {
        if (translator.TakeRequest(requestKey, answer) is not { } taken)
            return false;
        try
        {
            return await process.Connection.RespondAsync(taken.Id, taken.Result, CodexJson.Default.JsonObject, cancellationToken);
        }
        catch (JsonRpcClosedException)
        {
            return false;
        }
    }

    public async Task<bool> RollBackAsync(int turns, CancellationToken cancellationToken)
    {
        if (turns > TurnsMax)
            return false;
        try
        {
            var listed = await process.Connection.RequestAsync(
                "thread/turns/list", new TurnsListParams(Cursor!.Value, turns, "desc"), CodexJson.Default.TurnsListParams, cancellationToken);
            if (listed.List("data").Select(turn => turn.FindText("id")).ElementAtOrDefault(turns - 1) is not { } first)
                return false;
            await process.Connection.RequestAsync(
                "thread/revert", new ThreadRevertParams(Cursor.Value, first), CodexJson.Default.ThreadRevertParams, cancellationToken);
            return true;
        }
        catch (JsonRpcErrorException)
        {
            // It has no such thread in store, or one of an older kind that it does not cut.
            return false;
        }
        catch (JsonRpcClosedException ended)
        {
            throw AgentCalls.Gone(ended);
        }
    }

    /// <summary><c>untrusted</c> makes Codex ask before each change and each command that it does not know to be harmless; what is free in
    /// a mode, or refused by it, is then answered without a person.</summary>
    private static string PolicyOf(AgentMode mode) => mode == AgentMode.Auto ? "never" : "untrusted";

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
