namespace Offstage.Shell.Syntax;

/// <summary>A word as it stands in a script, taken apart.</summary>
/// <param name="text">The source, as it is printed back.</param>
internal sealed class Word(string text, WordPart[] parts)
{
    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create("*?[{~\\");

    private Word[]? alternatives;

    public static readonly Word Empty = new("", []);

    public string Text => text;

    public WordPart[] Parts => parts;

    /// <summary>The value when nothing in the word is expanded, quoted, or special to pathname, brace or tilde expansion; otherwise null.</summary>
    public string? Plain { get; } = parts is [WordPart.Literal only] && !only.Text.AsSpan().ContainsAny(Special) ? only.Text : null;

    /// <summary>The text when the word is one run of unquoted characters: what a reserved word or alias must be. Otherwise null.</summary>
    public string? Unquoted => parts is [WordPart.Literal only] ? only.Text : null;

    /// <summary>Whether any part of it is quoted.</summary>
    public bool IsQuoted => parts.Any(p => p is WordPart.Quoted or WordPart.DoubleQuoted);

    /// <summary>Set when the word stands where an assignment may be and is one.</summary>
    public Assignment? Assignment { get; init; }

    /// <summary>The words that brace expansion makes of this one; itself alone when there are none.</summary>
    public Word[] Alternatives => alternatives ??= Expansion.BraceExpander.Expand(this);

    /// <summary>A word of plain characters that stand for themselves.</summary>
    public static Word OfLiteral(string value) => new(value, value.Length == 0 ? [] : [new WordPart.Quoted(value, value)]);

    public override string ToString() => text;
}

/// <summary><c>name=value</c>, <c>name[subscript]+=value</c> or <c>name=(elements)</c>.</summary>
/// <param name="Subscript">Null for the variable itself.</param>
/// <param name="Elements">Null for a scalar value.</param>
internal sealed record Assignment(string Name, Word? Subscript, bool Appends, Word Value, ArrayElement[]? Elements);

/// <summary>One element of a compound assignment.</summary>
/// <param name="Subscript">Null when it takes the next index.</param>
internal sealed record ArrayElement(Word? Subscript, bool Appends, Word Value);
