using System.Text.Json;
using Offstage.Agents.Processes;

namespace Offstage.Agents.OpenCode;

// After the stream of events was lost and found again: what the server tells of its state stands in for what was missed.
internal sealed partial class OpenCodeTranslator
{
    /// <summary>Events may have been missed.</summary>
    public void OnGap()
    {
        lock (gate)
        {
            foreach (var part in turn?.OpenParts.Values ?? Enumerable.Empty<OpenCodePart>())
                part.Muted = true;
        }
    }

    /// <summary>All that is new since the last event, told by the state of the server.</summary>
    public OpenCodeReaction Recover(OpenCodeState state, DateTimeOffset now)
    {
        lock (gate)
        {
            List<AgentEvent> happened = [];
            foreach (var message in NewMessages(state.Messages).Concat(state.ChildMessages))
            {
                happened.AddRange(OnMessage(message.Find("info") ?? default) ?? []);
                foreach (var part in message.List("parts"))
                    happened.AddRange(OnPart(part) ?? []);
            }

            var open = state.Requests.Select(asked => asked.FindText("id")).ToHashSet();
            foreach (var key in requests.Unclosed.Where(key => !open.Contains(key)).ToList())
            {
                requests.Close(key);
                happened.Add(new AgentEvent.RequestClosed(key));
            }

            // OpenCode keeps requests of aborted turns in its list: those are nobody's.
            foreach (var asked in state.Requests.Where(asked => asked.Find("tool")?.FindText("messageID") is { } id && turn?.Messages.ContainsKey(id) is true))
                happened.AddRange(OnAsked(asked) ?? []);
            happened.AddRange(OnSession(state.Session));
            happened.AddRange(OnStatus(state.Status, now) ?? []);
            return React(happened);
        }
    }

    /// <summary>Those of the running turn: from its first prompt on, or those behind the last turn.</summary>
    private IEnumerable<JsonElement> NewMessages(IReadOnlyList<JsonElement> messages)
    {
        var ids = messages.Select(message => message.Find("info")?.FindText("id")).ToList();
        if (turn is { Begun: true })
            return ids.IndexOf(turn.Prompts[0]) is >= 0 and var first ? messages.Skip(first) : messages;
        if (turn is null)
            return [];
        if (lastPrompt is null)
            return messages;
        var isUser = messages.Select(message => message.Find("info")?.FindText("role") == "user").ToList();
        var last = ids.IndexOf(lastPrompt);
        var next = last < 0 ? isUser.LastIndexOf(true) : isUser.IndexOf(true, last + 1);
        return next < 0 ? [] : messages.Skip(next);
    }
}

/// <summary>What the server knows of a conversation.</summary>
/// <param name="Messages">The last ones, oldest first, each with <c>info</c> and <c>parts</c>.</param>
/// <param name="ChildMessages">Of its sub-agents.</param>
/// <param name="Requests">All that it waits for.</param>
internal sealed record OpenCodeState(
    JsonElement Session,
    JsonElement Status,
    IReadOnlyList<JsonElement> Messages,
    IReadOnlyList<JsonElement> ChildMessages,
    IReadOnlyList<JsonElement> Requests);
