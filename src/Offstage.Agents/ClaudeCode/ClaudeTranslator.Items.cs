using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.ClaudeCode;

/// <summary>What the model says and does in a turn.</summary>
internal sealed partial class ClaudeTranslator
{
    private const string StepsId = "steps";

    /// <summary>A part of a message that comes in pieces.</summary>
    private IReadOnlyList<AgentEvent>? OnPart(JsonElement told)
    {
        var part = told.Find("event") ?? default;
        var parent = told.FindText("parent_tool_use_id");
        if (turn is null)
            return [];
        switch (part.FindText("type"))
        {
            case "message_start" when part.Find("message") is { } message && message.FindText("id") is { } id:
                if (parent is null)
                    usage.OnMessage(message);
                return BeginMessage(parent, id);
            case "content_block_start" when turn.Streams.TryGetValue(parent ?? "", out var stream):
                var item = stream.Begin(part.FindNumber("index") ?? 0, part.Find("content_block")?.FindText("type"), parent);
                return item is null ? [] : [.. turn.Begin(item)];
            case "content_block_delta" when turn.Streams.TryGetValue(parent ?? "", out var stream):
                return OnDelta(stream, part.FindNumber("index") ?? 0, part.Find("delta") ?? default);
            case "message_delta":
                if (parent is null && part.Find("usage") is { } spent)
                    usage.OnMessageEnd(spent);
                return [];
            case "message_start" or "content_block_start" or "content_block_delta" or "content_block_stop" or "message_stop" or "ping":
                return [];
            default:
                return null;
        }
    }

    /// <summary>What a message before it left open was cut off: the model is asked again.</summary>
    private List<AgentEvent> BeginMessage(string? parent, string id)
    {
        List<AgentEvent> happened = [];
        if (turn!.Streams.TryGetValue(parent ?? "", out var before))
        {
            foreach (var kind in (DeltaKind[])[DeltaKind.Reasoning, DeltaKind.Message])
            {
                while (before.FindFirst(kind) is { } itemId)
                {
                    happened.AddRange(turn.CutOff(itemId));
                    before.Take(kind);
                }
            }
        }

        turn.Streams[parent ?? ""] = new ClaudeMessage(id);
        return happened;
    }

    private static IReadOnlyList<AgentEvent> OnDelta(ClaudeMessage stream, long index, JsonElement delta)
    {
        var happened = delta.FindText("type") switch
        {
            "text_delta" => stream.Append(index, DeltaKind.Message, delta.FindText("text") ?? ""),
            "thinking_delta" => stream.Append(index, DeltaKind.Reasoning, delta.FindText("thinking") ?? ""),
            _ => null,
        };
        return happened is null ? [] : [happened];
    }

    /// <summary>Each block of a message comes whole in a message of its own.</summary>
    private List<AgentEvent>? OnAssistant(JsonElement told)
    {
        if (turn is null)
            return null;
        var message = told.Find("message") ?? default;
        var parent = told.FindText("parent_tool_use_id");
        List<AgentEvent> happened = [];
        foreach (var (index, block) in message.List("content").Index())
        {
            happened.AddRange(block.FindText("type") switch
            {
                // Claude's own words for a failure of the API; the result tells it as the reason.
                "text" when told.Find("error") is not null => [new AgentEvent.Notice(NoticeLevel.Error, block.FindText("text") ?? "")],
                "text" => Said(told, message, index, parent, DeltaKind.Message, new ItemBody.Message(block.FindText("text") ?? "")),
                "thinking" => Said(told, message, index, parent, DeltaKind.Reasoning, new ItemBody.Reasoning(block.FindText("thinking") ?? "")),
                "tool_use" => OnCall(block, parent),
                var other => turn.Complete(new Item(
                    $"{IdOf(told)}:{index}", ItemStatus.Completed, new ItemBody.Raw(other ?? "block", block), parent)),
            });
        }

        return happened;
    }

    private IEnumerable<AgentEvent> Said(
        JsonElement told, JsonElement message, int index, string? parent, DeltaKind kind, ItemBody body)
    {
        var id = turn!.Streams.TryGetValue(parent ?? "", out var stream) && stream.Id == message.FindText("id") ? stream.Take(kind) : null;
        return turn.Complete(new Item(id ?? $"{IdOf(told)}:{index}", ItemStatus.Completed, body, parent));
    }

    private IEnumerable<AgentEvent> OnCall(JsonElement block, string? parent)
    {
        if (block.FindText("id") is not { } id || block.FindText("name") is not { } tool)
            return [];
        var input = block.Find("input") ?? default;
        if (parent is null && steps.Begin(id, tool, input))
            return [];
        return turn!.Begin(new Item(id, ItemStatus.InProgress, ClaudeItems.Begun(tool, input, workingDirectory), parent));
    }

    private List<AgentEvent>? OnUser(JsonElement told)
    {
        if (told.IsTrue("isReplay"))
            return OnReplay(told);
        var content = told.Find("message") ?? default;
        List<AgentEvent> happened = [];
        foreach (var block in content.List("content"))
        {
            if (block.FindText("type") != "tool_result" || block.FindText("tool_use_id") is not { } id)
                continue;
            if (turn is null)
                return null;
            happened.AddRange(OnResultOf(id, block, told.Find("tool_use_result") ?? default));
        }

        if (happened.Count > 0)
            return happened;

        // A sub-agent's prompt stands in its call; of an interrupt the result tells.
        return told.FindText("parent_tool_use_id") is not null || IsInterruption(content) ? [] : null;
    }

    private IEnumerable<AgentEvent> OnResultOf(string id, JsonElement block, JsonElement detail)
    {
        foreach (var (key, tool) in unclosed.ToList())
        {
            if (tool != id)
                continue;
            foreach (var closed in Close(key))
                yield return closed;
        }

        if (steps.IsOpen(id))
        {
            if (steps.End(id, detail, block.IsTrue("is_error")))
            {
                var list = new Item($"{StepsId}-{turn!.Messages[0]}", ItemStatus.InProgress, steps.Plan);
                foreach (var one in turn.FindOpen(list.Id) is null ? turn.Begin(list) : turn.Update(list))
                    yield return one;
            }

            yield break;
        }

        if (turn!.FindOpen(id) is not { } item)
            yield break;
        var status = turn.Declined.Contains(id) ? ItemStatus.Declined
            : block.IsTrue("is_error") && !turn.Plans.Contains(id) ? ItemStatus.Failed
            : ItemStatus.Completed;
        foreach (var one in turn.Complete(item with { Status = status, Body = ClaudeItems.Ended(item.Body, block, detail) }))
            yield return one;
    }

    /// <summary>A prompt, or what was added to it, has reached the model.</summary>
    private List<AgentEvent> OnReplay(JsonElement told)
    {
        var id = IdOf(told);
        List<AgentEvent> happened = [];
        if (waiting?.Uuid == id)
            happened.AddRange(BeginTurn());
        if (turn is null || !turn.Messages.Contains(id))
            return happened;
        turn.Steers.Remove(id);
        Continue();
        var text = string.Join('\n', (told.Find("message") ?? default).List("content").Select(part => part.FindText("text") ?? $"[{part.FindText("type")}]"));
        happened.AddRange(turn.Complete(new Item(id, ItemStatus.Completed, new ItemBody.UserMessage(text))));
        return happened;
    }

    private static bool IsInterruption(JsonElement message) =>
        message.List("content").All(part => part.FindText("text")?.StartsWith("[Request interrupted", StringComparison.Ordinal) == true);
}
