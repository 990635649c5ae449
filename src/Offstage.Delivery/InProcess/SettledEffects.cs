using Offstage.Contracts;

namespace Offstage.Delivery.InProcess;

/// <summary>
/// The effects that ended most recently. A page of the outbox that was read before, or an offer that comes late, may still
/// name them; without this memory they would be carried out again, after their successors.
/// </summary>
internal sealed class SettledEffects(int countMax)
{
    private readonly Queue<EffectId> order = new();
    private readonly HashSet<EffectId> ids = [];

    public bool Contains(EffectId effect) => ids.Contains(effect);

    public void Add(EffectId effect)
    {
        if (!ids.Add(effect))
            return;
        order.Enqueue(effect);
        if (order.Count > countMax)
            ids.Remove(order.Dequeue());
    }

    /// <summary>An operator put it back.</summary>
    public void Forget(EffectId effect) => ids.Remove(effect);
}
