namespace Offstage.Shell.Syntax;

/// <summary>Tokens. One is read ahead at most, and only when it is asked for: what comes next depends on where the grammar stands.</summary>
internal sealed partial class Parser
{
    private static readonly string[] Operators =
    [
        "&&", "||", ";;&", ";;", ";&", "|&", "&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", ">>", ">&", ">|", "&", "|", ";", "(", ")", "<", ">",
    ];

    /// <summary>Whether a word that is read now may be an assignment with a subscript or a list.</summary>
    private bool assignmentsAllowed;

    private Token Peek() => ahead ??= Read();

    private Token Take()
    {
        Token token = Peek();
        ahead = null;
        if (token.Kind == TokenKind.Newline)
            ReadPendingDocuments();
        return token;
    }

    /// <summary>Forgets the token read ahead, so that the text can be read in another way.</summary>
    private void Rewind()
    {
        if (ahead is { } token)
        {
            at = token.Start;
            ahead = null;
        }
    }

    private void SkipBlanks()
    {
        while (at < text.Length)
        {
            char c = text[at];
            if (c is ' ' or '\t')
                at++;
            else if (c == '\\' && at + 1 < text.Length && text[at + 1] == '\n')
                at += 2;
            else
                break;
        }

        if (at < text.Length && text[at] == '#')
        {
            int end = text.IndexOf('\n', at);
            at = end < 0 ? text.Length : end;
        }
    }

    private Token Read()
    {
        SkipBlanks();
        int start = at;
        if (at >= text.Length)
            return new Token(TokenKind.End, "", start);
        char c = text[at];
        if (c == '\n')
        {
            at++;
            return new Token(TokenKind.Newline, "\n", start);
        }

        if (c is '|' or '&' or ';' or '(' or ')' or '<' or '>' && !StartsProcessSubstitution())
        {
            foreach (string candidate in Operators)
            {
                if (string.CompareOrdinal(text, at, candidate, 0, candidate.Length) == 0)
                {
                    at += candidate.Length;
                    return new Token(TokenKind.Operator, candidate, start);
                }
            }
        }

        if (char.IsAsciiDigit(c))
        {
            int end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
                end++;
            if (end < text.Length && text[end] is '<' or '>' && end - at < 10)
            {
                at = end;
                return new Token(TokenKind.Descriptor, text[start..end], start);
            }
        }
        else if (c == '{')
        {
            int end = at + 1;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '[' or ']'))
                end++;
            if (end + 1 < text.Length && text[end] == '}' && text[end + 1] is '<' or '>' && end > at + 1 && !char.IsAsciiDigit(text[at + 1]))
            {
                at = end + 1;
                return new Token(TokenKind.DescriptorVariable, text[(start + 1)..end], start);
            }
        }

        Word word = ReadWord();
        return new Token(TokenKind.Word, word.Text, start, word);
    }

    private bool StartsProcessSubstitution() => text[at] is '<' or '>' && at + 1 < text.Length && text[at + 1] == '(';

    /// <summary>The next word when it could be reserved: wholly unquoted, where a command may begin. Otherwise null.</summary>
    private string? PeekReserved() => Peek() is { Kind: TokenKind.Word, Word.Unquoted: { } word } ? word : null;

    private bool PeekIsWord(string reserved) => Peek() is { Kind: TokenKind.Word, Word.Unquoted: { } word } && word == reserved;

    private void ExpectWord(string reserved)
    {
        if (!PeekIsWord(reserved))
            throw Unexpected(Peek());
        Take();
    }

    private void ExpectOperator(string expected)
    {
        if (!Peek().Is(expected))
            throw Unexpected(Peek());
        Take();
    }
}
