using Offstage.Contracts;

namespace Offstage.Agents.ClaudeCode;

/// <summary>The turn that runs: its items, each begun at most once and completed at most once.</summary>
/// <param name="messages">Uuids of the prompt and of what was added to it, to take them back by.</param>
internal sealed class ClaudeTurn(List<string> messages)
{
    private readonly Dictionary<string, Item> open = [];
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public List<string> Messages { get; } = messages;

    /// <summary>Added to the turn, and not yet told back by Claude: its model has not seen them.</summary>
    public HashSet<string> Steers { get; } = new(StringComparer.Ordinal);

    /// <summary>Tools that were not allowed, by a person or by the mode.</summary>
    public HashSet<string> Declined { get; } = new(StringComparer.Ordinal);

    /// <summary>Calls by which a plan was handed to the person: not allowed, and yet done.</summary>
    public HashSet<string> Plans { get; } = new(StringComparer.Ordinal);

    /// <summary>What the blocks of the message under way have said, by the sub-agent's call that they belong to.</summary>
    public Dictionary<string, ClaudeMessage> Streams { get; } = new(StringComparer.Ordinal);

    public bool Interrupting { get; set; }

    /// <summary>Claude has told how it ended, and may yet take up what was added to it: it is over when Claude rests.</summary>
    public AgentEvent.TurnEnded? End { get; set; }

    /// <summary>Claude has said that it rests.</summary>
    public bool Rested { get; set; }

    public DateTimeOffset? GraceEndsAt { get; set; }

    public Item? FindOpen(string id) => open.GetValueOrDefault(id);

    public IEnumerable<AgentEvent> Begin(Item item)
    {
        if (!known.Add(item.Id))
            return [];
        open[item.Id] = item;
        return [new AgentEvent.ItemStarted(item)];
    }

    /// <summary>More is known of an open item.</summary>
    public IEnumerable<AgentEvent> Update(Item item)
    {
        if (!open.ContainsKey(item.Id))
            return [];
        open[item.Id] = item;
        return [new AgentEvent.ItemUpdated(item)];
    }

    public IEnumerable<AgentEvent> Complete(Item item)
    {
        if (!open.Remove(item.Id) && !known.Add(item.Id))
            return [];
        return [new AgentEvent.ItemCompleted(item)];
    }

    /// <summary>It will not be told whole: it ends with what was told.</summary>
    public IEnumerable<AgentEvent> CutOff(string id) =>
        FindOpen(id) is { } item ? Complete(item with { Status = ItemStatus.Failed, Body = TextSoFar(item) }) : [];

    public IEnumerable<AgentEvent> CompleteAll()
    {
        foreach (var item in open.Values.ToList())
        {
            // A list of steps is as complete as it is; anything else was cut off.
            yield return new AgentEvent.ItemCompleted(
                item with { Status = item.Body is ItemBody.Plan ? ItemStatus.Completed : ItemStatus.Failed, Body = TextSoFar(item) });
        }

        open.Clear();
    }

    private ItemBody TextSoFar(Item item)
    {
        if (Streams.Values.Select(message => message.FindText(item.Id)).FirstOrDefault(text => text is not null) is not { } text)
            return item.Body;
        return item.Body switch
        {
            ItemBody.Message => new ItemBody.Message(text),
            ItemBody.Reasoning => new ItemBody.Reasoning(text),
            _ => item.Body,
        };
    }
}
