namespace Offstage.Shell.Commands.Jq;

/// <summary>What a name means at a place of a program: a chain of names, the innermost first.</summary>
internal abstract record Scope(Scope? Outer, string Name)
{
    public sealed record Variable(Scope? Outer, string Name, int Level, int Slot) : Scope(Outer, Name);

    /// <summary>A variable that is the same for the whole run.</summary>
    public sealed record Global(Scope? Outer, string Name, Func<JqRun, JsonValue> Find) : Scope(Outer, Name);

    public sealed record Label(Scope? Outer, string Name, int Level, int Slot) : Scope(Outer, Name);

    /// <param name="Level">Of the frame in which it was defined; -1 when it needs none.</param>
    public sealed record Function(Scope? Outer, string Name, int Arity, Code Code, int Level) : Scope(Outer, Name);

    public sealed record Argument(Scope? Outer, string Name, int Level, int Index) : Scope(Outer, Name);
}

/// <summary>A frame in the making.</summary>
/// <param name="Level">How many frames stand around it.</param>
internal sealed record FrameLayout(Code Code, int Level)
{
    public int NewSlot() => Code.VariableCount++;
}
