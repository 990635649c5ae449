namespace Offstage.Shell.Commands.Sort;

/// <summary>Compares lines by their keys, then as a whole, then by their place.</summary>
/// <param name="keys">At least one.</param>
/// <param name="lastResort">Orders what is equal in all keys; null when its place does.</param>
internal sealed class LineComparer(SortText text, SortKey[] keys, SortRules? lastResort, int separator, CommandContext context)
{
    private int comparisons;

    /// <returns>0 for no two lines.</returns>
    public int Compare(int x, int y, int fromKey)
    {
        if ((++comparisons & 0xFFF) == 0) context.Check();
        int order = CompareForCheck(x, y, fromKey);
        return order != 0 ? order : x.CompareTo(y);
    }

    /// <summary>Without the place: two lines that are equal in all may stand in either order.</summary>
    public int CompareForCheck(int x, int y, int fromKey = 0)
    {
        int order = CompareKeys(x, y, fromKey);
        if (order != 0 || lastResort is null) return order;
        order = text.Line(x).SequenceCompareTo(text.Line(y));
        return lastResort.Reverse ? -order : order;
    }

    public int CompareKeys(int x, int y, int fromKey = 0)
    {
        for (int i = fromKey; i < keys.Length; i++)
        {
            int order = CompareKey(x, y, keys[i]);
            if (order != 0) return order;
        }

        return 0;
    }

    public int CompareKey(int x, int y, SortKey key) => KeyComparison.Compare(key.Of(text.Line(x), separator), key.Of(text.Line(y), separator), key.Rules);
}
