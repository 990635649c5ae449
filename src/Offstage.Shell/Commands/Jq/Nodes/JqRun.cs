using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Offstage.Shell.Commands.Jq;

/// <summary>One run of a program over its inputs: what its filters share. For one thread at a time.</summary>
internal sealed class JqRun(CommandContext context, JqInputs inputs)
{
    /// <summary>Further stacks that deep recursion may take, and the size of each.</summary>
    private const int StacksMax = 4;
    private const int StackSize = 64 << 20;

    private int steps;
    private int stacks;
    private long chargedBytes;

    public CommandContext Context => context;

    public JqInputs Inputs => inputs;

    /// <summary>Why filters are ending early; null when a sink just wants no more.</summary>
    public Ending? Pending { get; set; }

    /// <summary>Null until it is asked for.</summary>
    public JsonObject? Environment { get; set; }

    public Interruption Interruption => context.Interruption;

    /// <summary>Runs a filter; those in tail position take no deeper stack.</summary>
    public bool Emit(Node node, Frame frame, Item input, Sink sink)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) return EmitOnNewStack(node, frame, input, sink);
        Node? next = node;
        bool result = true;
        while (next is not null)
        {
            if ((++steps & 63) == 0) context.Check();
            next = next.Tail(this, ref frame, ref input, sink, out result);
        }

        return result;
    }

    /// <summary>Called in loops that filters turn themselves.</summary>
    public void Step()
    {
        if ((++steps & 63) == 0) context.Check();
    }

    public JsonValue? Fail(string message) => Fail(JsonValue.Of(message));

    /// <returns>Null, for the caller to return.</returns>
    public JsonValue? Fail(JsonValue value)
    {
        Pending = new Ending.Error(value);
        return null;
    }

    public bool FailEmit(string message)
    {
        Pending = new Ending.Error(JsonValue.Of(message));
        return false;
    }

    /// <summary>Counts memory that a large value takes, to the end of the run.</summary>
    public void Charge(long bytes)
    {
        chargedBytes += bytes;
        context.Budget.Hold(bytes);
    }

    public void Discharge(long bytes)
    {
        chargedBytes -= bytes;
        context.Budget.Release(bytes);
    }

    public void ReleaseAll()
    {
        context.Budget.Release(chargedBytes);
        chargedBytes = 0;
    }

    private bool EmitOnNewStack(Node node, Frame frame, Item input, Sink sink)
    {
        if (stacks == StacksMax) return FailEmit("Recursion too deep");
        stacks++;
        context.Budget.Hold(StackSize);
        bool result = false;
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = Emit(node, frame, input, sink);
                }
                catch (Exception e)
                {
                    thrown = ExceptionDispatchInfo.Capture(e);
                }
            },
            StackSize)
        { IsBackground = true, Name = "jq" };
        thread.Start();
        thread.Join();
        stacks--;
        context.Budget.Release(StackSize);
        thrown?.Throw();
        return result;
    }
}

/// <summary>Why filters end before their outputs do.</summary>
internal abstract record Ending
{
    private Ending() { }

    public sealed record Error(JsonValue Value) : Ending;

    /// <param name="Label">The frame and slot of the label that is broken from.</param>
    public sealed record Break(Frame Frame, int Slot) : Ending;

    public sealed record Halt(int Status, JsonValue? Message) : Ending;
}
