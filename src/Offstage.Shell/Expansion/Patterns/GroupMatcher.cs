namespace Offstage.Shell.Expansion;

/// <summary>Matches patterns with groups by going back, with a memory of the places that failed.</summary>
internal readonly ref struct GroupMatcher(PatternOptions options, ReadOnlySpan<char> text, Interruption interruption)
{
    /// <summary>Failed places that are counted against the run's memory at a time, and what each of them takes.</summary>
    private const int CountedAtOnce = 1024;
    private const int PlaceBytes = 64;

    private readonly ReadOnlySpan<char> text = text;
    private readonly HashSet<(PatternNode[], int, int, int)> failed = [];

    /// <summary>Whether the nodes match exactly the text from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public bool Match(PatternNode[] nodes, int start, int end)
    {
        bool matches = Match(nodes, 0, start, end);
        interruption.Budget.Release((long)failed.Count / CountedAtOnce * CountedAtOnce * PlaceBytes);
        return matches;
    }

    private bool Match(PatternNode[] nodes, int node, int start, int end)
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            interruption.Budget.End(new ShellStop.CallsTooDeep(interruption.Budget.Limits.CallDepthMax));
        interruption.Check();
        while (node < nodes.Length && nodes[node] is not (PatternNode.Star or PatternNode.Group))
        {
            if (start >= end || !PatternMatcher.Accepts(nodes[node], text[start], options.IgnoresCase))
                return false;
            node++;
            start++;
        }

        if (node == nodes.Length)
            return start == end;
        if (failed.Contains((nodes, node, start, end)))
            return false;
        bool matches = nodes[node] is PatternNode.Group group ? MatchGroup(group, nodes, node, start, end) : MatchStar(nodes, node, start, end);
        if (!matches && failed.Add((nodes, node, start, end)) && failed.Count % CountedAtOnce == 0)
            interruption.Budget.Hold(CountedAtOnce * PlaceBytes);
        return matches;
    }

    private bool MatchStar(PatternNode[] nodes, int node, int start, int end)
    {
        for (int at = start; at <= end; at++)
        {
            if (Match(nodes, node + 1, at, end))
                return true;
        }

        return false;
    }

    private bool MatchGroup(PatternNode.Group group, PatternNode[] nodes, int node, int start, int end)
    {
        if (group.Kind != '!' && group.Alternatives.All(static one => one is [not (PatternNode.Star or PatternNode.Group)]))
            return MatchCharacters(group, nodes, node, start, end);
        if (group.Kind is '?' or '*' && Match(nodes, node + 1, start, end))
            return true;
        for (int at = start; at <= end; at++)
        {
            bool one = MatchesAlternative(group, start, at);
            if (group.Kind == '!')
            {
                if (!one && Match(nodes, node + 1, at, end))
                    return true;
                continue;
            }

            if (!one)
                continue;
            if (Match(nodes, node + 1, at, end))
                return true;
            // Another turn of the group; one that takes nothing would turn for ever.
            if (group.Kind is '*' or '+' && at > start && Match(nodes, node, at, end))
                return true;
        }

        return false;
    }

    /// <summary>A group of single characters, such as <c>+([0-9])</c>, needs no going back within itself.</summary>
    private bool MatchCharacters(PatternNode.Group group, PatternNode[] nodes, int node, int start, int end)
    {
        int last = group.Kind is '*' or '+' ? end : Math.Min(start + 1, end);
        int at = start;
        if (group.Kind is '?' or '*' && Match(nodes, node + 1, at, end))
            return true;
        while (at < last && AcceptsAny(group, text[at]))
        {
            if (Match(nodes, node + 1, ++at, end))
                return true;
        }

        return false;
    }

    private bool AcceptsAny(PatternNode.Group group, char c)
    {
        foreach (PatternNode[] alternative in group.Alternatives)
        {
            if (PatternMatcher.Accepts(alternative[0], c, options.IgnoresCase))
                return true;
        }

        return false;
    }

    private bool MatchesAlternative(PatternNode.Group group, int start, int end)
    {
        foreach (PatternNode[] alternative in group.Alternatives)
        {
            if (Match(alternative, 0, start, end))
                return true;
        }

        return false;
    }
}
