namespace Offstage.Shell.Commands.Jq;

/// <summary>A value on its way through the filters; in path mode with the path by which it was reached.</summary>
/// <param name="Path">Null when paths are not asked for.</param>
/// <param name="At">In path mode, what stands at the path; another value has left it.</param>
internal readonly record struct Item(JsonValue Value, PathLink? Path, JsonValue? At)
{
    public Item(JsonValue value) : this(value, null, null) { }

    public bool IsTracking => Path is not null;

    /// <summary>Another value computed from this one. In path mode it stands nowhere.</summary>
    public Item Computed(JsonValue value) => new(value, Path, At);

    /// <summary>One step down.</summary>
    public Item Down(JsonValue key, JsonValue value) => Path is null ? new(value) : new(value, new PathLink(Path, key), value);

    /// <summary>Whether the value is still the one at its path.</summary>
    public bool IsIntact => Path is null || ReferenceEquals(Value, At)
        || (Value.Kind == At!.Kind && (Value.Kind <= JsonKind.True || (Value is JsonNumber a && At is JsonNumber b && a.Value.Equals(b.Value) && a.Literal == b.Literal)));
}

/// <summary>A path, told backwards.</summary>
/// <param name="Parent">Null for the root.</param>
internal sealed record PathLink(PathLink? Parent, JsonValue? Key)
{
    public static PathLink Root { get; } = new(null, null);

    public JsonArray ToArray()
    {
        int length = 0;
        for (PathLink at = this; at.Parent is not null; at = at.Parent) length++;
        JsonValue[] keys = new JsonValue[length];
        for (PathLink at = this; at.Parent is not null; at = at.Parent) keys[--length] = at.Key!;
        return JsonArray.Own(keys);
    }

    public static PathLink? Append(PathLink? path, JsonArray keys)
    {
        if (path is null) return null;
        for (int i = 0; i < keys.Count; i++) path = new PathLink(path, keys[i]);
        return path;
    }
}

/// <summary>Takes the outputs of a filter one by one.</summary>
/// <returns>False to end the filter.</returns>
internal delegate bool Sink(Item item);
