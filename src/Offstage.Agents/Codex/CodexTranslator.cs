using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Codex;

/// <summary>Codex's notifications and requests in our vocabulary. The table of all of them: README.md.</summary>
internal sealed class CodexTranslator : IAgentTranslator
{
    /// <summary>The thread goes idle a moment before its turn is told to be complete, and the turn's own end says more:
    /// so long it is waited for.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (JsonRpcMessage.Request Request, string Thread)> requests = [];
    private readonly HashSet<string> unclosed = [];
    private readonly Dictionary<string, string> parentItemByThread = [];
    private string? thread;
    private CodexTurn? turn;
    private string? endedTurn;
    private AgentMode mode;

    public string? TurnId
    {
        get
        {
            lock (gate)
                return turn?.Id;
        }
    }

    public DateTimeOffset? GraceEndsAt
    {
        get
        {
            lock (gate)
                return turn?.GraceEndsAt;
        }
    }

    /// <summary>The conversation is open. Threads of other ids are those of sub-agents.</summary>
    public void OnThread(string threadId)
    {
        lock (gate)
            thread = threadId;
    }

    /// <summary>Of the turn that is about to begin.</summary>
    public void OnMode(AgentMode next)
    {
        lock (gate)
            mode = next;
    }

    /// <summary>A turn was confirmed. Its first messages, even its end, may have been seen before the confirmation.</summary>
    public void OnTurnConfirmed(string turnId)
    {
        lock (gate)
        {
            if (turn is null && endedTurn != turnId)
                turn = new CodexTurn(turnId);
        }
    }

    /// <summary>The wire answer to an open request, once.</summary>
    /// <returns>Null when nothing waits for it.</returns>
    /// <exception cref="ArgumentException">An answer of the wrong kind; the request stays open.</exception>
    public (JsonRpcId Id, JsonObject Result)? TakeRequest(string key, RequestAnswer answer)
    {
        lock (gate)
        {
            if (!requests.TryGetValue(key, out var open))
                return null;
            var result = CodexRequests.Answer(open.Request.Method, open.Request.Params, answer);
            requests.Remove(key);
            return (open.Request.Id, result);
        }
    }

    public IReadOnlyList<AgentEvent> EndGrace()
    {
        lock (gate)
            return turn is { EndByGrace: { } end } ended ? Announced(ended, EndTurn(end)) : [];
    }

    public Reaction Receive(JsonRpcMessage message, DateTimeOffset now)
    {
        lock (gate)
        {
            var before = turn;
            var reaction = message is JsonRpcMessage.Request request
                ? Open(request)
                : new Reaction(Translate(message.Method, message.Params, now) ?? [Raw(message)]);
            return (before ?? turn) is { } of ? reaction with { Events = Announced(of, reaction.Events) } : reaction;
        }
    }

    /// <summary>The first that is told of a turn says that it began, whichever that is.</summary>
    private static IReadOnlyList<AgentEvent> Announced(CodexTurn of, IReadOnlyList<AgentEvent> events)
    {
        if (of.IsAnnounced || !events.Any(SpeaksOfTurn))
            return events;
        of.IsAnnounced = true;
        return [new AgentEvent.TurnStarted(), .. events];
    }

    private static bool SpeaksOfTurn(AgentEvent e)
        => e is AgentEvent.ItemStarted or AgentEvent.ItemUpdated or AgentEvent.ItemCompleted or AgentEvent.Delta or AgentEvent.RequestOpened
            or AgentEvent.TurnEnded;

    private Reaction Open(JsonRpcMessage.Request request)
    {
        var itemId = request.Params.FindText("itemId") ?? request.Params.FindText("callId");
        IReadOnlyList<ChangedFile> changes =
            itemId is not null && turn?.OpenItems.GetValueOrDefault(itemId)?.Body is ItemBody.FileChange change ? change.Files : [];
        if (CodexRequests.FindBody(request.Method, request.Params, changes) is not { } body)
            return new Reaction([Raw(request)], IsUnknownRequest: true);
        if (turn is null || unclosed.Contains(request.Id.ToString()))
            return new Reaction([Raw(request)], IsUnknownRequest: turn is null);
        RequestAnswer? byMode = (mode, body) switch
        {
            (_, RequestBody.Questions) => null,
            (AgentMode.Plan, _) => new RequestAnswer.Decline(),
            (AgentMode.Edit, RequestBody.ApproveFileChange) => new RequestAnswer.Approve(),
            _ => null,
        };
        if (byMode is not null)
            return new Reaction([], Reply: CodexRequests.Answer(request.Method, request.Params, byMode));
        var key = request.Id.ToString();
        requests[key] = (request, request.Params.FindText("threadId") ?? thread ?? "");
        unclosed.Add(key);
        return new AgentEvent.RequestOpened(key, itemId, body, CodexRequests.OffersSession(request.Method, request.Params));
    }

    /// <returns>Null: no other case describes it. Empty: it says nothing that was not said.</returns>
    private IReadOnlyList<AgentEvent>? Translate(string method, JsonElement told, DateTimeOffset now) => method switch
    {
        "thread/started" => told.Find("thread")?.FindText("id") == thread ? [] : null,
        "thread/status/changed" when IsOurThread(told) => OnStatus(told, now),
        "thread/closed" when IsOurThread(told) => Rest(new AgentEvent.Reported(AgentReport.Stopped, "Codex closed the thread.")),
        "thread/deleted" when IsOurThread(told) => [new AgentEvent.CursorRejected("Codex deleted the thread.")],
        "thread/name/updated" when IsOurThread(told) && told.FindText("threadName") is { } name => [new AgentEvent.TitleSuggested(name)],
        "thread/tokenUsage/updated" when IsOurThread(told) => [new AgentEvent.UsageReported(UsageOf(told))],
        "thread/compacted" when IsOurThread(told) => [Info("Codex compacted the conversation.")],
        "turn/started" when IsOurThread(told) => OnTurnStarted(told),
        "turn/completed" when IsCurrent(told, told.Find("turn")?.FindText("id")) => OnTurnCompleted(told),
        "turn/diff/updated" when IsCurrent(told) => [new AgentEvent.DiffReported(told.FindText("diff") ?? "")],
        "turn/plan/updated" when IsCurrent(told) => OnPlan(told),
        "item/started" => OnItem(told, completed: false),
        "item/completed" => OnItem(told, completed: true),
        "item/agentMessage/delta" => OnDelta(told, DeltaKind.Message),
        "item/reasoning/textDelta" or "item/reasoning/summaryTextDelta" => OnDelta(told, DeltaKind.Reasoning),
        "item/reasoning/summaryPartAdded" => told.FindNumber("summaryIndex") > 0 ? OnDelta(told, DeltaKind.Reasoning, "\n\n") : [],
        "item/commandExecution/outputDelta" => OnDelta(told, DeltaKind.CommandOutput),
        "item/plan/delta" => OnDelta(told, DeltaKind.Plan),
        "item/fileChange/outputDelta" => OnDelta(told, DeltaKind.FileChange),
        "item/fileChange/patchUpdated" => OnPatch(told),
        "serverRequest/resolved" => OnResolved(told),
        "error" => OnError(told, now),
        "warning" or "guardianWarning" => [Warning(told.FindText("message"))],
        "configWarning" => [Warning(Sentence(told))],
        "deprecationNotice" => [Info(Sentence(told))],
        "model/rerouted" => [Warning($"Codex changed the model from {told.FindText("fromModel")} to {told.FindText("toModel")}.")],
        "modelProvider/authRecoveryStarted" or "modelProvider/authRecoveryCompleted" => [Info(told.FindText("message"))],
        _ => null,
    };

    private List<AgentEvent>? OnStatus(JsonElement told, DateTimeOffset now)
    {
        AgentEvent? rest = told.Find("status")?.FindText("type") switch
        {
            "idle" => new AgentEvent.Reported(AgentReport.Ready, null),
            "systemError" => new AgentEvent.Reported(AgentReport.Error, turn?.Failure ?? "Codex reports a system error."),
            _ => null,
        };
        if (rest is null)
        {
            Continue();
            return told.Find("status")?.FindText("type") == "active" ? [] : null;
        }

        return Rest(rest, now);
    }

    /// <summary>A resting state: at once without a turn, after the grace with one.</summary>
    private List<AgentEvent> Rest(AgentEvent rest, DateTimeOffset? now = null)
    {
        if (turn is null)
            return [rest];
        if (now is null)
            return EndTurn(rest);
        // A failure told before keeps its words, but the grace begins once: repeated states must not prolong it.
        turn.EndByGrace = turn.Failure is null ? rest : turn.EndByGrace ?? rest;
        turn.GraceEndsAt ??= now + Grace;
        return [];
    }

    private void Continue()
    {
        if (turn is not { Failure: null })
            return;
        turn.EndByGrace = null;
        turn.GraceEndsAt = null;
    }

    private IReadOnlyList<AgentEvent>? OnTurnStarted(JsonElement told)
    {
        if (told.Find("turn")?.FindText("id") is not { } id || (turn is not null && turn.Id != id) || id == endedTurn)
            return null;
        turn ??= new CodexTurn(id);
        if (turn.IsAnnounced)
            return [];
        turn.IsAnnounced = true;
        return [new AgentEvent.TurnStarted()];
    }

    private List<AgentEvent> OnTurnCompleted(JsonElement told)
    {
        var completed = told.Find("turn") ?? default;
        var error = completed.Find("error") is { } failure ? ErrorText(failure) : turn?.Failure;
        return EndTurn(completed.FindText("status") switch
        {
            "completed" => new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null),
            "interrupted" => new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null),
            _ => new AgentEvent.TurnEnded(AgentTurnOutcome.Failed, error ?? "Codex gave no reason."),
        });
    }

    private List<AgentEvent> EndTurn(AgentEvent end)
    {
        var happened = new List<AgentEvent>();
        foreach (var key in unclosed)
            happened.Add(new AgentEvent.RequestClosed(key));
        unclosed.Clear();
        requests.Clear();
        foreach (var item in turn!.OpenItems.Values)
        {
            var status = item.Body is ItemBody.Plan ? ItemStatus.Completed : ItemStatus.Failed;
            happened.Add(new AgentEvent.ItemCompleted(item with { Status = status }));
        }

        if (mode == AgentMode.Plan && turn.LastMessage is { } plan && end is AgentEvent.TurnEnded { Outcome: AgentTurnOutcome.Completed })
            happened.Add(new AgentEvent.ItemCompleted(new Item($"proposed-{turn.Id}", ItemStatus.Completed, new ItemBody.ProposedPlan(plan))));
        happened.Add(end);
        endedTurn = turn.Id;
        turn = null;
        parentItemByThread.Clear();
        return happened;
    }

    private IReadOnlyList<AgentEvent>? OnItem(JsonElement told, bool completed)
    {
        if (!Belongs(told, out var parent)
            || CodexItems.Find(told.Find("item") ?? default, completed, parent) is not { } item)
            return null;
        NoteSubAgents(told.Find("item") ?? default, item.Id);
        if (completed && parent is null && item.Body is ItemBody.Message { Text: { Length: > 0 } said })
            turn!.LastMessage = said;
        bool isOpen = turn!.OpenItems.ContainsKey(item.Id);
        if (completed)
            turn.OpenItems.Remove(item.Id);
        else
            turn.OpenItems[item.Id] = item;
        return [completed ? new AgentEvent.ItemCompleted(item) : isOpen ? new AgentEvent.ItemUpdated(item) : new AgentEvent.ItemStarted(item)];
    }

    private void NoteSubAgents(JsonElement item, string itemId)
    {
        foreach (var receiver in item.List("receiverThreadIds"))
            parentItemByThread.TryAdd(receiver.AsText(), itemId);
        if (item.FindText("agentThreadId") is { } agent)
            parentItemByThread.TryAdd(agent, itemId);
    }

    private IReadOnlyList<AgentEvent>? OnDelta(JsonElement told, DeltaKind kind, string? text = null) =>
        Belongs(told, out _) && told.FindText("itemId") is { } id
            ? [new AgentEvent.Delta(id, kind, text ?? told.FindText("delta") ?? "")]
            : null;

    private IReadOnlyList<AgentEvent>? OnPatch(JsonElement told)
    {
        if (!Belongs(told, out var parent) || told.FindText("itemId") is not { } id)
            return null;
        var item = new Item(id, ItemStatus.InProgress, new ItemBody.FileChange(CodexItems.ChangesOf(told)), parent);
        bool isOpen = turn!.OpenItems.ContainsKey(id);
        turn.OpenItems[id] = item;
        return [isOpen ? new AgentEvent.ItemUpdated(item) : new AgentEvent.ItemStarted(item)];
    }

    private IReadOnlyList<AgentEvent> OnPlan(JsonElement told)
    {
        var known = turn!.HasPlan;
        var item = new Item(turn.PlanId, ItemStatus.InProgress, CodexItems.PlanOf(told));
        turn.OpenItems[item.Id] = item;
        return [known ? new AgentEvent.ItemUpdated(item) : new AgentEvent.ItemStarted(item)];
    }

    private IReadOnlyList<AgentEvent> OnResolved(JsonElement told)
    {
        var key = told.Find("requestId")?.GetRawText() ?? "";
        requests.Remove(key);
        return unclosed.Remove(key) ? [new AgentEvent.RequestClosed(key)] : [];
    }

    private IReadOnlyList<AgentEvent> OnError(JsonElement told, DateTimeOffset now)
    {
        var text = told.Find("error") is { } error ? ErrorText(error) : "Codex reports an error.";
        if (told.IsTrue("willRetry"))
            return [Warning(text)];
        if (turn is not null && IsCurrent(told))
        {
            turn.Failure = text;
            turn.EndByGrace = new AgentEvent.TurnEnded(AgentTurnOutcome.Failed, text);
            turn.GraceEndsAt ??= now + Grace;
        }

        return [new AgentEvent.Notice(NoticeLevel.Error, text)];
    }

    private bool IsOurThread(JsonElement told) => told.FindText("threadId") is not { } id || id == thread;

    private bool IsCurrent(JsonElement told) => IsCurrent(told, told.FindText("turnId"));

    private bool IsCurrent(JsonElement told, string? turnId) =>
        IsOurThread(told) && turn is not null && (turnId is null || turnId == turn.Id);

    /// <summary>Of the current turn: its own, or a sub-agent's that one of its items started.</summary>
    private bool Belongs(JsonElement told, out string? parentItem)
    {
        parentItem = null;
        if (IsCurrent(told))
            return true;
        return turn is not null
            && told.FindText("threadId") is { } id
            && parentItemByThread.TryGetValue(id, out parentItem);
    }

    private static TokenUsage UsageOf(JsonElement told)
    {
        var usage = told.Find("tokenUsage") ?? default;
        var total = usage.Find("total") ?? default;
        return new TokenUsage(
            total.FindNumber("inputTokens"),
            total.FindNumber("cachedInputTokens"),
            total.FindNumber("outputTokens"),
            total.FindNumber("reasoningOutputTokens"),
            usage.Find("last")?.FindNumber("totalTokens"),
            usage.FindNumber("modelContextWindow"),
            CostUsd: null);
    }

    private static string ErrorText(JsonElement error)
    {
        var message = error.FindText("message") ?? "Codex gave no reason.";
        return error.FindText("additionalDetails") is { } details ? $"{message} ({details})" : message;
    }

    private static string Sentence(JsonElement told) =>
        told.FindText("details") is { } details ? $"{told.FindText("summary")} {details}" : told.FindText("summary") ?? "";

    private static AgentEvent.Notice Info(string? text) => new(NoticeLevel.Info, text ?? "");

    private static AgentEvent.Notice Warning(string? text) => new(NoticeLevel.Warning, text ?? "");

    private static AgentEvent.Raw Raw(JsonRpcMessage message) => new(message.Method, message.Params);
}
