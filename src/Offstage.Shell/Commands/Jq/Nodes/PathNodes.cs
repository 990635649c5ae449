namespace Offstage.Shell.Commands.Jq;

/// <summary><c>.[key]</c>. The key sees the input of the whole term, not what is indexed.</summary>
internal sealed class IndexNode(Node target, Node key) : Node
{
    public override bool IsSingle { get; } = target.IsSingle && key.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
        => key.One(run, frame, input) is { } k && target.One(run, frame, input) is { } t ? Access.Get(run, t, k) : null;

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
    {
        if (key.IsSingle)
        {
            return run.Emit(target, frame, input, item => key.One(run, frame, input.Value) is { } k && Down(run, item, k, sink));
        }

        return run.Emit(target, frame, input, item => run.Emit(key, frame, new(input.Value), k => Down(run, item, k.Value, sink)));
    }

    private static bool Down(JqRun run, Item item, JsonValue key, Sink sink)
        => Access.Intact(run, item, key) && Access.Get(run, item.Value, key) is { } value && sink(item.Down(key, value));
}

/// <summary><c>.[from:to]</c>; absent bounds are null literals.</summary>
internal sealed class SliceNode(Node target, Node from, Node to) : Node
{
    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
        => run.Emit(target, frame, input, item => run.Emit(to, frame, new(input.Value), end => run.Emit(from, frame, new(input.Value), start =>
        {
            JsonValue key = Slices.Key(start.Value, end.Value);
            return Access.Intact(run, item, key) && Access.Get(run, item.Value, key) is { } value && sink(item.Down(key, value));
        })));
}

/// <summary><c>.[]</c>.</summary>
internal sealed class IterateNode(Node target) : Node
{
    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
    {
        if (target.IsSingle && !input.IsTracking) return target.One(run, frame, input.Value) is { } value && Each(run, new(value), sink);
        return run.Emit(target, frame, input, item => Each(run, item, sink));
    }

    public static bool Each(JqRun run, Item item, Sink sink)
    {
        if (!item.IsIntact) return run.FailEmit($"Invalid path expression near attempt to iterate through {Access.Shown(item.Value)}");
        switch (item.Value)
        {
            case JsonArray array:
                for (int i = 0; i < array.Count; i++)
                {
                    run.Step();
                    JsonValue value = array[i];
                    if (!sink(item.IsTracking ? item.Down(JsonValue.Of(i), value) : new(value))) return false;
                }

                return true;
            case JsonObject members:
                string[] keys = members.Keys.ToArray();
                JsonValue[] values = members.Values.ToArray();
                for (int i = 0; i < keys.Length; i++)
                {
                    run.Step();
                    if (!sink(item.IsTracking ? item.Down(JsonValue.Of(keys[i]), values[i]) : new(values[i]))) return false;
                }

                return true;
            default:
                return run.FailEmit($"Cannot iterate over {(item.Value.IsNull ? "null (null)" : ErrorText.Of(item.Value))}");
        }
    }
}

/// <summary><c>..</c>: the value and everything in it.</summary>
internal sealed class DescendNode : Node
{
    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink) => Descend(run, input, sink);

    private static bool Descend(JqRun run, Item item, Sink sink)
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack()) return run.FailEmit("Recursion too deep");
        if (!sink(item)) return false;
        return item.Value.Kind < JsonKind.Array || IterateNode.Each(run, item, child => Descend(run, child, sink));
    }
}

/// <summary><c>getpath(p)</c>, which is a path itself.</summary>
internal sealed class GetPathNode(Node path) : Node
{
    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
        => run.Emit(path, frame, new(input.Value), item =>
        {
            if (item.Value is not JsonArray keys) return run.FailEmit("Path must be specified as an array");
            if (!input.IsIntact) return run.FailEmit($"Invalid path expression with result {Access.Shown(input.Value)}");
            JsonValue? value = Access.GetPath(run, input.Value, keys);
            if (value is null) return false;
            return sink(input.IsTracking ? new(value, PathLink.Append(input.Path, keys), value) : new(value));
        });
}

/// <summary><c>path(f)</c>.</summary>
internal sealed class PathNode(Node filter) : Node
{
    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
        => Paths(run, filter, frame, input.Value, path => sink(input.Computed(path)));

    /// <summary>Gives every path of a filter as an array.</summary>
    public static bool Paths(JqRun run, Node filter, Frame frame, JsonValue input, Func<JsonArray, bool> take)
        => run.Emit(filter, frame, new(input, PathLink.Root, input), item => item.IsIntact
            ? take(item.Path!.ToArray())
            : run.FailEmit($"Invalid path expression with result {Access.Shown(item.Value)}"));
}
