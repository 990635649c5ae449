namespace Offstage.Shell.Commands.Jq;

/// <summary>Reading, writing and removing what stands at a key or path.</summary>
internal static class Access
{
    private const int IndexMax = (1 << 29) - 1;

    public static string Shown(JsonValue value) => ErrorText.Cut(value, 30);

    public static bool Intact(JqRun run, Item item, JsonValue key)
        => item.IsIntact || run.FailEmit($"Invalid path expression near attempt to access element {Shown(key)} of {Shown(item.Value)}");

    public static JsonValue? Get(JqRun run, JsonValue target, JsonValue key)
    {
        switch (target, key)
        {
            case (JsonObject members, JsonString name):
                return members.Find(name.Value) ?? JsonValue.Null;
            case (JsonArray array, JsonNumber number):
                if (double.IsNaN(number.Value)) return JsonValue.Null;
                double index = Math.Floor(number.Value);
                if (index < 0) index += array.Count;
                return index >= 0 && index < array.Count ? array[(int)index] : JsonValue.Null;
            case (JsonArray array, JsonObject slice):
                return Slices.TryRange(slice, array.Count, out int from, out int to) ? array.Slice(from, to) : run.Fail("Start and end indices of an array slice must be numbers");
            case (JsonString text, JsonObject slice):
                return Slices.TryRange(slice, CodePoints.Length(text.Value), out from, out to)
                    ? JsonValue.Of(CodePoints.Substring(text.Value, from, to)) : run.Fail("Start and end indices of an array slice must be numbers");
            case (JsonArray array, JsonArray wanted):
                return Slices.Indexes(array, wanted);
            case ({ IsNull: true }, JsonString or JsonNumber or JsonObject or { IsNull: true }):
                return JsonValue.Null;
            default:
                return run.Fail(key is JsonString s && target.Kind != JsonKind.Object
                    ? $"Cannot index {target.TypeName} with string \"{s.Value}\""
                    : $"Cannot index {target.TypeName} with {key.TypeName}");
        }
    }

    public static JsonValue? GetPath(JqRun run, JsonValue target, JsonArray keys)
    {
        for (int i = 0; i < keys.Count; i++)
        {
            if (target.IsNull) return JsonValue.Null;
            JsonValue? next = Get(run, target, keys[i]);
            if (next is null) return null;
            target = next;
        }

        return target;
    }

    public static JsonValue? Set(JqRun run, JsonValue target, JsonValue key, JsonValue value)
    {
        switch (target, key)
        {
            case (JsonObject or { IsNull: true }, JsonString name):
                return HeldMemory.Watch(run, (target as JsonObject ?? JsonObject.Empty).With(name.Value, value));
            case (JsonArray or { IsNull: true }, JsonNumber number):
                var array = target as JsonArray ?? JsonArray.Empty;
                double index = Math.Floor(number.Value);
                if (index < 0) index += array.Count;
                if (index < 0) return run.Fail("Out of bounds negative array index");
                if (index > IndexMax) return run.Fail("Array index too large");
                if (index >= array.Count + 1000) return HeldMemory.WatchWhole(run, array.With((int)index, value));
                return HeldMemory.Watch(run, array.With((int)index, value));
            case (JsonArray or { IsNull: true }, JsonObject slice):
                var whole = target as JsonArray ?? JsonArray.Empty;
                if (!Slices.TryRange(slice, whole.Count, out int from, out int to)) return run.Fail("Start and end indices of an array slice must be numbers");
                return value is JsonArray part
                    ? whole.Slice(0, from).Append(part).Append(whole.Slice(to, whole.Count))
                    : run.Fail("A slice of an array can only be assigned another array");
            default:
                return run.Fail(key is JsonObject && target.Kind != JsonKind.Object ? $"Cannot update field at object index of {target.TypeName}"
                    : key is JsonString s && target.Kind != JsonKind.Object ? $"Cannot index {target.TypeName} with string \"{s.Value}\""
                    : key is JsonArray && target is JsonArray ? "Cannot update field at array index of array"
                    : $"Cannot index {target.TypeName} with {key.TypeName}");
        }
    }

    public static JsonValue? SetPath(JqRun run, JsonValue target, JsonArray keys, int depth, JsonValue value)
    {
        if (depth == keys.Count) return value;
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        JsonValue key = keys[depth];
        if (depth == keys.Count - 1) return Set(run, target, key, value);
        JsonValue? child = Get(run, target, key);
        if (child is null) return null;
        JsonValue? changed = SetPath(run, child, keys, depth + 1, value);
        return changed is null ? null : Set(run, target, key, changed);
    }

    /// <param name="paths">Arrays; removed from the last to the first, so that earlier ones stay true.</param>
    public static JsonValue? DeletePaths(JqRun run, JsonValue target, JsonValue paths)
    {
        if (paths is not JsonArray list) return run.Fail("Paths must be specified as an array");
        JsonValue[] sorted = list.Items.ToArray();
        Array.Sort(sorted, JsonOrder.Instance);
        JsonValue? result = target;
        for (int i = sorted.Length - 1; i >= 0 && result is not null; i--)
        {
            if (sorted[i] is not JsonArray path) return run.Fail("Path must be specified as an array");
            if (path.Count == 0) return JsonValue.Null;
            result = DeletePath(run, result, path, 0);
        }

        return result;
    }

    private static JsonValue? DeletePath(JqRun run, JsonValue target, JsonArray path, int depth)
    {
        if (target.IsNull) return target;
        JsonValue key = path[depth];
        if (depth == path.Count - 1) return Delete(run, target, key);
        JsonValue? child = Get(run, target, key);
        if (child is null || child.IsNull) return child is null ? null : target;
        JsonValue? changed = DeletePath(run, child, path, depth + 1);
        return changed is null ? null : Set(run, target, key, changed);
    }

    private static JsonValue? Delete(JqRun run, JsonValue target, JsonValue key)
    {
        switch (target, key)
        {
            case (JsonObject members, JsonString name):
                return members.Without(name.Value);
            case (JsonArray array, JsonNumber number):
                double index = Math.Floor(number.Value);
                if (index < 0) index += array.Count;
                if (!(index >= 0 && index < array.Count)) return array;
                return array.Slice(0, (int)index).Append(array.Slice((int)index + 1, array.Count));
            case (JsonArray array, JsonObject slice):
                if (!Slices.TryRange(slice, array.Count, out int from, out int to)) return run.Fail("Start and end indices of an array slice must be numbers");
                return array.Slice(0, from).Append(array.Slice(to, array.Count));
            case (JsonObject, _):
                return run.Fail($"Cannot delete field at object index of {key.TypeName}");
            default:
                return run.Fail(key is JsonString && target is JsonArray ? "Cannot delete field at array index of string" : $"Cannot delete field at {(key is JsonString ? "object" : "array")} index of {target.TypeName}");
        }
    }
}
