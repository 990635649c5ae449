namespace Offstage.Shell.Commands.Jq;

/// <summary><c>[f]</c>.</summary>
internal sealed class CollectNode(Node? body) : SingleNode
{
    private const int ChargedFrom = 4096;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
    {
        if (body is null) return JsonArray.Empty;
        if (body.IsSingle) return body.One(run, frame, input) is { } only ? JsonArray.Own([only]) : null;
        JsonValue[] items = [];
        int count = 0;
        long charged = 0;
        bool done = run.Emit(body, frame, new(input), item =>
        {
            if (count == items.Length)
            {
                if (count >= ChargedFrom)
                {
                    // 32 bytes stand for an element: its place and what it is.
                    run.Charge(count * 32L);
                    charged += count * 32L;
                }

                Array.Resize(ref items, Math.Max(4, count * 2));
            }

            items[count++] = item.Value;
            return true;
        });
        run.Discharge(charged);
        return done ? HeldMemory.WatchWhole(run, JsonArray.Own(items, count)) : null;
    }
}

/// <summary><c>{…}</c>: an object for each combination of keys and values; the first member turns slowest.</summary>
internal sealed class ObjectNode(IReadOnlyList<(Node Key, Node Value)> members) : Node
{
    public override bool IsSingle { get; } = members.All(m => m.Key.IsSingle && m.Value.IsSingle);

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
    {
        JsonObject made = JsonObject.Empty;
        foreach (var (key, value) in members)
        {
            if (key.One(run, frame, input) is not { } name || value.One(run, frame, input) is not { } part) return null;
            if (name is not JsonString text) return run.Fail(Refusal(name));
            made = made.With(text.Value, part);
        }

        return made;
    }

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
    {
        if (IsSingle) return One(run, frame, input.Value) is { } value && sink(input.Computed(value));
        return Each(run, frame, input, 0, JsonObject.Empty, sink);
    }

    private bool Each(JqRun run, Frame frame, Item input, int index, JsonObject made, Sink sink)
    {
        if (index == members.Count) return sink(input.Computed(made));
        var (key, value) = members[index];
        return run.Emit(key, frame, new(input.Value), name => run.Emit(value, frame, new(input.Value), part =>
            name.Value is JsonString text ? Each(run, frame, input, index + 1, made.With(text.Value, part.Value), sink) : run.FailEmit(Refusal(name.Value))));
    }

    private static string Refusal(JsonValue key) => $"Object keys must be strings";
}

/// <summary>A string with interpolations, each formatted: <c>@uri "…\(f)…"</c>. The last interpolation turns slowest.</summary>
/// <param name="parts">Literal pieces, or filters.</param>
internal sealed class InterpolationNode(IReadOnlyList<(string? Text, Node? Filter)> parts, string format) : Node
{
    public override bool IsSingle { get; } = parts.All(p => p.Filter is null || p.Filter.IsSingle);

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
    {
        string[] texts = new string[parts.Count];
        for (int i = parts.Count - 1; i >= 0; i--)
        {
            if (parts[i].Filter is not { } filter) texts[i] = parts[i].Text!;
            else if (filter.One(run, frame, input) is not { } value || Formats.Apply(run, format, value) is not JsonString text) return null;
            else texts[i] = text.Value;
        }

        return JsonValue.Of(string.Concat(texts));
    }

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
    {
        if (IsSingle) return One(run, frame, input.Value) is { } value && sink(input.Computed(value));
        return Each(run, frame, input, parts.Count - 1, "", sink);
    }

    private bool Each(JqRun run, Frame frame, Item input, int index, string behind, Sink sink)
    {
        if (index < 0) return sink(input.Computed(JsonValue.Of(behind)));
        var (text, filter) = parts[index];
        if (filter is null) return Each(run, frame, input, index - 1, text + behind, sink);
        return run.Emit(filter, frame, new(input.Value), item => Formats.Apply(run, format, item.Value) is JsonString shown && Each(run, frame, input, index - 1, shown.Value + behind, sink));
    }
}
