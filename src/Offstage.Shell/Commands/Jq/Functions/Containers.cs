using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Functions of arrays and objects.</summary>
internal static class Containers
{
    public static JsonValue? Keys(JqRun run, JsonValue value, bool sorted)
    {
        switch (value)
        {
            case JsonObject members:
                string[] keys = sorted ? members.SortedKeys() : members.Keys.ToArray();
                return JsonArray.Own([.. keys.Select(JsonValue.Of)]);
            case JsonArray array:
                return JsonArray.Own([.. Enumerable.Range(0, array.Count).Select(i => (JsonValue)JsonValue.Of(i))]);
            default:
                return run.Fail($"{ErrorText.Of(value)} has no keys");
        }
    }

    public static JsonValue? Has(JqRun run, JsonValue value, JsonValue key) => (value, key) switch
    {
        (JsonObject members, JsonString name) => JsonValue.Of(members.Find(name.Value) is not null),
        (JsonArray array, JsonNumber number) => JsonValue.Of(number.Value >= 0 && number.Value < array.Count),
        _ => run.Fail($"Cannot check whether {value.TypeName} has a {(key is JsonString ? "string" : key.TypeName)} key"),
    };

    public static JsonValue? Contains(JqRun run, JsonValue value, JsonValue part)
        => value.TypeName == part.TypeName ? JsonValue.Of(Contains(value, part)) : run.Fail($"{ErrorText.Of(value)} and {ErrorText.Of(part)} cannot have their containment checked");

    private static bool Contains(JsonValue value, JsonValue part)
    {
        switch (value, part)
        {
            case (JsonObject a, JsonObject b):
                System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
                for (int i = 0; i < b.Count; i++)
                {
                    if (a.Find(b.Keys[i]) is not { } mine || !Contains(mine, b.Values[i])) return false;
                }

                return true;
            case (JsonArray a, JsonArray b):
                System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
                for (int i = 0; i < b.Count; i++)
                {
                    bool found = false;
                    for (int k = 0; k < a.Count && !found; k++) found = Contains(a[k], b[i]);
                    if (!found) return false;
                }

                return true;
            case (JsonString a, JsonString b):
                return a.Value.Contains(b.Value, StringComparison.Ordinal);
            default:
                return JsonOrder.AreEqual(value, part);
        }
    }

    public static JsonValue? Sum(JqRun run, JsonValue value)
    {
        JsonValue[] items;
        if (value is JsonArray array) items = array.Items.ToArray();
        else if (value is JsonObject members) items = members.Values.ToArray();
        else return run.Fail($"Cannot iterate over {ErrorText.Of(value)}");
        if (items.Length > 1 && items.All(i => i is JsonString))
        {
            long length = items.Sum(i => (long)((JsonString)i).Value.Length);
            if (length > 1 << 28) throw new JqMemoryException();
            return HeldMemory.Watch(run, JsonValue.Of(string.Concat(items.Select(i => ((JsonString)i).Value))));
        }

        JsonValue? sum = JsonValue.Null;
        foreach (JsonValue item in items)
        {
            run.Step();
            sum = Operators.Add(run, sum, item);
            if (sum is null) return null;
        }

        return sum;
    }

    public static JsonValue? Reverse(JqRun run, JsonValue value)
    {
        switch (value)
        {
            case JsonArray array:
                JsonValue[] items = array.Items.ToArray();
                Array.Reverse(items);
                return JsonArray.Own(items);
            case JsonString text:
                return JsonValue.Of(string.Concat(text.Value.EnumerateRunes().Reverse().Select(r => r.ToString())));
            case { IsNull: true }:
                return JsonArray.Empty;
            default:
                return run.Fail($"Cannot reverse {ErrorText.Of(value)}");
        }
    }

    public static JsonValue? Flatten(JqRun run, JsonValue value, double depth)
    {
        if (value is not (JsonArray or JsonObject)) return run.Fail($"Cannot iterate over {ErrorText.Of(value)}");
        var flat = new List<JsonValue>();
        Flatten(value is JsonArray a ? a.Items.ToArray() : ((JsonObject)value).Values.ToArray(), depth, flat);
        return JsonArray.Of(flat);
    }

    private static void Flatten(JsonValue[] items, double depth, List<JsonValue> flat)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (JsonValue item in items)
        {
            if (item is JsonArray inner && depth > 0) Flatten(inner.Items.ToArray(), depth - 1, flat);
            else flat.Add(item);
        }
    }

    public static JsonValue? Transpose(JqRun run, JsonValue value)
    {
        if (value is not JsonArray rows || rows.Items.ToArray().Any(r => r is not JsonArray)) return run.Fail($"Cannot index {value.TypeName} with number");
        JsonArray[] lines = [.. rows.Items.ToArray().Cast<JsonArray>()];
        int width = lines.Length == 0 ? 0 : lines.Max(l => l.Count);
        run.Step();
        return JsonArray.Own([.. Enumerable.Range(0, width).Select(c => (JsonValue)JsonArray.Own([.. lines.Select(l => c < l.Count ? l[c] : JsonValue.Null)]))]);
    }

    public static JsonValue? ToEntries(JqRun run, JsonValue value)
    {
        if (value is JsonArray array) return JsonArray.Own([.. Enumerable.Range(0, array.Count).Select(i => (JsonValue)JsonObject.Own(["key", "value"], [JsonValue.Of(i), array[i]], 2))]);
        if (value is not JsonObject members) return run.Fail($"{ErrorText.Of(value)} has no keys");
        JsonValue[] entries = new JsonValue[members.Count];
        for (int i = 0; i < entries.Length; i++) entries[i] = JsonObject.Own(["key", "value"], [JsonValue.Of(members.Keys[i]), members.Values[i]], 2);
        return JsonArray.Own(entries);
    }

    public static JsonValue? FromEntries(JqRun run, JsonValue value)
    {
        if (value is not (JsonArray or JsonObject)) return run.Fail($"Cannot iterate over {ErrorText.Of(value)}");
        JsonObject made = JsonObject.Empty;
        foreach (JsonValue entry in value is JsonArray array ? array.Items.ToArray() : ((JsonObject)value).Values.ToArray())
        {
            if (!(entry is JsonObject || entry.IsNull)) return run.Fail($"Cannot index {entry.TypeName} with string \"key\"");
            var members = entry as JsonObject ?? JsonObject.Empty;
            JsonValue key = First(members, "key", "k", "name", "Name", "Key", "K") ?? JsonValue.Null;
            string name = Formats.Text(key).Value;
            JsonValue? part = null;
            foreach (string candidate in (ReadOnlySpan<string>)["value", "v", "Value", "V"]) part ??= members.Find(candidate);
            made = made.With(name, part ?? JsonValue.Null);
        }

        return made;
    }

    /// <summary>The first member that is neither null nor absent; false counts.</summary>
    private static JsonValue? First(JsonObject members, params ReadOnlySpan<string> names)
    {
        JsonValue? weak = null;
        foreach (string name in names)
        {
            JsonValue? value = members.Find(name);
            if (value is { IsTrue: true }) return value;
            if (value is { IsNull: false }) weak ??= value;
        }

        return weak;
    }

    public static JsonValue? Join(JqRun run, JsonValue value, JsonValue separator)
    {
        if (value is not (JsonArray or JsonObject)) return run.Fail($"Cannot iterate over {ErrorText.Of(value)}");
        JsonValue[] items = value is JsonArray array ? array.Items.ToArray() : ((JsonObject)value).Values.ToArray();
        if (items.Length == 0) return JsonString.Empty;
        if (separator is not JsonString between) return separator.IsNull && items.Length > 0 && items.All(i => i.Kind < JsonKind.Array) ? JsonValue.Of(string.Concat(items.Select(Piece))) : run.Fail($"{ErrorText.Of(JsonString.Empty)} and {ErrorText.Of(separator)} cannot be added");
        var text = new StringBuilder();
        for (int i = 0; i < items.Length; i++)
        {
            if (i > 0) text.Append(between.Value);
            if (items[i].Kind >= JsonKind.Array) return run.Fail($"{ErrorText.Of(JsonValue.Of(text.ToString()))} and {ErrorText.Of(items[i])} cannot be added");
            text.Append(Piece(items[i]));
        }

        return HeldMemory.Watch(run, JsonValue.Of(text.ToString()));
    }

    private static string Piece(JsonValue value) => value.IsNull ? "" : Formats.Text(value).Value;

    public static JsonValue? Indexes(JqRun run, JsonValue value, JsonValue wanted) => (value, wanted) switch
    {
        ({ IsNull: true }, _) => JsonValue.Null,
        (JsonArray a, JsonArray b) => Slices.Indexes(a, b),
        (JsonArray a, _) => Slices.Indexes(a, JsonArray.Own([wanted])),
        (JsonString a, JsonString b) => Texts.Indexes(a.Value, b.Value),
        _ => run.Fail($"Cannot determine indices of {wanted.TypeName} in {value.TypeName}"),
    };
}
