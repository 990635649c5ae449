namespace Offstage.Shell.Commands.Bc;

internal abstract record BcExpression
{
    private BcExpression() { }

    /// <param name="Text">Read when it is evaluated, because the input base may have changed by then.</param>
    public sealed record Number(string Text) : BcExpression;

    /// <summary>What was evaluated already.</summary>
    public sealed record Known(BcNumber Value) : BcExpression;

    public sealed record Variable(string Name) : BcExpression;

    public sealed record Element(string Array, BcExpression Index) : BcExpression;

    /// <summary>scale, ibase, obase, last.</summary>
    public sealed record Special(string Name) : BcExpression;

    /// <param name="Operator">'\0' for a plain assignment.</param>
    public sealed record Assignment(BcExpression Target, char Operator, BcExpression Value) : BcExpression;

    public sealed record Step(BcExpression Target, int By, bool IsPrefix) : BcExpression;

    public sealed record Negation(BcExpression Operand) : BcExpression;

    public sealed record Not(BcExpression Operand) : BcExpression;

    /// <param name="Operator">One of <c>+ - * / % ^</c>.</param>
    public sealed record Binary(char Operator, BcExpression Left, BcExpression Right) : BcExpression;

    /// <param name="Operator">One of <c>&lt; &lt;= &gt; &gt;= == !=</c>.</param>
    public sealed record Comparison(string Operator, BcExpression Left, BcExpression Right) : BcExpression;

    public sealed record Logical(bool IsAnd, BcExpression Left, BcExpression Right) : BcExpression;

    /// <summary>length, scale, sqrt, read.</summary>
    public sealed record Builtin(string Name, BcExpression? Operand) : BcExpression;

    public sealed record Call(string Name, IReadOnlyList<BcArgument> Arguments) : BcExpression;

    /// <summary>What an assignment may change.</summary>
    public bool IsTarget => this is Variable or Element or Special;
}

internal abstract record BcArgument
{
    private BcArgument() { }

    public sealed record Value(BcExpression Expression) : BcArgument;

    public sealed record Array(string Name) : BcArgument;
}

internal abstract record BcStatement
{
    private BcStatement() { }

    /// <param name="IsPrinted">False for an assignment.</param>
    public sealed record Evaluation(BcExpression Expression, bool IsPrinted) : BcStatement;

    public sealed record Text(string Value) : BcStatement;

    /// <param name="Items">Strings, with their escapes, or expressions.</param>
    public sealed record Print(IReadOnlyList<BcPrintItem> Items) : BcStatement;

    public sealed record Block(IReadOnlyList<BcStatement> Statements) : BcStatement;

    public sealed record If(BcExpression Condition, BcStatement Then, BcStatement? Else) : BcStatement;

    /// <summary>while and for; what is absent does nothing, or is true.</summary>
    public sealed record Loop(BcExpression? First, BcExpression? Condition, BcExpression? Next, BcStatement Body) : BcStatement;

    public sealed record Break : BcStatement;

    public sealed record Continue : BcStatement;

    public sealed record Halt : BcStatement;

    public sealed record Return(BcExpression? Value) : BcStatement;

    public sealed record Limits : BcStatement;
}

internal abstract record BcPrintItem
{
    private BcPrintItem() { }

    public sealed record Text(string Content) : BcPrintItem;

    public sealed record Value(BcExpression Expression) : BcPrintItem;
}

/// <param name="IsArray">Written <c>a[]</c>.</param>
/// <param name="IsReference">Written <c>*a[]</c>: the caller's array itself.</param>
internal readonly record struct BcParameter(string Name, bool IsArray, bool IsReference);

internal sealed record BcFunction(string Name, bool IsVoid, IReadOnlyList<BcParameter> Parameters, IReadOnlyList<BcParameter> Locals, BcStatement Body);
