using System.Diagnostics;

namespace Offstage.Shell.Commands.Jq;

/// <summary>An object, its keys in the order in which they came. Changed copies share as those of <see cref="JsonArray"/> do.</summary>
internal sealed class JsonObject : JsonValue
{
    private Store? store;
    private JsonObject? newer;
    private int changedIndex;
    private JsonValue? changedValue;

    private JsonObject(Store store, int count) => (this.store, Count) = (store, count);

    public static JsonObject Empty => new(new Store([], []), 0);

    public override JsonKind Kind => JsonKind.Object;

    public int Count { get; }

    /// <summary>Valid until something else is made of the object.</summary>
    public ReadOnlySpan<string> Keys => Current().Keys.AsSpan(0, Count);

    public ReadOnlySpan<JsonValue> Values => Current().Values.AsSpan(0, Count);

    /// <summary>Takes both over; the keys differ from each other. Where there is no more room than <paramref name="count"/>, the keys may be shared by several objects.</summary>
    public static JsonObject Own(string[] keys, JsonValue[] values, int count) => new(new Store(keys, values), count);

    /// <returns>Null when there is no such key.</returns>
    public JsonValue? Find(string key)
    {
        Store mine = Current();
        int index = mine.IndexOf(key, Count);
        return index < 0 ? null : mine.Values[index];
    }

    public JsonObject With(string key, JsonValue value)
    {
        Store mine = Current();
        int index = mine.IndexOf(key, Count);
        if (index >= 0)
        {
            JsonValue before = mine.Values[index];
            mine.Values[index] = value;
            return Succeed(mine, Count, index, before);
        }

        mine.Add(key, value, Count);
        return Succeed(mine, Count + 1, -1, null);
    }

    public JsonObject Without(string key)
    {
        Store mine = Current();
        int index = mine.IndexOf(key, Count);
        if (index < 0) return this;
        string[] keys = new string[Count - 1];
        JsonValue[] values = new JsonValue[Count - 1];
        Array.Copy(mine.Keys, keys, index);
        Array.Copy(mine.Keys, index + 1, keys, index, Count - index - 1);
        Array.Copy(mine.Values, values, index);
        Array.Copy(mine.Values, index + 1, values, index, Count - index - 1);
        return Own(keys, values, Count - 1);
    }

    /// <summary>The keys by their code points.</summary>
    public string[] SortedKeys()
    {
        string[] keys = Keys.ToArray();
        Array.Sort(keys, JsonOrder.Compare);
        return keys;
    }

    private JsonObject Succeed(Store mine, int count, int index, JsonValue? before)
    {
        var next = new JsonObject(mine, count);
        store = null;
        (newer, changedIndex, changedValue) = (next, index, before);
        return next;
    }

    private Store Current()
    {
        if (store is not null) return store;
        var path = new Stack<JsonObject>();
        JsonObject at = this;
        while (at.store is null)
        {
            path.Push(at);
            at = at.newer ?? throw new UnreachableException();
        }

        JsonValue[] values = at.store.Values.AsSpan(0, Count).ToArray();
        while (path.TryPop(out JsonObject? older))
        {
            if (older.changedIndex >= 0 && older.changedIndex < values.Length) values[older.changedIndex] = older.changedValue!;
        }

        (newer, changedValue) = (null, null);
        return store = new Store(at.store.Keys.AsSpan(0, Count).ToArray(), values);
    }

    private sealed class Store(string[] keys, JsonValue[] values)
    {
        /// <summary>Up to this many keys are compared one by one.</summary>
        private const int SmallMax = 8;

        private Dictionary<string, int>? index;

        public string[] Keys { get; private set; } = keys;

        public JsonValue[] Values { get; private set; } = values;

        public int IndexOf(string key, int count)
        {
            if (count <= SmallMax)
            {
                for (int i = 0; i < count; i++)
                {
                    if (Keys[i] == key) return i;
                }

                return -1;
            }

            if (index is null)
            {
                index = new Dictionary<string, int>(count, StringComparer.Ordinal);
                for (int i = 0; i < count; i++) index[Keys[i]] = i;
            }

            return index.TryGetValue(key, out int found) ? found : -1;
        }

        public void Add(string key, JsonValue value, int count)
        {
            if (count == Keys.Length)
            {
                int room = Math.Max(4, count * 2);
                string[] moreKeys = new string[room];
                JsonValue[] moreValues = new JsonValue[room];
                Array.Copy(Keys, moreKeys, count);
                Array.Copy(Values, moreValues, count);
                (Keys, Values) = (moreKeys, moreValues);
            }

            Keys[count] = key;
            Values[count] = value;
            if (index is not null) index[key] = count;
        }
    }
}
