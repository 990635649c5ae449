namespace Offstage.Shell.Syntax;

/// <summary>A command of the grammar.</summary>
internal abstract record Command
{
    private Command() { }

    /// <summary>Of its first word, counted from 1.</summary>
    public int Line { get; init; }

    /// <summary>What stands behind a compound command, or anywhere in a simple one.</summary>
    public Redirection[] Redirections { get; init; } = [];

    public sealed record Simple(Word[] Assignments, Word[] Words) : Command;

    public sealed record Group(CommandList Body) : Command;

    public sealed record Subshell(CommandList Body) : Command;

    public sealed record If(ConditionalBranch[] Branches, CommandList? Else) : Command;

    /// <param name="Words">Null for the positional parameters.</param>
    public sealed record For(string Name, Word[]? Words, CommandList Body) : Command;

    public sealed record ArithmeticFor(
        Expansion.ArithmeticSource Start, Expansion.ArithmeticSource Condition, Expansion.ArithmeticSource Step, CommandList Body) : Command;

    public sealed record Select(string Name, Word[]? Words, CommandList Body) : Command;

    public sealed record While(CommandList Condition, CommandList Body, bool IsUntil) : Command;

    public sealed record Case(Word Subject, CaseClause[] Clauses) : Command;

    public sealed record Arithmetic(Expansion.ArithmeticSource Expression) : Command;

    public sealed record Conditional(ConditionalExpression Expression) : Command;

    public sealed record Function(string Name, Command Body) : Command
    {
        /// <summary>The file it was read from; empty for a script that is no file.</summary>
        public string Source { get; init; } = "";
    }

    public sealed record Coprocess(string Name, Command Body) : Command;
}

internal sealed record ConditionalBranch(CommandList Condition, CommandList Body);

internal enum CaseTerminator
{
    Break,
    FallThrough,
    TestNext,
}

internal sealed record CaseClause(Word[] Patterns, CommandList Body, CaseTerminator Terminator);

internal enum PipelineTiming
{
    None,
    Default,
    Posix,
}

/// <param name="Commands">Never empty, but for a bare <c>!</c> or <c>time</c>.</param>
/// <param name="ErrorPiped">For each command but the last: whether it stands before <c>|&amp;</c>.</param>
internal sealed record Pipeline(Command[] Commands, bool[] ErrorPiped, bool IsNegated, PipelineTiming Timing);

internal sealed record AndOrStep(bool IsAnd, Pipeline Pipeline);

internal sealed record AndOr(Pipeline First, AndOrStep[] Rest);

internal sealed record ListItem(AndOr AndOr, bool IsBackground);

internal sealed record CommandList(ListItem[] Items);

/// <summary>What stands between <c>[[</c> and <c>]]</c>.</summary>
internal abstract record ConditionalExpression
{
    private ConditionalExpression() { }

    public sealed record Not(ConditionalExpression Operand) : ConditionalExpression;

    public sealed record And(ConditionalExpression Left, ConditionalExpression Right) : ConditionalExpression;

    public sealed record Or(ConditionalExpression Left, ConditionalExpression Right) : ConditionalExpression;

    public sealed record Nested(ConditionalExpression Inner) : ConditionalExpression;

    public sealed record Unary(string Operator, Word Operand) : ConditionalExpression;

    public sealed record Binary(Word Left, string Operator, Word Right) : ConditionalExpression;

    /// <summary>True when the word is not empty.</summary>
    public sealed record NotEmpty(Word Operand) : ConditionalExpression;
}
