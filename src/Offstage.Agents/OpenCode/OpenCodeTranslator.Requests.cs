using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.OpenCode;

// What it asks, of a person or of the mode.
internal sealed partial class OpenCodeTranslator
{
    private List<AgentEvent>? OnAsked(JsonElement asked)
    {
        if (asked.FindText("id") is not { } key)
            return null;
        if (requests.IsOpen(key))
            return [];
        var callId = asked.Find("tool")?.FindText("callID");
        var diff = asked.Find("metadata")?.FindText("diff");
        var isQuestion = asked.Find("questions") is not null;
        if (turn is not { Begun: true })
        {
            // Of a turn that has ended: nobody waits for it, and it must not wait for ever.
            replies.Add(isQuestion
                ? new OpenCodeReply($"/question/{Uri.EscapeDataString(key)}/reject", [])
                : OpenCodeRequests.Rejection(asked, "The turn has ended."));
            return [];
        }

        var call = callId is null ? null : turn.Call(callId);
        call?.Diff = diff ?? call.Diff;
        if (!isQuestion && requests.FindReply(asked, turn.Mode) is { } reply)
        {
            replies.Add(reply);
            if (reply.Body["reply"]?.GetValue<string>() == "reject")
                call?.Declined = true;
            return [];
        }

        List<AgentEvent> happened = [];

        // It may be asked before the tool is told to run.
        if (call is { PartId: { } partId, Tool: { } tool } && !turn.OpenParts.ContainsKey(partId) && !turn.DoneParts.Contains(partId))
        {
            var body = isQuestion ? OpenCodeItems.BodyOf(tool, default, null) : OpenCodeItems.BodyOf(tool, asked.Find("metadata") ?? default, call.Diff);
            var item = new Item(partId, ItemStatus.InProgress, body, ParentOf(asked));
            turn.OpenParts[partId] = new OpenCodePart(item);
            happened.Add(new AgentEvent.ItemStarted(item));
        }

        requests.Open(key, asked);
        happened.Add(new AgentEvent.RequestOpened(key, call?.PartId, OpenCodeRequests.BodyOf(asked, diff), OpenCodeRequests.OffersSession(asked)));
        return happened;
    }

    private string? ParentOf(JsonElement told) =>
        told.FindText("sessionID") is { } session ? turn!.Children.GetValueOrDefault(session) : null;

    private List<AgentEvent> OnReplied(string kind, JsonElement told)
    {
        if (told.FindText("requestID") is not { } key)
            return [];
        if ((kind == "question.rejected" || told.FindText("reply") == "reject") && requests.CallOf(key) is { } call)
            turn?.Call(call).Declined = true;
        return requests.Close(key) ? [new AgentEvent.RequestClosed(key)] : [];
    }
}
