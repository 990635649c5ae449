using System.Text;
using Offstage.Contracts;

namespace Offstage.Agents.OpenCode;

/// <summary>The turn that runs: from a prompt of ours until OpenCode rests again, with the prompts that steered it.</summary>
internal sealed class OpenCodeTurn(AgentMode mode)
{
    public AgentMode Mode { get; } = mode;

    /// <summary>OpenCode has taken the prompt. Before that, whatever it says is of another turn.</summary>
    public bool Begun { get; set; }

    /// <summary>Handed over, and not seen in the conversation yet.</summary>
    public int AwaitedPrompts { get; set; } = 1;

    /// <summary>Messages in the person's name, in order; the last is the one to be answered.</summary>
    public List<string> Prompts { get; } = [];

    public Dictionary<string, OpenCodeMessage> Messages { get; } = [];

    /// <summary>Items that were begun, by their parts, in order.</summary>
    public OrderedDictionary<string, OpenCodePart> OpenParts { get; } = [];

    public HashSet<string> DoneParts { get; } = [];

    /// <summary>Texts of the current step of a plan: the last of them is the plan, if the step is the last.</summary>
    public List<Item> HeldTexts { get; } = [];

    /// <summary>Tool calls by the agent's name for them.</summary>
    public Dictionary<string, OpenCodeCall> Calls { get; } = [];

    /// <summary>Sessions of sub-agents, to the items that started them.</summary>
    public Dictionary<string, string> Children { get; } = [];

    public bool Interrupting { get; set; }

    public bool Aborted { get; set; }

    public string? Failure { get; set; }

    public DateTimeOffset? GraceEndsAt { get; set; }

    /// <summary>All that was asked has an answer, and no answer is unfinished.</summary>
    public bool IsAnswered => AwaitedPrompts == 0
        && Messages.Values.All(one => one.IsClosed || one.IsPrompt || one.ParentItem is not null)
        && Messages.Values.Any(one => one.AnswersPrompt is { } prompt && prompt == Prompts[^1]);

    public OpenCodeCall Call(string id)
    {
        if (!Calls.TryGetValue(id, out var call))
            Calls[id] = call = new OpenCodeCall();
        return call;
    }
}

/// <param name="ParentItem">Of a sub-agent's message: the item that started it.</param>
/// <param name="AnswersPrompt">Of the agent's own answers: the prompt.</param>
internal sealed record OpenCodeMessage(bool IsPrompt, bool IsSummary, string? ParentItem, string? AnswersPrompt)
{
    public bool IsClosed { get; set; }

    /// <summary>Why its last step ended: <c>stop</c>, <c>tool-calls</c>, … Null when it was cut.</summary>
    public string? Finish { get; set; }
}

internal sealed class OpenCodePart(Item item)
{
    public Item Item { get; set; } = item;

    /// <summary>What went out as deltas.</summary>
    public StringBuilder Told { get; } = new();

    /// <summary>Deltas were missed: the rest comes with the whole text, so that nothing is doubled or out of order.</summary>
    public bool Muted { get; set; }

    /// <returns>What of the whole text was not told yet, when all that was told is its beginning.</returns>
    public string? Rest(string whole) =>
        whole.Length > Told.Length && whole.AsSpan().StartsWith(Told.ToString()) ? whole[Told.Length..] : null;
}

internal sealed class OpenCodeCall
{
    public string? PartId { get; set; }

    public string? Tool { get; set; }

    /// <summary>The change as it was asked for: not every tool tells it again.</summary>
    public string? Diff { get; set; }

    public bool Declined { get; set; }
}
