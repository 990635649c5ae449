namespace Offstage.Shell.Expansion;

/// <summary>
/// Matches one text. Without groups, all positions of the pattern that are possible are followed at once, in time proportional to text and
/// pattern; with groups it goes back, remembering where it failed.
/// </summary>
internal readonly ref struct PatternMatcher(PatternNode[] nodes, PatternOptions options, bool hasGroups, Interruption interruption)
{
    /// <summary>
    /// No match, and the text came to its end while one was still possible. What begins later in the text has no match then either: where a star
    /// was reached, it would have taken what comes before; where none was, there is too little left.
    /// </summary>
    public const int RanOut = -2;

    public bool MatchesWhole(ReadOnlySpan<char> text) => WholeLength(text) == text.Length;

    /// <returns>The text's length, or a negative number: <see cref="RanOut"/> or -1.</returns>
    public int WholeLength(ReadOnlySpan<char> text)
    {
        if (hasGroups)
            return new GroupMatcher(options, text, interruption).Match(nodes, 0, text.Length) ? text.Length : -1;
        return Simulate(text, longest: true, wholeOnly: true);
    }

    /// <returns>The length, or a negative number: <see cref="RanOut"/> or -1.</returns>
    public int PrefixLength(ReadOnlySpan<char> text, bool longest)
    {
        if (!hasGroups)
            return Simulate(text, longest, wholeOnly: false);
        for (int length = longest ? text.Length : 0; length >= 0 && length <= text.Length; length += longest ? -1 : 1)
        {
            if (new GroupMatcher(options, text[..length], interruption).Match(nodes, 0, length))
                return length;
        }

        return -1;
    }

    private int Simulate(ReadOnlySpan<char> text, bool longest, bool wholeOnly)
    {
        int width = nodes.Length + 1;
        Span<bool> now = width <= 256 ? stackalloc bool[width] : new bool[width];
        Span<bool> next = width <= 256 ? stackalloc bool[width] : new bool[width];
        now[0] = true;
        PassStars(now);
        int found = now[^1] && !wholeOnly ? 0 : -1;
        if (found == 0 && !longest)
            return 0;
        for (int i = 0; i < text.Length; i++)
        {
            if ((i & 0xFFF) == 0xFFF)
                interruption.Check();
            char c = text[i];
            next.Clear();
            bool alive = false;
            for (int state = 0; state < nodes.Length; state++)
            {
                if (!now[state])
                    continue;
                PatternNode node = nodes[state];
                if (node is PatternNode.Star)
                {
                    next[state] = alive = true;
                }
                else if (Accepts(node, c))
                {
                    next[state + 1] = alive = true;
                }
            }

            if (!alive)
                return wholeOnly ? -1 : found;
            PassStars(next);
            Span<bool> swap = now;
            now = next;
            next = swap;
            if (now[^1] && !wholeOnly)
            {
                found = i + 1;
                if (!longest)
                    return found;
            }
        }

        return wholeOnly ? now[^1] ? text.Length : RanOut : found >= 0 ? found : RanOut;
    }

    private void PassStars(Span<bool> states)
    {
        for (int state = 0; state < nodes.Length; state++)
        {
            if (states[state] && nodes[state] is PatternNode.Star)
                states[state + 1] = true;
        }
    }

    private bool Accepts(PatternNode node, char c) => Accepts(node, c, options.IgnoresCase);

    internal static bool Accepts(PatternNode node, char c, bool ignoresCase) => node switch
    {
        PatternNode.Character literal => literal.Value == c || (ignoresCase && char.ToLowerInvariant(literal.Value) == char.ToLowerInvariant(c)),
        PatternNode.Any => true,
        PatternNode.Set set => set.Contains(c),
        _ => false,
    };
}
