namespace Offstage.Agents.BuiltIn.Conversations;

/// <summary>What was said so far. Changed by one thread at a time; what it hands out does not change.</summary>
internal sealed class Conversation(IReadOnlyList<Entry> entries)
{
    public IReadOnlyList<Entry> Entries { get; private set; } = entries;

    public IReadOnlySet<string> CallIds => Entries.OfType<Entry.Answer>().SelectMany(answer => answer.Calls).Select(call => call.Id).ToHashSet(StringComparer.Ordinal);

    /// <summary>Of the last answer: calls that have no result yet.</summary>
    public IReadOnlyList<Part.Call> OpenCalls
    {
        get
        {
            int at = Entries.Count - 1;
            var done = new HashSet<string>(StringComparer.Ordinal);
            for (; at >= 0 && Entries[at] is Entry.Result result; at--)
                done.Add(result.CallId);
            return at >= 0 && Entries[at] is Entry.Answer answer ? [.. answer.Calls.Where(call => !done.Contains(call.Id))] : [];
        }
    }

    public void Add(Entry entry) => Entries = [.. Entries, entry];

    public void Replace(IReadOnlyList<Entry> with) => Entries = with;

    /// <summary>Everything before the last turns.</summary>
    /// <returns>Null when there are not so many that can be taken back: what is in a summary cannot.</returns>
    public IReadOnlyList<Entry>? WithoutLast(int turns)
    {
        int at = Entries.Count;
        while (turns > 0 && at > 0)
        {
            at--;
            if (Entries[at] is Entry.Prompt { IsContinued: false })
                turns--;
            else if (Entries[at] is Entry.Prompt or Entry.Summary)
                return null;
        }

        return turns == 0 ? [.. Entries.Take(at)] : null;
    }
}
