namespace Offstage.Shell.Commands.Jq;

/// <summary>The variables and filter arguments of one activation of a function or of a filter argument.</summary>
/// <remarks>A filter that runs again while it is still running has a frame of its own, so a binding is never overwritten while it is needed.</remarks>
internal sealed class Frame(Frame? parent, Code code, Closure[] closures)
{
    private JsonValue[]? variables;

    public Frame? Parent => parent;

    public Closure[] Closures => closures;

    public JsonValue this[int slot]
    {
        get => variables![slot];
        set => (variables ??= new JsonValue[code.VariableCount])[slot] = value;
    }

    public Frame Up(int depth)
    {
        Frame at = this;
        for (; depth > 0; depth--) at = at.Parent!;
        return at;
    }
}

/// <summary>A filter with the frame in which it was written.</summary>
internal readonly record struct Closure(Code Code, Frame? Frame);

/// <summary>The body of a function, of a filter argument or of a program.</summary>
internal sealed class Code(string name)
{
    public string Name => name;

    /// <summary>What it does; nothing before <see cref="Complete"/>.</summary>
    public Node Body { get; private set; } = IdentityNode.Instance;

    /// <summary>False while the body is read, when it may already be called by itself.</summary>
    public bool IsComplete { get; private set; }

    public int VariableCount { get; set; }

    public void Complete(Node body) => (Body, IsComplete) = (body, true);
}
