using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Acp;

/// <summary>What an agent says, in our vocabulary, and what is allowed of what it wants. The tables of both: README.md.</summary>
/// <param name="workspace">As the agent sees it.</param>
/// <param name="findTerminal">What is known of a terminal by its id.</param>
internal sealed partial class AcpTranslator(AcpSettings settings, string workspace, Func<string, AcpTerminalState?> findTerminal)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Pending> requests = new(StringComparer.Ordinal);
    private readonly AcpGate rules = new();
    private readonly AcpEndedIds ended = new();
    private TokenUsage usage = new(null, null, null, null, null, null, null);
    private string? session;
    private AcpTurn? turn;

    public bool IsTurnRunning
    {
        get
        {
            lock (gate)
                return turn is not null;
        }
    }

    /// <summary>The conversation is open. What was said before was its past, told again.</summary>
    public void OnSession(string sessionId)
    {
        lock (gate)
            session = sessionId;
    }

    public IReadOnlyList<AgentEvent> BeginTurn(AgentMode mode)
    {
        lock (gate)
        {
            rules.Mode = mode;
            turn = new AcpTurn();
            return [new AgentEvent.TurnStarted()];
        }
    }

    /// <summary>The prompt was not sent.</summary>
    public IReadOnlyList<AgentEvent> AbandonTurn()
    {
        lock (gate)
        {
            if (turn is null)
                return [];
            turn = null;
            return [new AgentEvent.TurnEnded(AgentTurnOutcome.Interrupted, null)];
        }
    }

    public AcpReaction Receive(JsonRpcMessage message)
    {
        lock (gate)
        {
            return message switch
            {
                JsonRpcMessage.Request request => OnRequest(request),
                JsonRpcMessage.Answer { Method: "session/prompt" } answer => OnPromptAnswer(answer),
                JsonRpcMessage.Answer => AcpReaction.Of([]),
                { Method: "session/update" } => AcpReaction.Of(OnUpdate(message.Params) ?? [Raw(message)]),
                { Method: "$/cancel_request" } => OnWithdrawn(message.Params),
                _ => AcpReaction.Of([Raw(message)]),
            };
        }
    }

    /// <summary>The answer to an open request, once.</summary>
    /// <param name="work">Null when nothing waits for it.</param>
    /// <exception cref="ArgumentException">An answer of the wrong kind; the request stays open.</exception>
    public IReadOnlyList<AgentEvent> Answer(string key, RequestAnswer answer, out AcpWork? work)
    {
        lock (gate)
        {
            work = null;
            if (!requests.TryGetValue(key, out var open))
                return [];
            work = AcpRequests.Answer(open.Request, answer);
            requests.Remove(key);
            if (open.Call is { } call)
            {
                call.Approved = answer is RequestAnswer.Approve;
                call.Declined = answer is RequestAnswer.Decline;
                call.CommandStarted = open.Request.Method == AcpRequests.CreateTerminal;
            }

            if (answer is RequestAnswer.Approve { ForSession: true })
                rules.Remember(open.Body);
            return [new AgentEvent.RequestClosed(key)];
        }
    }

    /// <summary>Nobody answers the open requests any more.</summary>
    public AcpReaction CancelRequests()
    {
        lock (gate)
            return AcpReaction.Of([.. requests.Keys.Select(key => new AgentEvent.RequestClosed(key))], TakeAllRequests());
    }

    public IReadOnlyList<AgentEvent> OnTerminalOutput(string terminal, string text)
    {
        lock (gate)
        {
            return turn?.Calls.Values.FirstOrDefault(call => call.Terminals.Contains(terminal)) is { } shown
                ? [new AgentEvent.Delta(shown.Id, DeltaKind.CommandOutput, text)]
                : [];
        }
    }

    /// <returns>Null: no other case describes it. Empty: it says nothing that was not said.</returns>
    private IReadOnlyList<AgentEvent>? OnUpdate(JsonElement told)
    {
        // The past of a conversation that is being opened again: nothing of it is new.
        if (session is null)
            return [];
        if (told.FindText("sessionId") != session || told.Find("update") is not { } update)
            return null;
        return update.FindText("sessionUpdate") switch
        {
            "agent_message_chunk" => OnChunk(update, "message", DeltaKind.Message),
            "agent_thought_chunk" => OnChunk(update, "thought", DeltaKind.Reasoning),
            "user_message_chunk" => OnChunk(update, "prompt", null),
            "tool_call" or "tool_call_update" => OnCall(update),
            "plan" => OnPlan(update),
            "usage_update" => OnUsage(usage with
            {
                ContextTokens = update.FindNumber("used") ?? usage.ContextTokens,
                ContextWindow = update.FindNumber("size") ?? usage.ContextWindow,
                CostUsd = CostOf(update) ?? usage.CostUsd,
            }),
            "session_info_update" when update.FindText("title") is { Length: > 0 } title => [new AgentEvent.TitleSuggested(title)],
            "current_mode_update" => settings.OnMode(update),
            "config_option_update" => settings.OnConfig(update),
            _ => null,
        };
    }

    private List<AgentEvent>? OnChunk(JsonElement update, string kind, DeltaKind? delta)
    {
        string? message = update.FindText("messageId");
        if (turn is null || ended.Contains(message))
            return null;
        string text = AcpToolCall.TextOf(update.Find("content") ?? default);
        var events = new List<AgentEvent>();
        if (turn.RunId is not null && (turn.RunKind != kind || (message is not null && message != turn.RunMessage)))
            EndRun(events);
        if (text.Length == 0)
            return events;
        if (turn.RunId is null)
            events.Add(new AgentEvent.ItemStarted(new Item(turn.BeginRun(kind, message), ItemStatus.InProgress, BodyOf(kind, ""))));
        turn.Append(text);
        if (delta is { } live)
            events.Add(new AgentEvent.Delta(turn.RunId!, live, text));
        return events;
    }

    private void EndRun(List<AgentEvent> events, bool asProposal = false)
    {
        if (turn!.RunId is not { } id)
            return;
        string kind = turn.RunKind!;
        string text = turn.EndRun();
        events.Add(new AgentEvent.ItemCompleted(
            new Item(id, ItemStatus.Completed, asProposal && kind == "message" ? new ItemBody.ProposedPlan(text) : BodyOf(kind, text))));
    }

    private static ItemBody BodyOf(string kind, string text) => kind switch
    {
        "message" => new ItemBody.Message(text),
        "thought" => new ItemBody.Reasoning(text),
        _ => new ItemBody.UserMessage(text),
    };

    private List<AgentEvent>? OnCall(JsonElement told)
    {
        if (turn is null || told.FindText("toolCallId") is not { } id || ended.Contains(id))
            return null;
        var events = new List<AgentEvent>();
        if (turn.Calls.TryGetValue(id, out var call))
        {
            call.Merge(told);
            if (!call.HasEnded)
                events.Add(new AgentEvent.ItemUpdated(call.ToItem(ItemStatus.InProgress, findTerminal)));
        }
        else
        {
            EndRun(events);
            turn.Calls[id] = call = new AcpToolCall(id);
            call.Merge(told);
            events.Add(new AgentEvent.ItemStarted(call.ToItem(ItemStatus.InProgress, findTerminal)));
        }

        // Its text is the plan; once it has ended, it may be a word about the refusal.
        if (call.SwitchesMode && !call.HasEnded && rules.Mode == AgentMode.Plan)
            turn.Proposal = call.PlanText ?? turn.Proposal;
        if (call.HasEnded)
            events.Add(End(call, call.EndStatus));
        return events;
    }

    private AgentEvent.ItemCompleted End(AcpToolCall call, ItemStatus status)
    {
        turn!.Calls.Remove(call.Id);
        ended.Add(call.Id);
        return new AgentEvent.ItemCompleted(call.ToItem(status, findTerminal));
    }

    private List<AgentEvent>? OnPlan(JsonElement update)
    {
        if (turn is null)
            return null;
        bool known = turn.Plan is not null;
        turn.Plan = new ItemBody.Plan(null,
        [
            .. update.List("entries").Select(entry => new PlanStep(
                entry.FindText("content") ?? "", entry.FindText("status") == "completed" ? ItemStatus.Completed : ItemStatus.InProgress)),
        ]);
        var item = new Item(AcpTurn.PlanId, ItemStatus.InProgress, turn.Plan);
        return [known ? new AgentEvent.ItemUpdated(item) : new AgentEvent.ItemStarted(item)];
    }

    private IReadOnlyList<AgentEvent> OnUsage(TokenUsage told)
    {
        if (told == usage)
            return [];
        usage = told;
        return [new AgentEvent.UsageReported(told)];
    }

    private AcpReaction OnPromptAnswer(JsonRpcMessage.Answer answer)
    {
        if (turn is null)
            return AcpReaction.Of([Raw(answer)]);
        var (outcome, error) = AcpOutcome.Of(answer);
        bool completed = outcome == AgentTurnOutcome.Completed;
        var events = new List<AgentEvent>();
        foreach (string key in requests.Keys)
            events.Add(new AgentEvent.RequestClosed(key));
        var works = TakeAllRequests();
        EndRun(events, asProposal: completed && rules.Mode == AgentMode.Plan && turn.Proposal is null);
        foreach (var call in turn.Calls.Values.ToList())
            events.Add(End(call, call.Declined ? ItemStatus.Declined : ItemStatus.Failed));
        if (turn.Plan is { } plan)
            events.Add(new AgentEvent.ItemCompleted(new Item(AcpTurn.PlanId, ItemStatus.Completed, plan)));
        if (completed && rules.Mode == AgentMode.Plan)
            AddProposal(events);
        foreach (string message in turn.Messages)
            ended.Add(message);
        events.AddRange(OnUsage(AcpOutcome.UsageOf(answer, usage)));
        if (answer.Error is { } refusal && AcpErrors.IsUnknownSession(refusal))
            events.Add(new AgentEvent.CursorRejected(AcpErrors.TextOf(refusal)));
        events.Add(new AgentEvent.TurnEnded(outcome, error));
        turn = null;
        return new AcpReaction(events, works);
    }

    /// <summary>The plan that was presented, or else the last message if tool calls came after it.</summary>
    private void AddProposal(List<AgentEvent> events)
    {
        bool proposed = events.Any(one => one is AgentEvent.ItemCompleted { Item.Body: ItemBody.ProposedPlan });
        if (proposed || (turn!.Proposal ?? turn.LastMessage) is not { } text)
            return;
        var item = new Item(turn.NextId("proposal"), ItemStatus.InProgress, new ItemBody.ProposedPlan(text));
        events.Add(new AgentEvent.ItemStarted(item));
        events.Add(new AgentEvent.ItemCompleted(item with { Status = ItemStatus.Completed }));
    }

    private static decimal? CostOf(JsonElement update) =>
        update.Find("cost") is { } cost && cost.FindText("currency") is "USD"
        && cost.Find("amount") is { ValueKind: JsonValueKind.Number } amount && amount.TryGetDecimal(out decimal number) ? number : null;

    private static AgentEvent.Raw Raw(JsonRpcMessage message) => new(message.Method, message.Params);
}
