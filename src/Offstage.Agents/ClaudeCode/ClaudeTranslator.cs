using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.ClaudeCode;

/// <summary>Claude Code's messages in our vocabulary. The table of all of them: README.md.</summary>
internal sealed partial class ClaudeTranslator(string sessionId, AgentMode mode) : IAgentTranslator<JsonElement>
{
    /// <summary>Claude tells the result and then that it rests; so long the second is waited for. Also for what was
    /// added to a turn and may still be on its way.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly ClaudeSteps steps = new();
    private readonly ClaudeUsage usage = new();
    private readonly List<List<string>> turns = [];
    private string session = sessionId;
    private string? workingDirectory;
    private bool resting = true;
    private bool editsAllowed;
    private ClaudePrompt? waiting;
    private ClaudeTurn? turn;

    public DateTimeOffset? GraceEndsAt
    {
        get
        {
            lock (gate)
                return turn?.GraceEndsAt;
        }
    }

    /// <summary>A turn runs, or a prompt was handed over for one.</summary>
    public bool IsBusy
    {
        get
        {
            lock (gate)
                return turn is not null || waiting is not null;
        }
    }

    /// <summary>How much may be done without asking.</summary>
    public AgentMode Mode
    {
        get
        {
            lock (gate)
                return mode;
        }

        set
        {
            lock (gate)
                mode = value;
        }
    }

    /// <summary>Why the conversation could not be resumed. Null: nothing against it was said.</summary>
    public string? CursorRefusal { get; private set; }

    /// <summary>A prompt is being handed over.</summary>
    /// <returns>Completes when Claude works on it. Null: it has another to work on.</returns>
    public Task? OnPrompt(string uuid)
    {
        lock (gate)
        {
            if (turn is not null || waiting is not null)
                return null;
            waiting = new ClaudePrompt(uuid);
            return waiting.Confirmed.Task;
        }
    }

    /// <summary>The prompt was not taken.</summary>
    public void Abandon()
    {
        lock (gate)
            waiting = null;
    }

    /// <summary>Text is being added to the running turn.</summary>
    /// <returns>False when none runs.</returns>
    public bool OnSteer(string uuid)
    {
        lock (gate)
        {
            if (turn is not { End: null, Interrupting: false })
                return false;
            turn.Steers.Add(uuid);
            turn.Messages.Add(uuid);
            return true;
        }
    }

    /// <summary>The running turn is being interrupted.</summary>
    /// <returns>What was added to it and has not reached the model: to be taken back first. Null when none runs.</returns>
    public IReadOnlyList<string>? OnInterrupt()
    {
        lock (gate)
        {
            if (turn is null)
                return null;
            turn.Interrupting = true;
            return [.. turn.Steers];
        }
    }

    /// <returns>The messages of the last turns, each with its prompt first; null when there are not so many, or one runs.</returns>
    public IReadOnlyList<IReadOnlyList<string>>? FindLastTurns(int count)
    {
        lock (gate)
            return turn is not null || waiting is not null || count > turns.Count ? null : [.. turns.TakeLast(count).Select(one => one.ToArray())];
    }

    /// <summary>How many turns this process has had and Claude has not forgotten.</summary>
    public int TurnCount
    {
        get
        {
            lock (gate)
                return turns.Count;
        }
    }

    public void OnRolledBack(int count)
    {
        lock (gate)
            turns.RemoveRange(turns.Count - count, count);
    }

    public IReadOnlyList<AgentEvent> EndGrace()
    {
        lock (gate)
            return turn is null ? [] : EndTurn(turn.End ?? (AgentEvent)new AgentEvent.Reported(AgentReport.Ready, null));
    }

    public Reaction Receive(JsonElement message, DateTimeOffset now)
    {
        lock (gate)
        {
            if (message.FindText("type") == "control_request")
                return OnRequest(message);
            return new Reaction(Translate(message, now) ?? [Raw(message)]);
        }
    }

    /// <returns>Null: no other case describes it. Empty: it says nothing that was not said.</returns>
    private IReadOnlyList<AgentEvent>? Translate(JsonElement told, DateTimeOffset now) => told.FindText("type") switch
    {
        "system" => OnSystem(told, now),
        "stream_event" => OnPart(told),
        "assistant" => OnAssistant(told),
        "user" => OnUser(told),
        "result" => OnResult(told, now),
        "control_cancel_request" => Close(told.FindText("request_id")),

        // Also our own answers, told back.
        "control_response" => Close(told.Find("response")?.FindText("request_id")),
        "auth_status" when told.FindText("error") is { } error => [new AgentEvent.Notice(NoticeLevel.Error, error)],
        "rate_limit_event" when told.Find("rate_limit_info")?.FindText("status") is "allowed_warning" or "rejected" =>
            [Warning($"The limit of the Claude account is near or reached: {told.Find("rate_limit_info")!.Value.AsText()}")],
        "keep_alive" or "tool_progress" => [],
        _ => null,
    };

    private IReadOnlyList<AgentEvent>? OnSystem(JsonElement told, DateTimeOffset now) => told.FindText("subtype") switch
    {
        "session_state_changed" => OnState(told.FindText("state"), now),
        "init" => OnInit(told),
        "status" when told.FindText("compact_result") == "failed" => [Warning($"Compacting failed: {told.FindText("compact_error")}")],
        "status" or "thinking_tokens" => [],
        "compact_boundary" => turn is null
            ? [Info("Claude compacted the conversation.")]
            : [.. turn.Complete(new Item(IdOf(told), ItemStatus.Completed, new ItemBody.Compaction()))],
        "api_retry" => [Warning(
            $"The model's API failed ({told.Find("error_status")?.AsText() ?? told.FindText("error")}); try {told.FindNumber("attempt")} of {told.FindNumber("max_retries")} follows.")],
        "permission_denied" => [Warning($"{told.FindText("tool_name")} was not allowed: {told.FindText("message")}")],
        "model_refusal_fallback" => [Warning(told.FindText("content"))],
        "informational" => [new AgentEvent.Notice(
            told.FindText("level") == "warning" ? NoticeLevel.Warning : NoticeLevel.Info, told.FindText("content") ?? "")],
        "notification" => [Info(told.FindText("text"))],
        "local_command_output" => [Info(told.FindText("content"))],
        _ => null,
    };

    private IReadOnlyList<AgentEvent>? OnState(string? state, DateTimeOffset now)
    {
        switch (state)
        {
            case "running":
                IReadOnlyList<AgentEvent> begun = resting ? BeginTurn() : [];
                resting = false;
                Continue();
                return begun;
            case "requires_action":
                resting = false;
                Continue();
                return [];
            case "idle":
                resting = true;
                return Rest(now);
            default:
                return null;
        }
    }

    private List<AgentEvent> Rest(DateTimeOffset now)
    {
        if (turn is null)
            return [];
        turn.Rested = true;
        if (turn.End is not null && (turn.Steers.Count == 0 || turn.Interrupting))
            return EndTurn(turn.End);

        // Either the result is still to come, or what was added came too late for Claude to rest: then it goes on.
        turn.GraceEndsAt ??= now + Grace;
        return [];
    }

    private void Continue()
    {
        if (turn is null)
            return;
        turn.Rested = false;
        turn.GraceEndsAt = null;
    }

    private List<AgentEvent> OnInit(JsonElement told)
    {
        workingDirectory = told.FindText("cwd") ?? workingDirectory;
        List<AgentEvent> happened = [];
        if (told.FindText("session_id") is { } id && id != session)
        {
            session = id;
            happened.Add(new AgentEvent.CursorChanged(new ResumeCursor(ClaudeAdapter.AgentName, id)));
        }

        if (resting)
            happened.AddRange(BeginTurn());
        return happened;
    }

    private IReadOnlyList<AgentEvent> BeginTurn()
    {
        if (waiting is null || turn is not null)
            return [];
        turn = new ClaudeTurn([waiting.Uuid]);
        turns.Add(turn.Messages);
        waiting.Confirmed.TrySetResult();
        waiting = null;
        return [new AgentEvent.TurnStarted()];
    }

    private List<AgentEvent>? OnResult(JsonElement told, DateTimeOffset now)
    {
        var errors = string.Join('\n', told.List("errors").Select(error => error.AsText()));
        if (errors.Contains("No conversation found", StringComparison.Ordinal))
        {
            CursorRefusal = errors;
            return [new AgentEvent.CursorRejected(errors)];
        }

        if (turn is null)
            return null;
        turn.End = EndOf(told, errors);
        List<AgentEvent> happened = [new AgentEvent.UsageReported(usage.Sum(told))];
        if (turn.Rested)
            happened.AddRange(Rest(now));
        else
            turn.GraceEndsAt = now + Grace;
        return happened;
    }

    private AgentEvent.TurnEnded EndOf(JsonElement result, string errors)
    {
        var subtype = result.FindText("subtype");
        if (subtype == "success" && !result.IsTrue("is_error"))
            return new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null);
        var aborted = result.FindText("terminal_reason")?.StartsWith("aborted", StringComparison.Ordinal) == true;
        if (aborted || (turn!.Interrupting && subtype == "error_during_execution"))
            return new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null);
        return new AgentEvent.TurnEnded(AgentTurnOutcome.Failed, subtype switch
        {
            "success" => result.FindText("result") ?? "Claude gave no reason.",
            "error_max_turns" => "Claude reached its limit of steps in one turn.",
            "error_max_budget_usd" => "Claude reached its limit of cost.",
            _ when errors.Length > 0 => errors,
            _ => $"Claude gave no reason ({subtype}).",
        });
    }

    private List<AgentEvent> EndTurn(AgentEvent end)
    {
        List<AgentEvent> happened = [.. unclosed.Keys.Select(key => new AgentEvent.RequestClosed(key)), .. turn!.CompleteAll(), end];
        unclosed.Clear();
        requests.Clear();
        turn = null;
        return happened;
    }

    private static string IdOf(JsonElement told) => told.FindText("uuid") ?? "without-id";

    private static AgentEvent.Notice Info(string? text) => new(NoticeLevel.Info, text ?? "");

    private static AgentEvent.Notice Warning(string? text) => new(NoticeLevel.Warning, text ?? "");

    private static AgentEvent.Raw Raw(JsonElement told)
    {
        var kind = told.FindText("type") ?? "unknown";
        var subtype = told.FindText("subtype") ?? told.Find("request")?.FindText("subtype") ?? told.Find("event")?.FindText("type");
        return new AgentEvent.Raw(subtype is null ? kind : $"{kind}/{subtype}", told);
    }
}
