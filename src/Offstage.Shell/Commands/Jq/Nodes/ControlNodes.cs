namespace Offstage.Shell.Commands.Jq;

/// <summary><c>try a catch b</c>; without a handler the error ends the outputs in silence.</summary>
internal sealed class TryNode(Node body, Node? handler) : Node
{
    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
    {
        bool stoppedBelow = false;
        if (run.Emit(body, frame, input, item => !(stoppedBelow = !sink(item)))) return true;
        if (stoppedBelow || run.Pending is not Ending.Error error) return false;
        if (error.Value is JsonObject mark && mark.Find("__jq") is not null) return false;
        run.Pending = null;
        return handler is null || run.Emit(handler, frame, new(error.Value, input.Path, input.At), sink);
    }
}

internal sealed class LabelNode(int slot, Node body) : Node
{
    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
    {
        bool result = run.Emit(body, frame, input, sink);
        if (!result && run.Pending is Ending.Break broken && broken.Frame == frame && broken.Slot == slot)
        {
            run.Pending = null;
            result = true;
        }

        return result;
    }
}

internal sealed class BreakNode(int depth, int slot) : Node
{
    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
    {
        run.Pending = new Ending.Break(frame.Up(depth), slot);
        return false;
    }
}

internal sealed class ReduceNode(Node source, Pattern pattern, Node initial, Node update) : Node
{
    public override bool IsSingle => initial.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
    {
        JsonValue? only = null;
        return Emit(run, frame, new(input), item =>
        {
            only = item.Value;
            return true;
        }) ? only : null;
    }

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
        => run.Emit(initial, frame, input, first =>
        {
            Item? state = first;
            bool done = run.Emit(source, frame, new(input.Value), item => pattern.Bind(run, frame, item.Value, () =>
            {
                Item? last = null;
                bool result = run.Emit(update, frame, state ?? new(JsonValue.Null, input.Path, JsonValue.Null), changed =>
                {
                    last = changed;
                    return true;
                });
                state = last;
                return result;
            }));
            // An update without output leaves null, as of 1.7.
            return done && sink(state ?? input.Computed(JsonValue.Null));
        });
}

internal sealed class ForeachNode(Node source, Pattern pattern, Node initial, Node update, Node? extract) : Node
{
    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
        => run.Emit(initial, frame, input, first =>
        {
            Item state = first;
            return run.Emit(source, frame, new(input.Value), item => pattern.Bind(run, frame, item.Value, () =>
                run.Emit(update, frame, state, changed =>
                {
                    state = changed;
                    return extract is null ? sink(changed) : run.Emit(extract, frame, changed, sink);
                })));
        });
}

/// <summary><c>source as pattern | body</c>.</summary>
internal sealed class BindNode(Node source, IReadOnlyList<Pattern> patterns, IReadOnlyList<int> allSlots, Node body) : TailNode
{
    public override bool IsSingle { get; } = source.IsSingle && patterns is [Pattern.Variable] && body.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
    {
        if (source.One(run, frame, input) is not { } value) return null;
        frame[((Pattern.Variable)patterns[0]).Slot] = value;
        return body.One(run, frame, input);
    }

    public override Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result)
    {
        if (source.IsSingle && patterns is [Pattern.Variable variable])
        {
            result = false;
            if (source.One(run, frame, input.Value) is not { } value) return null;
            frame[variable.Slot] = value;
            return body;
        }

        Frame mine = frame;
        Item from = input;
        result = run.Emit(source, frame, new(input.Value), item => Bind(run, mine, from, item.Value, sink));
        return null;
    }

    private bool Bind(JqRun run, Frame frame, Item input, JsonValue value, Sink sink)
    {
        if (patterns.Count == 1) return patterns[0].Bind(run, frame, value, () => run.Emit(body, frame, input, sink));
        for (int i = 0; ; i++)
        {
            foreach (int slot in allSlots) frame[slot] = JsonValue.Null;
            bool stopped = false;
            if (patterns[i].Bind(run, frame, value, () => run.Emit(body, frame, input, item => !(stopped = !sink(item))))) return true;
            // An error of the pattern, or of what follows, tries the next one.
            if (stopped || run.Pending is not Ending.Error || i == patterns.Count - 1) return false;
            run.Pending = null;
        }
    }
}
