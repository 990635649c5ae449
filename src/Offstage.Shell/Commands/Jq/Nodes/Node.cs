using System.Diagnostics;

namespace Offstage.Shell.Commands.Jq;

/// <summary>A compiled filter. Immutable once its program is compiled, and so for several threads.</summary>
internal abstract class Node
{
    /// <summary>Whether it gives exactly one value or an error, so that <see cref="One"/> can be asked.</summary>
    public virtual bool IsSingle => false;

    /// <summary>Gives every output to the sink.</summary>
    /// <returns>False when it ended early: the sink said so, or <see cref="JqRun.Pending"/> tells why.</returns>
    public abstract bool Emit(JqRun run, Frame frame, Item input, Sink sink);

    /// <summary>The only output.</summary>
    /// <returns>Null on an error, which is pending then.</returns>
    public virtual JsonValue? One(JqRun run, Frame frame, JsonValue input) => throw new UnreachableException();

    /// <summary>Does what comes before the filter in tail position and tells which that is; null when all is done.</summary>
    public virtual Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result)
    {
        result = Emit(run, frame, input, sink);
        return null;
    }
}

/// <summary>A filter that ends with another, which is run without a deeper stack.</summary>
internal abstract class TailNode : Node
{
    public sealed override bool Emit(JqRun run, Frame frame, Item input, Sink sink) => run.Emit(this, frame, input, sink);

    public abstract override Node? Tail(JqRun run, ref Frame frame, ref Item input, Sink sink, out bool result);
}

/// <summary>A filter that computes one value of its input.</summary>
internal abstract class SingleNode : Node
{
    public sealed override bool IsSingle => true;

    public abstract override JsonValue? One(JqRun run, Frame frame, JsonValue input);

    public sealed override bool Emit(JqRun run, Frame frame, Item input, Sink sink)
    {
        JsonValue? value = One(run, frame, input.Value);
        return value is not null && sink(input.Computed(value));
    }
}
