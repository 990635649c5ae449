using System.Text.Json;
using Offstage.Agents.Processes;

namespace Offstage.Agents.OpenCode;

// Whose message it is, and which prompt it answers.
internal sealed partial class OpenCodeTranslator
{
    private IReadOnlyList<AgentEvent>? OnMessage(JsonElement info)
    {
        if (info.FindText("id") is not { } id || info.FindText("sessionID") is not { } session)
            return null;
        var isPrompt = info.FindText("role") == "user";
        if (session != conversation)
            return OnChildMessage(id, session, isPrompt);
        if (isPrompt)
            return OnPrompt(id);
        if (turn is not { Begun: true } || info.FindText("parentID") is not { } prompt || !turn.Prompts.Contains(prompt))
            return null;
        List<AgentEvent> happened = [];
        if (!turn.Messages.TryGetValue(id, out var message))
        {
            message = new OpenCodeMessage(IsPrompt: false, info.IsTrue("summary"), ParentItem: null, prompt);
            turn.Messages[id] = message;
            turn.GraceEndsAt = null;
            if (turn.Failure is { } overcome)
                happened.Add(new AgentEvent.Notice(NoticeLevel.Warning, overcome));
            turn.Failure = null;
        }

        message.Finish = info.FindText("finish") ?? message.Finish;
        if (info.Find("error") is { } error)
        {
            message.IsClosed = true;
            if (error.FindText("name") == "MessageAbortedError")
                turn.Aborted = true;
            else
                turn.Failure ??= TextOf(error);
        }

        message.IsClosed |= info.Find("time")?.Find("completed") is not null;
        return happened;
    }

    private IReadOnlyList<AgentEvent>? OnPrompt(string id)
    {
        if (turn is null || turn.Prompts.Contains(id) || endedPrompts.Contains(id))
            return turn is null && !endedPrompts.Contains(id) ? null : [];
        turn.Prompts.Add(id);
        turn.Messages[id] = new OpenCodeMessage(IsPrompt: true, IsSummary: false, ParentItem: null, AnswersPrompt: null);
        turn.AwaitedPrompts = Math.Max(0, turn.AwaitedPrompts - 1);
        turn.GraceEndsAt = null;
        if (turn.Begun)
            return [];
        turn.Begun = true;
        turn.Failure = null;
        return [new AgentEvent.TurnStarted()];
    }

    private List<AgentEvent>? OnChildMessage(string id, string session, bool isPrompt)
    {
        if (turn is null || !turn.Children.TryGetValue(session, out var parent))
            return null;
        turn.Messages.TryAdd(id, new OpenCodeMessage(isPrompt, IsSummary: false, parent, AnswersPrompt: null));
        return [];
    }
}
