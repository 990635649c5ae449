namespace Offstage.Shell.Variables;

/// <summary>A map from strings. Its order is that of bash's hash table, which scripts come to depend on. Shared until one process writes.</summary>
internal sealed class AssociativeArray
{
    private const uint FirstBuckets = 1024;

    private readonly Dictionary<string, (string Value, long Order)> entries;
    private long order;

    public AssociativeArray() => entries = new(StringComparer.Ordinal);

    private AssociativeArray(AssociativeArray other)
    {
        entries = new(other.entries, StringComparer.Ordinal);
        order = other.order;
    }

    public bool IsShared { get; set; }

    public int Count => entries.Count;

    public string? Find(string key) => entries.TryGetValue(key, out (string Value, long Order) entry) ? entry.Value : null;

    public void Set(string key, string value)
        => entries[key] = (value, entries.TryGetValue(key, out (string Value, long Order) entry) ? entry.Order : ++order);

    public void Remove(string key) => entries.Remove(key);

    /// <summary>By bucket; within one, the newest first.</summary>
    public List<(string Key, string Value)> Entries()
    {
        uint buckets = FirstBuckets;
        while (entries.Count > buckets * 2)
            buckets *= 4;
        return [.. entries.OrderBy(e => Hash(e.Key) & (buckets - 1)).ThenByDescending(e => e.Value.Order).Select(e => (e.Key, e.Value.Value))];
    }

    public AssociativeArray Copy() => new(this);

    private static uint Hash(string key)
    {
        uint hash = 2166136261;
        foreach (char c in key)
            hash = unchecked((hash * 16777619) ^ c);
        return hash;
    }
}
