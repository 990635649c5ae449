using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.OpenCode;

/// <summary>OpenCode's events in our vocabulary. The table of all of them: README.md. Does no I/O.</summary>
/// <remarks>Events come by one thread at a time; its other members may be called by any.</remarks>
internal sealed partial class OpenCodeTranslator
{
    /// <summary>OpenCode says that it rests before it has told the end of a turn that was aborted: so long that is waited for.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>A prompt that was accepted and never seen in the conversation.</summary>
    public static readonly TimeSpan BeginLimit = TimeSpan.FromSeconds(30);

    private const int EndedPromptsMax = 256;

    private readonly Lock gate = new();
    private readonly OpenCodeRequests requests = new();
    private readonly OpenCodeUsage usage = new();
    private readonly Queue<string> endedPrompts = new();
    private readonly List<OpenCodeReply> replies = [];
    private string? conversation;
    private string? title;
    private string? lastPrompt;
    private AgentMode mode;
    private OpenCodeTurn? turn;

    public bool HasTurn
    {
        get
        {
            lock (gate)
                return turn is not null;
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

    /// <summary>Sub-agents' sessions of the turn.</summary>
    public IReadOnlyList<string> Children
    {
        get
        {
            lock (gate)
                return turn is null ? [] : [.. turn.Children.Keys];
        }
    }

    /// <summary>The conversation is open.</summary>
    /// <param name="lastMessage">Its last message, when it has one.</param>
    public void OnConversation(JsonElement session, JsonElement? lastMessage, AgentMode startMode)
    {
        lock (gate)
        {
            conversation = session.FindText("id");
            title = session.FindText("title");
            mode = startMode;
            usage.Open(session);
            lastPrompt = lastMessage is { } last ? last.FindText("parentID") ?? last.FindText("id") : null;
        }
    }

    /// <summary>A prompt is being handed over.</summary>
    /// <returns>False while a turn runs.</returns>
    public bool TryBegin(AgentMode? turnMode)
    {
        lock (gate)
        {
            if (turn is not null)
                return false;
            mode = turnMode ?? mode;
            turn = new OpenCodeTurn(mode);
            return true;
        }
    }

    /// <summary>The prompt was not taken.</summary>
    public void Abandon()
    {
        lock (gate)
        {
            if (turn is { Begun: false })
                turn = null;
        }
    }

    /// <summary>The prompt was accepted. It may have been seen already.</summary>
    public void OnPrompted(DateTimeOffset now)
    {
        lock (gate)
        {
            if (turn is { Begun: false })
                turn.GraceEndsAt ??= now + BeginLimit;
        }
    }

    /// <summary>A further prompt for the running turn is being handed over.</summary>
    public bool TrySteer()
    {
        lock (gate)
        {
            if (turn is not { Begun: true, Aborted: false, Interrupting: false })
                return false;
            turn.AwaitedPrompts++;
            return true;
        }
    }

    public void OnSteerFailed()
    {
        lock (gate)
        {
            if (turn is { AwaitedPrompts: > 0 })
                turn.AwaitedPrompts--;
        }
    }

    /// <returns>False when no turn runs.</returns>
    public bool OnInterrupt()
    {
        lock (gate)
        {
            if (turn is null)
                return false;
            turn.Interrupting = true;
            return true;
        }
    }

    /// <inheritdoc cref="OpenCodeRequests.Take"/>
    public OpenCodeReply? TakeRequest(string key, RequestAnswer answer)
    {
        lock (gate)
            return requests.Take(key, answer);
    }

    /// <summary>It works after all: the end that was expected is not.</summary>
    public void Continue()
    {
        lock (gate)
        {
            if (turn is { Begun: true })
                turn.GraceEndsAt = null;
        }
    }

    /// <summary>What to report now that the end did not come.</summary>
    public IReadOnlyList<AgentEvent> EndGrace()
    {
        lock (gate)
        {
            if (turn is null)
                return [];
            if (!turn.Begun)
                return [new AgentEvent.TurnStarted(), .. EndTurn(Failed(turn.Failure ?? "OpenCode did not begin the turn."))];
            return EndTurn(turn.Aborted || turn.Interrupting ? Interrupted
                : turn.Failure is { } failure ? Failed(failure)
                : new AgentEvent.Reported(AgentReport.Ready, null));
        }
    }

    public OpenCodeReaction Receive(JsonElement message, DateTimeOffset now)
    {
        lock (gate)
        {
            var kind = message.FindText("type") ?? "";
            var told = message.Find("properties") ?? default;
            return React(Translate(kind, told, now) ?? [new AgentEvent.Raw(kind, told)]);
        }
    }

    private OpenCodeReaction React(IReadOnlyList<AgentEvent> events)
    {
        OpenCodeReaction reaction = new(events, [.. replies]);
        replies.Clear();
        return reaction;
    }

    /// <returns>Null: no other case describes it. Empty: it says nothing that was not said.</returns>
    private IReadOnlyList<AgentEvent>? Translate(string kind, JsonElement told, DateTimeOffset now) => kind switch
    {
        "server.connected" or "server.heartbeat" or "plugin.added" or "catalog.updated" or "reference.updated" or "integration.updated" => [],
        "session.created" or "session.diff" or "message.removed" or "message.part.removed" or "todo.updated" => [],
        "session.updated" => OnSession(told.Find("info") ?? default),
        "session.deleted" => IsOurs(told) ? [new AgentEvent.CursorRejected("OpenCode deleted the session.")] : [],
        "session.status" => IsOurs(told) ? OnStatus(told.Find("status") ?? default, now) : [],
        "session.idle" => IsOurs(told) ? OnIdle(now) : [],
        "session.error" => OnError(told, now),
        "session.compacted" => IsOurs(told) && turn is { Begun: true } ? OnCompacted() : [],
        "message.updated" => OnMessage(told.Find("info") ?? default),
        "message.part.updated" => OnPart(told.Find("part") ?? default),
        "message.part.delta" => OnDelta(told),
        "permission.asked" => OnAsked(told),
        "question.asked" => OnAsked(told),
        "permission.replied" or "question.replied" or "question.rejected" => OnReplied(kind, told),
        _ => null,
    };

    private bool IsOurs(JsonElement told) => told.FindText("sessionID") is { } id && id == conversation;

    private List<AgentEvent> OnSession(JsonElement session)
    {
        // Its own first names are no titles.
        if (session.FindText("id") != conversation || session.FindText("title") is not { } told || told == title
            || told.StartsWith("New session - ", StringComparison.Ordinal))
            return [];
        title = told;
        return [new AgentEvent.TitleSuggested(told)];
    }

    private List<AgentEvent>? OnStatus(JsonElement status, DateTimeOffset now)
    {
        switch (status.FindText("type"))
        {
            case "busy":
                if (turn is { Begun: true })
                    turn.GraceEndsAt = null;

                // It came too early for the server, which had not begun then.
                if (turn is { Begun: true, Interrupting: true, Aborted: false })
                    replies.Add(new OpenCodeReply($"/session/{conversation}/abort", []));
                return [];
            case "retry":
                return [new AgentEvent.Notice(NoticeLevel.Warning, $"{status.FindText("message")} (attempt {status.FindNumber("attempt")} failed)")];
            case "idle":
                return OnIdle(now);
            default:
                return null;
        }
    }

    private List<AgentEvent> OnIdle(DateTimeOffset now)
    {
        if (turn is not { Begun: true })
            return [];
        if (turn.IsAnswered)
            return EndTurn(Outcome());
        turn.GraceEndsAt ??= now + Grace;
        return [];
    }

    private AgentEvent.TurnEnded Outcome()
    {
        if (turn!.Aborted)
            return Interrupted;
        if (turn.Failure is { } failure)
            return Failed(failure);
        var isCut = turn.Messages.Values.Last(one => one.AnswersPrompt is not null).Finish is null;
        return turn.Interrupting && isCut ? Interrupted : new AgentEvent.TurnEnded(AgentTurnOutcome.Completed, null);
    }

    private List<AgentEvent>? OnError(JsonElement told, DateTimeOffset now)
    {
        if (told.FindText("sessionID") is { } id && id != conversation)
            return null;
        var error = told.Find("error") ?? default;
        if (error.FindText("name") == "MessageAbortedError")
        {
            if (turn is { Begun: true })
                turn.Aborted = true;
            return [];
        }

        if (turn is null)
            return [new AgentEvent.Notice(NoticeLevel.Error, TextOf(error))];
        if (!turn.Begun)
            turn.GraceEndsAt = now + Grace;

        // The first says why; what follows is how its own code came there.
        turn.Failure ??= TextOf(error);
        return [];
    }

    private List<AgentEvent> OnCompacted()
    {
        var item = new Item($"compaction-{turn!.Prompts[0]}-{turn.DoneParts.Count}", ItemStatus.InProgress, new ItemBody.Compaction());
        turn.DoneParts.Add(item.Id);
        return [new AgentEvent.ItemStarted(item), new AgentEvent.ItemCompleted(item with { Status = ItemStatus.Completed })];
    }

    private List<AgentEvent> EndTurn(AgentEvent end)
    {
        var happened = new List<AgentEvent>();
        foreach (var key in requests.Unclosed)
            happened.Add(new AgentEvent.RequestClosed(key));
        requests.CloseAll();
        happened.AddRange(ReleaseTexts(isPlan: false));
        foreach (var part in turn!.OpenParts.Values)
            happened.Add(new AgentEvent.ItemCompleted(part.Item with { Status = ItemStatus.Failed }));
        happened.Add(end);
        foreach (var prompt in turn.Prompts)
            endedPrompts.Enqueue(prompt);
        while (endedPrompts.Count > EndedPromptsMax)
            endedPrompts.Dequeue();
        lastPrompt = turn.Prompts.LastOrDefault() ?? lastPrompt;
        turn = null;
        return happened;
    }

    private static AgentEvent.TurnEnded Interrupted => new(AgentTurnOutcome.Interrupted, null);

    private static AgentEvent.TurnEnded Failed(string why) => new(AgentTurnOutcome.Failed, why);

    private static string TextOf(JsonElement error)
    {
        var data = error.Find("data") ?? default;
        var text = data.FindText("message") is { Length: > 0 } message ? message : error.FindText("name") ?? "OpenCode gave no reason.";
        return data.FindNumber("statusCode") is { } status ? $"{text} (HTTP {status})" : text;
    }
}

/// <param name="Replies">What to post to the server, in order.</param>
internal readonly record struct OpenCodeReaction(IReadOnlyList<AgentEvent> Events, IReadOnlyList<OpenCodeReply> Replies);
