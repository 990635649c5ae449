namespace Offstage.Agents.Acp;

/// <summary>Ids of what has ended, the oldest forgotten: what is said of them late belongs to no later turn (S8).</summary>
internal sealed class AcpEndedIds
{
    private const int IdsMax = 8192;

    private readonly HashSet<string> known = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();

    public bool Contains(string? id) => id is not null && known.Contains(id);

    public void Add(string? id)
    {
        if (id is null || !known.Add(id))
            return;
        order.Enqueue(id);
        if (order.Count > IdsMax)
            known.Remove(order.Dequeue());
    }
}
