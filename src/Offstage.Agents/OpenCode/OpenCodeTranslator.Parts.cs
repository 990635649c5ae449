using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.OpenCode;

// What a message is made of: texts, thoughts, tools, steps.
internal sealed partial class OpenCodeTranslator
{
    private IReadOnlyList<AgentEvent>? OnPart(JsonElement part)
    {
        if (turn is not { Begun: true } || part.FindText("id") is not { } id || part.FindText("messageID") is not { } messageId
            || !turn.Messages.TryGetValue(messageId, out var message))
            return null;
        if (turn.DoneParts.Contains(id))
            return [];
        return (part.FindText("type"), message) switch
        {
            ("step-start" or "snapshot" or "patch" or "agent" or "retry" or "compaction" or "subtask", _) => [],
            ("step-finish", _) => OnStepFinish(id, part, message),
            (_, { IsSummary: true }) => [],
            ("text", { IsPrompt: true }) => OnPromptText(id, part, message, part.FindText("text") ?? ""),
            ("file", { IsPrompt: true }) => OnPromptText(id, part, message, $"[image: {part.FindText("filename") ?? "attached"}]"),
            ("text", _) => OnText(id, part, message, text => new ItemBody.Message(text)),
            ("reasoning", _) => OnText(id, part, message, text => new ItemBody.Reasoning(text)),
            ("tool", _) => OnTool(id, part, message),
            _ => null,
        };
    }

    private List<AgentEvent> OnPromptText(string id, JsonElement part, OpenCodeMessage message, string text)
    {
        // What OpenCode adds in the person's name, and what an agent asks its sub-agent: the task's own item tells that.
        if (part.IsTrue("synthetic") || part.IsTrue("ignored") || message.ParentItem is not null)
            return [];
        turn!.DoneParts.Add(id);
        var item = new Item(id, ItemStatus.InProgress, new ItemBody.UserMessage(text));
        return [new AgentEvent.ItemStarted(item), new AgentEvent.ItemCompleted(item with { Status = ItemStatus.Completed })];
    }

    private List<AgentEvent> OnText(string id, JsonElement part, OpenCodeMessage message, Func<string, ItemBody> bodyOf)
    {
        List<AgentEvent> happened = [];
        var text = part.FindText("text") ?? "";
        if (!turn!.OpenParts.TryGetValue(id, out var open))
        {
            open = new OpenCodePart(new Item(id, ItemStatus.InProgress, bodyOf(""), message.ParentItem));
            turn.OpenParts[id] = open;
            happened.Add(new AgentEvent.ItemStarted(open.Item));
        }

        if (open.Rest(text) is { } rest)
        {
            open.Told.Append(rest);
            open.Muted = false;
            happened.Add(new AgentEvent.Delta(id, KindOf(open.Item), rest));
        }

        if (part.Find("time")?.Find("end") is null)
            return happened;
        turn.OpenParts.Remove(id);
        turn.DoneParts.Add(id);
        var item = open.Item with { Status = ItemStatus.Completed, Body = bodyOf(text) };
        if (turn.Mode == AgentMode.Plan && message.ParentItem is null && item.Body is ItemBody.Message)
            turn.HeldTexts.Add(item);
        else
            happened.Add(new AgentEvent.ItemCompleted(item));
        return happened;
    }

    private List<AgentEvent>? OnDelta(JsonElement told)
    {
        if (turn is null || told.FindText("partID") is not { } id || told.FindText("field") != "text"
            || !turn.OpenParts.TryGetValue(id, out var open) || open.Item.Body is not (ItemBody.Message or ItemBody.Reasoning))
            return null;
        if (open.Muted || told.FindText("delta") is not { Length: > 0 } text)
            return [];
        open.Told.Append(text);
        return [new AgentEvent.Delta(id, KindOf(open.Item), text)];
    }

    private static DeltaKind KindOf(Item item) => item.Body is ItemBody.Reasoning ? DeltaKind.Reasoning : DeltaKind.Message;

    private List<AgentEvent> OnTool(string id, JsonElement part, OpenCodeMessage message)
    {
        var status = part.Find("state")?.FindText("status");
        var call = turn!.Call(part.FindText("callID") ?? id);
        call.PartId = id;
        call.Tool = part.FindText("tool");

        // Its arguments are still being written.
        if (status is not ("running" or "completed" or "error"))
            return [];
        List<AgentEvent> happened = [];
        var body = OpenCodeItems.BodyOf(part, call);
        var item = new Item(id, OpenCodeItems.StatusOf(part, body, call.Declined), body, message.ParentItem);
        if (!turn.OpenParts.TryGetValue(id, out var open))
        {
            open = new OpenCodePart(item with { Status = ItemStatus.InProgress });
            turn.OpenParts[id] = open;
            happened.Add(new AgentEvent.ItemStarted(open.Item));
        }
        else if (status == "running" && !item.Equals(open.Item))
        {
            happened.Add(new AgentEvent.ItemUpdated(item));
        }

        open.Item = item with { Status = ItemStatus.InProgress };
        if (body is ItemBody.Command && OpenCodeItems.LiveOutput(part) is { } output && open.Rest(output) is { } more)
        {
            open.Told.Append(more);
            happened.Add(new AgentEvent.Delta(id, DeltaKind.CommandOutput, more));
        }

        if (call.Tool == "task" && part.Find("state")?.Find("metadata")?.FindText("sessionId") is { } child && child != conversation)
            turn.Children[child] = id;
        if (status == "running")
            return happened;
        turn.OpenParts.Remove(id);
        turn.DoneParts.Add(id);
        happened.Add(new AgentEvent.ItemCompleted(item));
        return happened;
    }

    private List<AgentEvent> OnStepFinish(string id, JsonElement part, OpenCodeMessage message)
    {
        turn!.DoneParts.Add(id);
        if (message.ParentItem is not null)
            return [];
        return
        [
            .. ReleaseTexts(isPlan: part.FindText("reason") != "tool-calls"),
            new AgentEvent.UsageReported(usage.AddStep(part)),
        ];
    }

    private List<AgentEvent> ReleaseTexts(bool isPlan)
    {
        List<AgentEvent> happened = [.. turn!.HeldTexts.Select(item => new AgentEvent.ItemCompleted(item))];
        if (isPlan && turn.HeldTexts is [.., { Body: ItemBody.Message message } last])
            happened[^1] = new AgentEvent.ItemCompleted(last with { Body = new ItemBody.ProposedPlan(message.Text) });
        turn.HeldTexts.Clear();
        return happened;
    }
}
