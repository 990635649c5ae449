using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.ClaudeCode;

/// <summary>What Claude asks before it acts: answered by the mode, or by a person.</summary>
internal sealed partial class ClaudeTranslator
{
    private readonly Dictionary<string, JsonElement> requests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> unclosed = new(StringComparer.Ordinal);

    /// <summary>The wire answer to an open request, once.</summary>
    /// <returns>Null when nothing waits for it.</returns>
    /// <exception cref="ArgumentException">An answer of the wrong kind; the request stays open.</exception>
    public JsonObject? TakeRequest(string key, RequestAnswer answer)
    {
        lock (gate)
        {
            if (!requests.TryGetValue(key, out var request))
                return null;
            var wire = ClaudeWire.Answer(key, ClaudeRequests.Answer(request, answer));
            requests.Remove(key);
            if (answer is RequestAnswer.Decline && request.FindText("tool_use_id") is { } declined)
                turn?.Declined.Add(declined);
            if (answer is RequestAnswer.Approve { ForSession: true } && ClaudeItems.IsChange(request.FindText("tool_name") ?? ""))
                editsAllowed = true;
            return wire;
        }
    }

    private Reaction OnRequest(JsonElement told)
    {
        var request = told.Find("request") ?? default;
        if (told.FindText("request_id") is not { } key || unclosed.ContainsKey(key))
            return Raw(told);
        if (request.FindText("subtype") == "request_user_dialog")
            return new Reaction([Raw(told)], Reply: ClaudeWire.Answer(key, new JsonObject { ["behavior"] = "cancelled" }));
        if (ClaudeRequests.FindBody(request, workingDirectory) is not { } body)
        {
            return new Reaction(
                [Raw(told)], Reply: ClaudeWire.Refusal(key, $"Offstage does not know '{request.FindText("subtype")}'."));
        }

        if (turn is null)
            return new Reaction([Raw(told)], Reply: ClaudeWire.Answer(key, Refused(request, ClaudeRequests.NoTurn)));
        if (request.FindText("subtype") == "can_use_tool" && FindAnswer(request) is { } answer)
            return new Reaction(answer.Events, Reply: ClaudeWire.Answer(key, answer.Wire));

        requests[key] = request;
        unclosed[key] = request.FindText("tool_use_id");
        return new AgentEvent.RequestOpened(key, request.FindText("tool_use_id"), body, ClaudeRequests.OffersSession(request));
    }

    /// <summary>The answer that follows from the mode. Null: a person must say.</summary>
    private (IReadOnlyList<AgentEvent> Events, JsonObject Wire)? FindAnswer(JsonElement request)
    {
        var tool = request.FindText("tool_name") ?? "";
        var input = request.Find("input") ?? default;
        if (tool == "AskUserQuestion")
            return null;
        if (mode == AgentMode.Auto)
            return ([], ClaudeWire.Allow(input));
        if (mode == AgentMode.Plan)
            return tool == "ExitPlanMode" ? TakePlan(request, input) : ClaudeItems.IsHarmless(tool) ? ([], ClaudeWire.Allow(input)) : Refuse(request);

        // Outside the workspace, and where a change is as good as a command (hooks, settings), a person is asked all the same.
        var isFree = (mode == AgentMode.Edit || editsAllowed) && ClaudeItems.IsChange(tool)
            && request.FindText("decision_reason_type") is not ("safetyCheck" or "workingDir");
        return isFree ? ([], ClaudeWire.Allow(input)) : null;
    }

    /// <summary>The plan goes to the person. Claude is told to stop, since it would go on to carry it out.</summary>
    private (IReadOnlyList<AgentEvent> Events, JsonObject Wire) TakePlan(JsonElement request, JsonElement input)
    {
        var id = request.FindText("tool_use_id") ?? "plan";
        turn!.Plans.Add(id);

        // Here the plan's text is always there; in the call itself it may be missing, for it is kept in a file.
        var item = new Item(id, ItemStatus.Completed, new ItemBody.ProposedPlan(input.FindText("plan") ?? ""));
        return ([.. turn.Complete(item)], ClaudeWire.Deny(ClaudeRequests.PlanTaken));
    }

    private (IReadOnlyList<AgentEvent> Events, JsonObject Wire) Refuse(JsonElement request)
    {
        if (request.FindText("tool_use_id") is { } id)
            turn!.Declined.Add(id);
        return ([], ClaudeWire.Deny(ClaudeRequests.Planning));
    }

    private static JsonObject Refused(JsonElement request, string reason) => request.FindText("subtype") == "elicitation"
        ? new JsonObject { ["action"] = "decline" }
        : ClaudeWire.Deny(reason);

    /// <summary>Claude no longer waits for it.</summary>
    private IReadOnlyList<AgentEvent> Close(string? key)
    {
        if (key is null || !unclosed.Remove(key))
            return [];
        requests.Remove(key);
        return [new AgentEvent.RequestClosed(key)];
    }
}
