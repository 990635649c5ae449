namespace Offstage.Shell.Commands.Jq;

internal enum TokenKind
{
    /// <summary>Names, with <c>::</c> in them; keywords too.</summary>
    Word,

    /// <summary><c>.name</c>; the text has no dot.</summary>
    Field,

    /// <summary><c>$name</c>; the text has no dollar.</summary>
    Variable,

    /// <summary><c>@name</c>; the text has no at sign.</summary>
    Format,
    Number,
    String,
    Symbol,
    End,
}

/// <param name="Line">1-based.</param>
/// <param name="Parts">Of a string: text, or the tokens of an interpolation.</param>
internal sealed record Token(TokenKind Kind, string Text, int Line, IReadOnlyList<(string? Text, IReadOnlyList<Token>? Tokens)>? Parts = null);

/// <summary>A program that is none. The message is without what stands before and behind it.</summary>
internal sealed class JqSyntaxException(string message, int line) : Exception(message)
{
    public int Line => line;
}
