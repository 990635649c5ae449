using System.Diagnostics;

namespace Offstage.Shell.Commands.Jq;

/// <summary>An array. A changed copy takes over the store of the one it was made from, which keeps only what was different.</summary>
/// <remarks>
/// So a loop that changes one element at a time costs a step for each and no copy of the whole. Whoever looks at an older array again pays
/// for one copy then. For one thread at a time.
/// </remarks>
internal sealed class JsonArray : JsonValue
{
    private Store? store;
    private JsonArray? newer;
    private int changedIndex;
    private JsonValue? changedValue;

    private JsonArray(Store store, int count) => (this.store, Count) = (store, count);

    public static JsonArray Empty => new(new Store([]), 0);

    public override JsonKind Kind => JsonKind.Array;

    public int Count { get; }

    public JsonValue this[int index] => Current().Items[index];

    /// <summary>Valid until something else is made of the array.</summary>
    public ReadOnlySpan<JsonValue> Items => Current().Items.AsSpan(0, Count);

    /// <summary>Takes the array over: the caller writes to it no more.</summary>
    public static JsonArray Own(JsonValue[] items, int count) => new(new Store(items), count);

    public static JsonArray Own(JsonValue[] items) => new(new Store(items), items.Length);

    public static JsonArray Of(List<JsonValue> items) => Own([.. items]);

    /// <summary>With one element replaced, or appended where the index is the count; a gap before it holds nulls.</summary>
    public JsonArray With(int index, JsonValue value)
    {
        Store mine = Current();
        if (index < Count)
        {
            JsonValue before = mine.Items[index];
            mine.Items[index] = value;
            return Succeed(mine, Count, index, before);
        }

        mine.Reserve(index + 1);
        for (int i = Count; i < index; i++) mine.Items[i] = Null;
        mine.Items[index] = value;
        return Succeed(mine, index + 1, -1, null);
    }

    public JsonArray Append(JsonArray other)
    {
        if (other.Count == 0) return this;
        // An array added to itself would be read while it is written.
        JsonValue[] added = ReferenceEquals(this, other) ? Items.ToArray() : other.Current().Items;
        int count = Count + other.Count;
        if (count > ItemsMax) throw new JqMemoryException();
        Store mine = Current();
        mine.Reserve(count);
        added.AsSpan(0, other.Count).CopyTo(mine.Items.AsSpan(Count));
        return Succeed(mine, count, -1, null);
    }

    public JsonArray Slice(int from, int to) => Own(Items[from..to].ToArray());

    private const int ItemsMax = 1 << 28;

    private JsonArray Succeed(Store mine, int count, int index, JsonValue? before)
    {
        var next = new JsonArray(mine, count);
        store = null;
        (newer, changedIndex, changedValue) = (next, index, before);
        return next;
    }

    private Store Current()
    {
        if (store is not null) return store;
        var path = new Stack<JsonArray>();
        JsonArray at = this;
        while (at.store is null)
        {
            path.Push(at);
            at = at.newer ?? throw new UnreachableException();
        }

        JsonValue[] items = at.store.Items.AsSpan(0, Math.Min(at.store.Items.Length, Math.Max(Count, 1))).ToArray();
        while (path.TryPop(out JsonArray? older))
        {
            if (older.changedIndex >= 0 && older.changedIndex < items.Length) items[older.changedIndex] = older.changedValue!;
        }

        (newer, changedValue) = (null, null);
        return store = new Store(items);
    }

    private sealed class Store(JsonValue[] items)
    {
        public JsonValue[] Items { get; private set; } = items;

        public void Reserve(int count)
        {
            if (count <= Items.Length) return;
            JsonValue[] wider = new JsonValue[Math.Max(count, Math.Max(4, (int)Math.Min(ItemsMax, Items.Length * 2L)))];
            Items.CopyTo(wider, 0);
            Items = wider;
        }
    }
}
