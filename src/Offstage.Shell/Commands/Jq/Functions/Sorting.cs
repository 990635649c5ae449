namespace Offstage.Shell.Commands.Jq;

/// <summary>Sorting and what is made of it. All of it is stable.</summary>
internal static class Sorting
{
    public static JsonValue? Sort(JqRun run, JsonValue value)
    {
        if (value is not JsonArray array) return run.Fail($"{ErrorText.Of(value)} cannot be sorted, as it is not an array");
        JsonValue[] items = array.Items.ToArray();
        items = Ordered(run, items, items);
        return JsonArray.Own(items);
    }

    public static JsonValue? Unique(JqRun run, JsonValue value)
        => value is JsonArray ? UniqueBy(run, value, value) : run.Fail($"{ErrorText.Of(value)} cannot be sorted, as it is not an array");

    /// <param name="keys">An array with the key of each item.</param>
    public static JsonValue? SortBy(JqRun run, JsonValue value, JsonValue keys)
        => value is JsonArray array && keys is JsonArray k ? JsonArray.Own(Ordered(run, array.Items.ToArray(), k.Items.ToArray())) : run.Fail($"{ErrorText.Of(value)} cannot be sorted, as it is not an array");

    public static JsonValue? GroupBy(JqRun run, JsonValue value, JsonValue keys)
    {
        if (value is not JsonArray array || keys is not JsonArray k) return run.Fail($"{ErrorText.Of(value)} cannot be grouped, as it is not an array");
        return JsonArray.Own([.. Groups(run, array, k).Select(g => (JsonValue)JsonArray.Of(g))]);
    }

    public static JsonValue? UniqueBy(JqRun run, JsonValue value, JsonValue keys)
    {
        if (value is not JsonArray array || keys is not JsonArray k) return run.Fail($"{ErrorText.Of(value)} cannot be grouped, as it is not an array");
        return JsonArray.Own([.. Groups(run, array, k).Select(g => g[0])]);
    }

    public static JsonValue? Extreme(JqRun run, JsonValue value, JsonValue keys, bool isMax)
    {
        if (value is not JsonArray array || keys is not JsonArray k) return run.Fail($"{ErrorText.Of(value)} and {ErrorText.Of(keys)} cannot be iterated over");
        if (array.Count == 0) return JsonValue.Null;
        int best = 0;
        for (int i = 1; i < array.Count; i++)
        {
            run.Step();
            int order = JsonOrder.Compare(k[i], k[best]);
            if (isMax ? order >= 0 : order < 0) best = i;
        }

        return array[best];
    }

    private static IEnumerable<List<JsonValue>> Groups(JqRun run, JsonArray array, JsonArray keys)
    {
        JsonValue[] names = keys.Items.ToArray();
        int[] order = Order(run, names);
        List<JsonValue>? group = null;
        JsonValue? last = null;
        foreach (int i in order)
        {
            if (group is null || JsonOrder.Compare(last!, names[i]) != 0)
            {
                if (group is not null) yield return group;
                group = [];
                last = names[i];
            }

            group.Add(array[i]);
        }

        if (group is not null) yield return group;
    }

    private static JsonValue[] Ordered(JqRun run, JsonValue[] items, JsonValue[] keys)
    {
        int[] order = Order(run, keys);
        return Array.ConvertAll(order, i => items[i]);
    }

    private static int[] Order(JqRun run, JsonValue[] keys)
    {
        int[] order = [.. Enumerable.Range(0, keys.Length)];
        int compared = 0;
        Array.Sort(order, (a, b) =>
        {
            if ((++compared & 1023) == 0 && run.Context.Budget.Stop is not null) return 0;
            int by = JsonOrder.Compare(keys[a], keys[b]);
            return by != 0 && !(double.IsNaN((keys[a] as JsonNumber)?.Value ?? 0) && double.IsNaN((keys[b] as JsonNumber)?.Value ?? 0)) ? by : a.CompareTo(b);
        });
        run.Context.Check();
        return order;
    }
}
