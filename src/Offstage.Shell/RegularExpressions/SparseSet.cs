namespace Offstage.Shell.RegularExpressions;

/// <summary>A set of small numbers that is emptied at no cost and keeps the order of insertion (Briggs and Torczon).</summary>
internal sealed class SparseSet(int capacity)
{
    private readonly int[] dense = new int[capacity];
    private readonly int[] sparse = new int[capacity];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Members => dense.AsSpan(0, Count);

    public void Clear() => Count = 0;

    /// <returns>False when the number was in the set.</returns>
    public bool Add(int value)
    {
        int at = sparse[value];
        if (at < Count && dense[at] == value) return false;
        dense[Count] = value;
        sparse[value] = Count++;
        return true;
    }
}
