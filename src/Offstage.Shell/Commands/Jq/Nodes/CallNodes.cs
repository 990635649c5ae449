namespace Offstage.Shell.Commands.Jq;

/// <summary>Calls a function that is written in jq.</summary>
/// <param name="depth">How many frames up the function was defined.</param>
internal sealed class CallNode(Code function, int depth, Code[] arguments) : TailNode
{
    public override bool IsSingle { get; } = function.IsComplete && function.Body.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        Item item = new(input);
        _ = Tail(run, ref frame, ref item, static _ => true, out _);
        return function.Body.One(run, frame, input);
    }

    public override Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result)
    {
        result = true;
        Closure[] closures = arguments.Length == 0 ? [] : new Closure[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            // An argument that only passes on one of ours is that one: recursion does not lengthen a chain.
            closures[i] = arguments[i].Body is ArgumentNode { Depth: > 0 } passed ? frame.Up(passed.Depth - 1).Closures[passed.Index] : new Closure(arguments[i], frame);
        }

        frame = new Frame(depth < 0 ? null : frame.Up(depth), function, closures);
        return function.Body;
    }
}

/// <summary>Runs a filter that the function was given.</summary>
internal sealed class ArgumentNode(int depth, int index) : TailNode
{
    public int Depth => depth;

    public int Index => index;

    public override Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result)
    {
        result = true;
        Closure closure = frame.Up(depth).Closures[index];
        frame = new Frame(closure.Frame, closure.Code, []);
        return closure.Code.Body;
    }
}

/// <summary>A function of ours that gives one value for each combination of its arguments' values; the last argument turns slowest.</summary>
internal sealed class NativeNode(Func<JqRun, JsonValue, JsonValue[], JsonValue?> function, Node[] arguments) : Node
{
    public override bool IsSingle { get; } = arguments.All(a => a.IsSingle);

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
    {
        JsonValue[] values = arguments.Length == 0 ? [] : new JsonValue[arguments.Length];
        for (int i = arguments.Length - 1; i >= 0; i--)
        {
            if (arguments[i].One(run, frame, input) is not { } value) return null;
            values[i] = value;
        }

        return function(run, input, values);
    }

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
    {
        if (IsSingle) return One(run, frame, input.Value) is { } value && sink(input.Computed(value));
        return Each(run, frame, input, sink, new JsonValue[arguments.Length], arguments.Length - 1);
    }

    private bool Each(JqRun run, Frame frame, Item input, Sink sink, JsonValue[] values, int index)
    {
        if (index < 0) return function(run, input.Value, [.. values]) is { } value && sink(input.Computed(value));
        return run.Emit(arguments[index], frame, new(input.Value), item =>
        {
            values[index] = item.Value;
            return Each(run, frame, input, sink, values, index - 1);
        });
    }
}

/// <summary>A filter argument of a function of ours: it runs in a frame of its own.</summary>
internal sealed class FramedNode(Code code) : TailNode
{
    public override bool IsSingle => code.Body.IsSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input) => code.Body.One(run, new Frame(frame, code, []), input);

    public override Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result)
    {
        result = true;
        frame = new Frame(frame, code, []);
        return code.Body;
    }
}

/// <summary>A function of ours that takes filters and may give any number of outputs.</summary>
internal delegate bool FilterFunction(JqRun run, Frame frame, Item input, Node[] arguments, Sink sink);

/// <param name="isSingle">Whether it gives one output or an error, whatever its filters do.</param>
internal sealed class FilterNode(FilterFunction function, Node[] arguments, bool isSingle) : Node
{
    public override bool IsSingle => isSingle;

    public override JsonValue? One(JqRun run, Frame frame, JsonValue input)
    {
        JsonValue? only = null;
        return function(run, frame, new(input), arguments, item =>
        {
            only = item.Value;
            return true;
        }) ? only : null;
    }

    public override bool Emit(JqRun run, Frame frame, Item input, Sink sink) => function(run, frame, input, arguments, sink);
}
