namespace Offstage.Shell.Commands.Jq;

internal sealed class IdentityNode : Node
{
    public static IdentityNode Instance { get; } = new();

    public override bool IsSingle => true;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input) => input;

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink) => sink(input);
}

internal sealed class LiteralNode(JsonValue value) : SingleNode
{
    public JsonValue Value => value;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input) => value;
}

internal sealed class VariableNode(int depth, int slot) : SingleNode
{
    public override JsonValue? One(JqRun run, Frame frame, JsonValue input) => frame.Up(depth)[slot];
}

/// <summary>A variable that the call of the program gave.</summary>
internal sealed class GlobalNode(Func<JqRun, JsonValue> find) : SingleNode
{
    public override JsonValue? One(JqRun run, Frame frame, JsonValue input) => find(run);
}

internal sealed class PipeNode(Node left, Node right) : TailNode
{
    public override bool IsSingle { get; } = left.IsSingle && right.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input) => left.One(run, frame, input) is { } value ? right.One(run, frame, value) : null;

    public override Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result)
    {
        if (left.IsSingle && !input.IsTracking)
        {
            result = false;
            if (left.One(run, frame, input.Value) is not { } value) return null;
            input = new(value);
            return right;
        }

        Frame mine = frame;
        result = run.Emit(left, frame, input, item => run.Emit(right, mine, item, sink));
        return null;
    }
}

internal sealed class CommaNode(Node left, Node right) : TailNode
{
    public override Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result)
    {
        result = run.Emit(left, frame, input, sink);
        return result ? right : null;
    }
}

internal sealed class IfNode(Node condition, Node then, Node otherwise) : TailNode
{
    public override bool IsSingle { get; } = condition.IsSingle && then.IsSingle && otherwise.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
        => condition.One(run, frame, input) is not { } value ? null : (value.IsTrue ? then : otherwise).One(run, frame, input);

    public override Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result)
    {
        if (condition.IsSingle)
        {
            result = false;
            return condition.One(run, frame, input.Value) is not { } value ? null : value.IsTrue ? then : otherwise;
        }

        Frame mine = frame;
        Item from = input;
        result = run.Emit(condition, frame, new(input.Value), item => run.Emit(item.Value.IsTrue ? then : otherwise, mine, from, sink));
        return null;
    }
}

/// <summary><c>a // b</c>: what is true of <paramref name="left"/>, otherwise <paramref name="right"/>.</summary>
internal sealed class AlternativeNode(Node left, Node right) : TailNode
{
    public override Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result)
    {
        bool any = false, stopped = false;
        bool ended = !run.Emit(left, frame, input, item =>
        {
            if (!item.Value.IsTrue) return true;
            any = true;
            return !(stopped = !sink(item));
        });
        result = !stopped;
        if (stopped) return null;
        if (ended && run.Pending is not Ending.Error)
        {
            result = false;
            return null;
        }

        if (ended) run.Pending = null;
        return any ? null : right;
    }
}

internal sealed class LogicNode(Node left, Node right, bool isOr) : Node
{
    public override bool IsSingle { get; } = left.IsSingle && right.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
    {
        JsonValue? value = left.One(run, frame, input);
        if (value is null || value.IsTrue == isOr) return value is null ? null : JsonValue.Of(isOr);
        value = right.One(run, frame, input);
        return value is null ? null : JsonValue.Of(value.IsTrue);
    }

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
        => run.Emit(left, frame, new(input.Value), first => first.Value.IsTrue == isOr
            ? sink(input.Computed(JsonValue.Of(isOr)))
            : run.Emit(right, frame, new(input.Value), second => sink(input.Computed(JsonValue.Of(second.Value.IsTrue)))));
}

/// <summary>An operator of two values. The right side turns slower than the left one.</summary>
internal sealed class BinaryNode(Node left, Node right, Func<JqRun, JsonValue, JsonValue, JsonValue?> operation) : Node
{
    public override bool IsSingle { get; } = left.IsSingle && right.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
        => right.One(run, frame, input) is { } b && left.One(run, frame, input) is { } a ? operation(run, a, b) : null;

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
        => run.Emit(right, frame, new(input.Value), second => run.Emit(left, frame, new(input.Value), first =>
            operation(run, first.Value, second.Value) is { } value && sink(input.Computed(value))));
}

internal sealed class NegateNode(Node operand) : Node
{
    public override bool IsSingle => operand.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
        => operand.One(run, frame, input) is not { } value ? null : value is JsonNumber n ? JsonValue.Of(-n.Value) : run.Fail($"{ErrorText.Of(value)} cannot be negated");

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
        => run.Emit(operand, frame, new(input.Value), item => item.Value is JsonNumber n
            ? sink(input.Computed(JsonValue.Of(-n.Value)))
            : run.FailEmit($"{ErrorText.Of(item.Value)} cannot be negated"));
}
