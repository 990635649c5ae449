using Offstage.Agents.BuiltIn.Tools;

namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>What of a conversation is summarised and what stays when the window fills. Pure.</summary>
internal static class Compaction
{
    /// <summary>How many entries from the start go into the summary. What stays is as much of the end as fits.</summary>
    /// <param name="keepTokens">Of what stays.</param>
    /// <returns>0 when there is nothing that a summary would make shorter. Never between a call and its result.</returns>
    public static int FindCut(IReadOnlyList<Entry> entries, long keepTokens)
    {
        int cut = entries.Count;
        long kept = 0;
        for (int at = entries.Count - 1; at > 0; at--)
        {
            kept += TokenEstimate.Of(entries[at]);
            if (kept > keepTokens)
                break;
            if (entries[at] is not Entry.Result)
                cut = at;
        }

        return entries.Take(cut).Count(entry => entry is not Entry.Summary) >= 2 ? cut : 0;
    }

    /// <param name="summary">Of the first <paramref name="cut"/> entries.</param>
    /// <param name="promptCharsMax">Of the running turn's prompt, when it is among them: it is kept beside the summary.</param>
    public static IReadOnlyList<Entry> Apply(IReadOnlyList<Entry> entries, int cut, string summary, int promptCharsMax)
    {
        var compacted = new List<Entry> { new Entry.Summary(summary, PlanOf(entries.Take(cut))) };
        var rest = entries.Skip(cut).ToList();
        if (!rest.Exists(entry => entry is Entry.Prompt) && entries.Take(cut).OfType<Entry.Prompt>().LastOrDefault() is { } prompt)
            compacted.Add(prompt with { Text = Transcript.Cut(prompt.Text, promptCharsMax), IsContinued = true });
        compacted.AddRange(rest);
        return compacted;
    }

    private static string? PlanOf(IEnumerable<Entry> entries)
    {
        string? plan = null;
        foreach (var entry in entries)
        {
            plan = entry switch
            {
                Entry.Summary summary => summary.Plan,
                Entry.Answer answer => answer.Calls.Where(call => call.Tool == PlanTool.ToolName).Select(call => PlanTool.Describe(call.Arguments)).LastOrDefault(told => told is not null) ?? plan,
                _ => plan,
            };
        }

        return plan;
    }
}
