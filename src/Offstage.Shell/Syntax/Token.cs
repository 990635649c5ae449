namespace Offstage.Shell.Syntax;

internal enum TokenKind
{
    Word,
    Operator,
    Newline,

    /// <summary>Digits right before a redirection.</summary>
    Descriptor,

    /// <summary><c>{name}</c> right before a redirection.</summary>
    DescriptorVariable,
    End,
}

/// <summary>The next piece of a script.</summary>
/// <param name="Text">The operator, the digits, the name, or the word's source.</param>
internal sealed record Token(TokenKind Kind, string Text, int Start, Word? Word = null)
{
    public bool Is(string operatorText) => Kind == TokenKind.Operator && Text == operatorText;

    /// <summary>As an error message names it.</summary>
    public string Shown => Kind is TokenKind.Newline or TokenKind.End ? "newline" : Text;
}
