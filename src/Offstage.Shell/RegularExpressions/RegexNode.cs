namespace Offstage.Shell.RegularExpressions;

/// <summary>The tree of a parsed regular expression.</summary>
internal abstract record RegexNode
{
    private RegexNode()
    {
    }

    public sealed record Empty : RegexNode;

    public sealed record Set(CharacterSet Characters) : RegexNode;

    public sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode;

    public sealed record Alternation(IReadOnlyList<RegexNode> Choices) : RegexNode;

    /// <param name="Max">-1 for without end.</param>
    public sealed record Repeat(RegexNode Body, int Min, int Max) : RegexNode;

    /// <param name="Index">1 for the first.</param>
    public sealed record Capture(int Index, RegexNode Body) : RegexNode;

    public sealed record Assertion(AssertionKind Kind) : RegexNode;

    public sealed record BackReference(int Index) : RegexNode;
}
