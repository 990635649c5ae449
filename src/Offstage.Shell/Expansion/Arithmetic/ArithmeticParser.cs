namespace Offstage.Shell.Expansion;

/// <summary>Parses an arithmetic expression by the precedence of C, with <c>**</c> above multiplication.</summary>
internal sealed class ArithmeticParser
{
    private static readonly (string Text, ArithmeticOperator Operator, int Precedence)[] Binaries =
    [
        ("||", ArithmeticOperator.LogicalOr, 2), ("&&", ArithmeticOperator.LogicalAnd, 3), ("|", ArithmeticOperator.Or, 4),
        ("^", ArithmeticOperator.Xor, 5), ("&", ArithmeticOperator.And, 6), ("==", ArithmeticOperator.Equal, 7),
        ("!=", ArithmeticOperator.NotEqual, 7), ("<=", ArithmeticOperator.LessOrEqual, 8), (">=", ArithmeticOperator.GreaterOrEqual, 8),
        ("<<", ArithmeticOperator.ShiftLeft, 9), (">>", ArithmeticOperator.ShiftRight, 9), ("<", ArithmeticOperator.Less, 8),
        (">", ArithmeticOperator.Greater, 8), ("+", ArithmeticOperator.Add, 10), ("-", ArithmeticOperator.Subtract, 10),
        ("**", ArithmeticOperator.Power, 12), ("*", ArithmeticOperator.Multiply, 11), ("/", ArithmeticOperator.Divide, 11),
        ("%", ArithmeticOperator.Remainder, 11),
    ];

    private readonly string text;
    private int at;
    private int lastToken;

    private ArithmeticParser(string text) => this.text = text;

    /// <exception cref="ExpressionException">It is no expression.</exception>
    public static ArithmeticNode Parse(string text)
    {
        var parser = new ArithmeticParser(text);
        parser.SkipBlanks();
        if (parser.at == text.Length)
            return new ArithmeticNode.Constant(0);
        ArithmeticNode node = parser.ParseComma();
        parser.SkipBlanks();
        if (parser.at < text.Length)
        {
            char c = text[parser.at];
            throw char.IsAsciiLetterOrDigit(c) || c is '_' or '(' or '=' or '$' or ')' or ':' or '?' or '"' or '\''
                ? parser.Error(c == '=' ? "attempted assignment to non-variable" : "syntax error in expression", parser.at)
                : parser.Error(c is '+' or '-' or '~' or '!' ? "syntax error in expression" : "syntax error: invalid arithmetic operator", parser.at);
        }

        return node;
    }

    private ArithmeticNode ParseComma()
    {
        ArithmeticNode left = ParseAssignment();
        while (Here() == ',')
        {
            int start = at++;
            left = new ArithmeticNode.Binary(ArithmeticOperator.Comma, left, ParseAssignment(), new ArithmeticPlace(text, start));
        }

        return left;
    }

    private ArithmeticNode ParseAssignment()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Error("expression recursion level exceeded", at);
        ArithmeticNode left = ParseChoice();
        SkipBlanks();
        int width = AssignmentWidth();
        if (width == 0)
            return left;
        if (left is not ArithmeticNode.IAssignable)
            throw Error("attempted assignment to non-variable", at);
        string symbol = text.Substring(at, width - 1);
        lastToken = at;
        at += width;
        SkipBlanks();
        int start = at;
        ArithmeticNode value = ParseAssignment();
        ArithmeticOperator? operation = symbol.Length == 0 ? null : Array.Find(Binaries, b => b.Text == symbol).Operator;
        return new ArithmeticNode.Assignment(left, operation, value, new ArithmeticPlace(text, start));
    }

    private int AssignmentWidth()
    {
        foreach (string symbol in (ReadOnlySpan<string>)["<<=", ">>=", "*=", "/=", "%=", "+=", "-=", "&=", "^=", "|="])
        {
            if (string.CompareOrdinal(text, at, symbol, 0, symbol.Length) == 0)
                return symbol.Length;
        }

        return at < text.Length && text[at] == '=' && !(at + 1 < text.Length && text[at + 1] == '=') ? 1 : 0;
    }

    private ArithmeticNode ParseChoice()
    {
        ArithmeticNode condition = ParseBinary(2);
        if (Here() != '?')
            return condition;
        at++;
        SkipBlanks();
        if (at >= text.Length || text[at] == ':')
            throw Error("expression expected", at >= text.Length ? lastToken : at);
        ArithmeticNode then = ParseComma();
        if (Here() != ':')
            throw Error("`:' expected for conditional expression", lastToken);
        at++;
        SkipBlanks();
        if (at >= text.Length)
            throw Error("expression expected", at - 1);
        return new ArithmeticNode.Choice(condition, then, ParseAssignment());
    }

    private ArithmeticNode ParseBinary(int precedence)
    {
        ArithmeticNode left = ParseUnary();
        while (true)
        {
            SkipBlanks();
            if (FindBinary() is not { } found || found.Precedence < precedence)
                return left;
            lastToken = at;
            at += found.Text.Length;
            SkipBlanks();
            int start = at;
            // The power operator groups to the right.
            ArithmeticNode right = ParseBinary(found.Operator == ArithmeticOperator.Power ? found.Precedence : found.Precedence + 1);
            int shown = found.Operator == ArithmeticOperator.Power ? lastToken : start;
            left = new ArithmeticNode.Binary(found.Operator, left, right, new ArithmeticPlace(text, shown));
        }
    }

    private (string Text, ArithmeticOperator Operator, int Precedence)? FindBinary()
    {
        if (at >= text.Length || AssignmentWidth() > 0)
            return null;
        (string Text, ArithmeticOperator Operator, int Precedence)? best = null;
        foreach ((string Text, ArithmeticOperator Operator, int Precedence) candidate in Binaries)
        {
            if (text[at] == candidate.Text[0] && (best is null || candidate.Text.Length > best.Value.Text.Length)
                && string.CompareOrdinal(text, at, candidate.Text, 0, candidate.Text.Length) == 0)
            {
                best = candidate;
            }
        }

        return best;
    }

    private ArithmeticNode ParseUnary()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Error("expression recursion level exceeded", at);
        SkipBlanks();
        if (at >= text.Length)
            throw Error("syntax error: operand expected", Math.Min(lastToken, text.Length));
        char c = text[at];
        if ((c is '+' or '-') && at + 1 < text.Length && text[at + 1] == c)
        {
            int saved = at;
            at += 2;
            SkipBlanks();
            if (at < text.Length && (char.IsAsciiLetter(text[at]) || text[at] == '_'))
                return new ArithmeticNode.Step(ParseName(), c == '+' ? 1 : -1, isPrefix: true);
            at = saved;
        }

        if (c is '+' or '-' or '!' or '~')
        {
            lastToken = at++;
            return new ArithmeticNode.Unary(c, ParseUnary());
        }

        return ParsePostfix();
    }

    private ArithmeticNode ParsePostfix()
    {
        ArithmeticNode node = ParsePrimary();
        SkipBlanks();
        if (node is ArithmeticNode.IAssignable && at + 1 < text.Length && text[at] is '+' or '-' && text[at + 1] == text[at])
        {
            int by = text[at] == '+' ? 1 : -1;
            // `a+++b` is a++ + b, and `a++b` is an error that the caller finds.
            at += 2;
            return new ArithmeticNode.Step(node, by, isPrefix: false);
        }

        return node;
    }

    private ArithmeticNode ParsePrimary()
    {
        char c = text[at];
        if (c == '(')
        {
            lastToken = at++;
            ArithmeticNode inner = ParseComma();
            if (Here() != ')')
                throw Error("missing `)'", at < text.Length ? at : lastToken);
            at++;
            return inner;
        }

        if (char.IsAsciiDigit(c))
            return ParseNumber();
        if (char.IsAsciiLetter(c) || c == '_')
            return ParseName();
        throw Error("syntax error: operand expected", at);
    }

    private ArithmeticNode ParseName()
    {
        int start = lastToken = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            at++;
        string name = text[start..at];
        if (at >= text.Length || text[at] != '[')
            return new ArithmeticNode.Variable(name);
        int depth = 0;
        int open = at;
        for (; at < text.Length; at++)
        {
            depth += text[at] == '[' ? 1 : text[at] == ']' ? -1 : 0;
            if (depth == 0)
                break;
        }

        if (depth != 0 || at == open + 1)
            throw Error("bad array subscript", start);
        string subscript = text[(open + 1)..at];
        at++;
        return new ArithmeticNode.Element(name, subscript);
    }

    private ArithmeticNode.Constant ParseNumber()
    {
        int start = lastToken = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '@' or '#'))
            at++;
        string token = text[start..at];
        return ArithmeticNumber.TryParse(token, out long value, out string? error)
            ? new ArithmeticNode.Constant(value)
            : throw new ExpressionException(text, error!, text[start..]);
    }

    private char Here()
    {
        SkipBlanks();
        return at < text.Length ? text[at] : '\0';
    }

    private void SkipBlanks()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r')
            at++;
    }

    private ExpressionException Error(string message, int position) => new(text, message, text[Math.Min(position, text.Length)..]);
}
