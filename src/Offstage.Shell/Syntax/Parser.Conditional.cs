using System.Text;

namespace Offstage.Shell.Syntax;

/// <summary>The conditional command <c>[[ … ]]</c>.</summary>
internal sealed partial class Parser
{
    private static readonly string[] BinaryOperators = ["=", "==", "!=", "=~", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"];

    private static readonly System.Buffers.SearchValues<char> BracketBreaks = System.Buffers.SearchValues.Create("$\"'\\` \t\n[");

    private Command.Conditional ParseConditional(int line)
    {
        Take();
        ConditionalExpression expression = ParseConditionalOr();
        if (!PeekIsWord("]]"))
            throw ConditionalEnd();
        Take();
        return new Command.Conditional(expression) { Line = line };
    }

    private SyntaxErrorException ConditionalEnd()
    {
        Token token = Peek();
        if (token.Kind == TokenKind.End)
            return new SyntaxErrorException(Line(text.Length), "unexpected EOF while looking for `]]'", null, atEnd: true);
        return Failed(token, $"syntax error in conditional expression: unexpected token `{token.Shown}'");
    }

    private ConditionalExpression ParseConditionalOr()
    {
        EnsureStack();
        ConditionalExpression left = ParseConditionalAnd();
        SkipNewlines();
        while (Peek().Is("||"))
        {
            Take();
            SkipNewlines();
            left = new ConditionalExpression.Or(left, ParseConditionalAnd());
            SkipNewlines();
        }

        return left;
    }

    private ConditionalExpression ParseConditionalAnd()
    {
        ConditionalExpression left = ParseConditionalTerm();
        SkipNewlines();
        while (Peek().Is("&&"))
        {
            Take();
            SkipNewlines();
            left = new ConditionalExpression.And(left, ParseConditionalTerm());
            SkipNewlines();
        }

        return left;
    }

    private ConditionalExpression ParseConditionalTerm()
    {
        EnsureStack();
        SkipNewlines();
        Token token = Peek();
        if (token.Is("("))
        {
            Take();
            ConditionalExpression inner = ParseConditionalOr();
            if (!Peek().Is(")"))
                throw Failed(Peek(), $"unexpected token `{Peek().Shown}', expected `)'");
            Take();
            return new ConditionalExpression.Nested(inner);
        }

        if (PeekIsWord("!"))
        {
            Take();
            return new ConditionalExpression.Not(ParseConditionalTerm());
        }

        if (token.Kind != TokenKind.Word || PeekIsWord("]]"))
        {
            if (token.Kind == TokenKind.End)
                throw new SyntaxErrorException(Line(text.Length), "unexpected EOF while looking for `]]'", null, atEnd: true);
            throw token.Kind == TokenKind.Word
                ? new SyntaxErrorException(Line(token.Start), $"syntax error near `{token.Text}'", SourceLine(token.Start))
                : Failed(token, $"unexpected token `{token.Shown}' in conditional command");
        }

        Take();
        if (token.Word!.Unquoted is { Length: 2 } flag && flag[0] == '-' && "abcdefghknoprstuvwxzGLNORS".Contains(flag[1]))
        {
            Token operand = Peek();
            if (operand.Kind == TokenKind.Word && !PeekIsWord("]]"))
            {
                // `[[ -f == x ]]` compares the flag's text.
                Take();
                return new ConditionalExpression.Unary(flag, operand.Word!);
            }

            if (operand.Kind is TokenKind.Word)
                throw Failed(operand, "unexpected argument `]]' to conditional unary operator");
        }

        return ParseConditionalBinary(token.Word);
    }

    private ConditionalExpression ParseConditionalBinary(Word left)
    {
        Token token = Peek();
        string? operation = token.Kind == TokenKind.Word ? token.Word!.Unquoted : token.Kind == TokenKind.Operator && token.Text is "<" or ">" ? token.Text : null;
        if (operation is null || !BinaryOperators.Contains(operation))
        {
            if (token.Kind == TokenKind.Word && !PeekIsWord("]]"))
                throw Failed(token, "conditional binary operator expected");
            if (token.Kind == TokenKind.Newline)
                throw Failed(token, "unexpected token `newline', conditional binary operator expected");
            return new ConditionalExpression.NotEmpty(left);
        }

        Take();
        if (operation == "=~")
            return new ConditionalExpression.Binary(left, operation, ReadRegularExpression());
        bool pattern = operation is "=" or "==" or "!=";
        patternGroups += pattern ? 1 : 0;
        Token right = Peek();
        patternGroups -= pattern ? 1 : 0;
        if (right.Kind != TokenKind.Word || PeekIsWord("]]"))
        {
            throw right.Kind == TokenKind.End
                ? Failed(right, "unexpected argument to conditional binary operator")
                : Failed(right, $"unexpected argument `{right.Shown}' to conditional binary operator");
        }

        Take();
        return new ConditionalExpression.Binary(left, operation, right.Word!);
    }

    /// <summary>The operand of <c>=~</c>: a word in which parentheses and bars are ordinary, and blanks within parentheses too.</summary>
    private Word ReadRegularExpression()
    {
        SkipBlanks();
        int start = at;
        int depth = 0;
        var parts = new List<WordPart>();
        var literal = new StringBuilder();
        while (at < text.Length)
        {
            char c = text[at];
            if (depth == 0 && c is ' ' or '\t' or '\n' or ')' && (c != ')' || depth == 0))
            {
                if (depth == 0)
                    break;
            }

            if (c is ';' or '&' or '<' or '>' && depth == 0)
                break;
            if (c == '|' && depth == 0 && at + 1 < text.Length && text[at + 1] == '|')
                break;
            if (c == '[')
            {
                // A bracket expression hides parentheses.
                int close = text.IndexOf(']', Math.Min(text.Length, at + (at + 1 < text.Length && text[at + 1] == '^' ? 3 : 2)));
                if (close > 0 && !text.AsSpan(at + 1, close - at - 1).ContainsAny(BracketBreaks))
                {
                    literal.Append(text, at, close + 1 - at);
                    at = close + 1;
                    continue;
                }
            }

            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (!TryReadPart(parts, literal))
            {
                literal.Append(c);
                at++;
            }
        }

        if (depth > 0)
            throw Unmatched(')', Line(start));
        FlushLiteral(parts, literal);
        if (parts.Count == 0)
            throw Failed(Peek(), $"unexpected argument `{Peek().Shown}' to conditional binary operator");
        return new Word(text[start..at], [.. parts]);
    }

    private SyntaxErrorException Failed(Token token, string message)
        => new(Line(token.Kind == TokenKind.End ? text.Length : token.Start) + (token.Kind == TokenKind.End ? 1 : 0), message, null);
}
