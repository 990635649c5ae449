using System.Collections;

namespace Offstage.Shell.Expansion;

/// <summary>An element of a pattern.</summary>
internal abstract record PatternNode
{
    private PatternNode() { }

    public sealed record Character(char Value) : PatternNode;

    /// <summary><c>?</c></summary>
    public sealed record Any : PatternNode;

    /// <summary><c>*</c></summary>
    public sealed record Star : PatternNode;

    /// <summary>A bracket expression.</summary>
    public sealed record Set(BitArray Low, bool IsNegated, (char First, char Last)[] Ranges) : PatternNode
    {
        public bool Contains(char c)
            => (c < 256 ? Low[c] : Ranges.Any(r => r.First <= c && c <= r.Last)) != IsNegated;
    }

    /// <param name="Kind">One of <c>?*+@!</c>.</param>
    public sealed record Group(char Kind, PatternNode[][] Alternatives) : PatternNode;
}
