namespace Offstage.Shell.Variables;

/// <summary>A sparse array. Dense from 0 as long as gaps are small; a sorted map beyond. Shared between processes until one of them writes.</summary>
internal sealed class IndexedArray
{
    private const int GapMax = 1024;

    private List<string?> dense = [];
    private SortedDictionary<long, string>? sparse;
    private int count;

    public IndexedArray()
    {
    }

    public IndexedArray(IEnumerable<string> values)
    {
        dense = [.. values];
        count = dense.Count;
    }

    /// <summary>Set when more than one variable refers to it; it is copied before the next write.</summary>
    public bool IsShared { get; set; }

    public int Count => count;

    /// <summary>The highest index that is set; -1 when empty.</summary>
    public long Last
    {
        get
        {
            if (sparse is not null)
                return sparse.Count == 0 ? -1 : sparse.Keys.Last();
            int last = dense.Count - 1;
            while (last >= 0 && dense[last] is null)
                last--;
            return last;
        }
    }

    public string? Find(long index)
        => sparse is not null ? sparse.GetValueOrDefault(index) : index >= 0 && index < dense.Count ? dense[(int)index] : null;

    public void Set(long index, string value)
    {
        if (sparse is null && index > dense.Count + GapMax)
        {
            sparse = [];
            foreach ((long known, string existing) in Entries())
                sparse[known] = existing;
            dense = [];
        }

        if (sparse is not null)
        {
            sparse[index] = value;
            count = sparse.Count;
            return;
        }

        while (dense.Count <= index)
            dense.Add(null);
        count += dense[(int)index] is null ? 1 : 0;
        dense[(int)index] = value;
    }

    public void Remove(long index)
    {
        if (sparse is not null)
        {
            sparse.Remove(index);
            count = sparse.Count;
        }
        else if (index < dense.Count && dense[(int)index] is not null)
        {
            dense[(int)index] = null;
            count--;
            while (dense.Count > 0 && dense[^1] is null)
                dense.RemoveAt(dense.Count - 1);
        }
    }

    /// <summary>In the order of their indexes.</summary>
    public IEnumerable<(long Index, string Value)> Entries()
    {
        if (sparse is not null)
        {
            foreach ((long index, string value) in sparse)
                yield return (index, value);
            yield break;
        }

        for (int i = 0; i < dense.Count; i++)
        {
            if (dense[i] is { } value)
                yield return (i, value);
        }
    }

    public List<string> Values()
    {
        var values = new List<string>(count);
        foreach ((_, string value) in Entries())
            values.Add(value);
        return values;
    }

    public IndexedArray Copy() => new() { dense = [.. dense], sparse = sparse is null ? null : new SortedDictionary<long, string>(sparse), count = count };
}
