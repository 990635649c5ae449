using System.Runtime.CompilerServices;

namespace Offstage.Shell.Commands.Bc;

/// <summary>What one step of a program is: lines to run, or a function to remember.</summary>
internal abstract record BcUnit
{
    private BcUnit() { }

    public sealed record Statements(IReadOnlyList<BcStatement> List) : BcUnit;

    public sealed record Definition(BcFunction Function) : BcUnit;

    /// <summary>The word quit was read, wherever it stands.</summary>
    public sealed record Quit : BcUnit;

    public sealed record End : BcUnit;
}

internal sealed class BcSyntaxException(string message) : Exception(message);

/// <summary>The grammar of bc, one line or function at a time.</summary>
internal sealed class BcParser(BcLexer lexer)
{
    private const int AssignmentLevel = 4;

    private readonly Stack<BcToken> ahead = new();

    private BcToken token;
    private bool quitting;
    private bool hasToken;

    /// <summary>Told of what POSIX does not have.</summary>
    public Action<string>? Extension { get; init; }

    /// <exception cref="BcSyntaxException">The line is skipped; parsing may go on.</exception>
    public BcUnit Next()
    {
        try
        {
            Advance();
            while (token.Kind == BcTokenKind.Newline) Advance();
            if (token.Kind == BcTokenKind.End) return new BcUnit.End();
            if (Is("define")) return new BcUnit.Definition(Function());
            var statements = new List<BcStatement>();
            while (token.Kind is not (BcTokenKind.Newline or BcTokenKind.End))
            {
                if (TryTake(";")) continue;
                statements.Add(Statement());
                if (quitting) return new BcUnit.Quit();
                if (token.Kind is not (BcTokenKind.Newline or BcTokenKind.End) && !Is(";")) throw Error();
            }

            return new BcUnit.Statements(statements);
        }
        catch (InsufficientExecutionStackException)
        {
            throw new BcSyntaxException("nested too deeply");
        }
    }

    /// <summary>Leaves the rest of a line that was wrong.</summary>
    public void SkipLine()
    {
        while (hasToken && token.Kind is not (BcTokenKind.Newline or BcTokenKind.End)) Advance();
    }

    private void Advance()
    {
        // When the lexer refuses a word, what stands here must not look like the line's end.
        token = new(BcTokenKind.Mark, "");
        token = ahead.TryPop(out BcToken given) ? given : lexer.Next();
        hasToken = true;
    }

    private bool Is(string mark) => token.Kind == BcTokenKind.Mark && token.Text == mark;

    private bool TryTake(string mark)
    {
        if (!Is(mark)) return false;
        Advance();
        return true;
    }

    private void Take(string mark)
    {
        if (!TryTake(mark)) throw Error();
    }

    private void SkipNewlines()
    {
        while (token.Kind == BcTokenKind.Newline) Advance();
    }

    private static BcSyntaxException Error() => new("syntax error");

    private string Name()
    {
        if (token.Kind != BcTokenKind.Name) throw Error();
        string name = token.Text;
        Advance();
        return name;
    }

    private BcFunction Function()
    {
        Advance();
        bool isVoid = TryTake("void");
        string name = Name();
        Take("(");
        var parameters = Is(")") ? [] : Parameters();
        Take(")");
        if (token.Kind == BcTokenKind.Newline) Extension?.Invoke("newline not allowed");
        SkipNewlines();
        Take("{");
        SkipNewlines();
        List<BcParameter> locals = [];
        if (TryTake("auto"))
        {
            locals = Parameters();
            if (!Is(";") && token.Kind != BcTokenKind.Newline) throw Error();
        }

        var body = Body();
        return new(name, isVoid, parameters, locals, body);
    }

    private List<BcParameter> Parameters()
    {
        var list = new List<BcParameter>();
        do
        {
            bool reference = TryTake("*");
            string name = Name();
            bool array = TryTake("[");
            if (array) Take("]");
            list.Add(new(name, array, reference && array));
        }
        while (TryTake(","));
        return list;
    }

    /// <summary>What follows an opening brace, up to behind the closing one.</summary>
    private BcStatement.Block Body()
    {
        var statements = new List<BcStatement>();
        while (true)
        {
            while (token.Kind == BcTokenKind.Newline || Is(";")) Advance();
            // The token behind the brace is left alone: it may be a line end that nobody has typed yet.
            if (TryTake("}")) return new(statements);
            if (token.Kind == BcTokenKind.End) throw Error();
            statements.Add(Statement());
            if (quitting) return new(statements);
            if (token.Kind != BcTokenKind.Newline && !Is(";") && !Is("}")) throw Error();
        }
    }

    private BcStatement Statement()
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (token.Kind == BcTokenKind.Text)
        {
            string text = token.Text;
            Advance();
            return new BcStatement.Text(text);
        }

        if (token.Kind != BcTokenKind.Mark) return Evaluation();
        switch (token.Text)
        {
            case "{":
                Advance();
                return Body();
            case "if":
                return If();
            case "while":
                Advance();
                Take("(");
                var condition = Expression();
                Take(")");
                SkipNewlines();
                return new BcStatement.Loop(null, condition, null, Statement());
            case "for":
                return For();
            case "break":
                Advance();
                return new BcStatement.Break();
            case "continue":
                Extension?.Invoke("Continue statement");
                Advance();
                return new BcStatement.Continue();
            case "halt":
                Extension?.Invoke("Halt statement");
                Advance();
                return new BcStatement.Halt();
            case "quit":
                quitting = true;
                return new BcStatement.Halt();
            case "return":
                Advance();
                if (token.Kind is BcTokenKind.Newline or BcTokenKind.End || Is(";") || Is("}")) return new BcStatement.Return(null);
                if (!Is("(")) Extension?.Invoke("return expression requires parenthesis");
                return new BcStatement.Return(Expression());
            case "print":
                Extension?.Invoke("print statement");
                Advance();
                return Print();
            case "limits":
                Advance();
                return new BcStatement.Limits();
            default:
                return Evaluation();
        }
    }

    private BcStatement.Evaluation Evaluation()
    {
        var expression = Expression();
        return new(expression, expression is not BcExpression.Assignment);
    }

    private BcStatement.If If()
    {
        Advance();
        Take("(");
        var condition = Expression();
        Take(")");
        SkipNewlines();
        var then = Statement();
        if (quitting || !Is("else")) return new(condition, then, null);
        Extension?.Invoke("else clause in if statement");
        Advance();
        SkipNewlines();
        return new(condition, then, Statement());
    }

    private BcStatement.Loop For()
    {
        Advance();
        Take("(");
        var first = Is(";") ? null : Expression();
        Take(";");
        var condition = Is(";") ? null : Expression();
        Take(";");
        var next = Is(")") ? null : Expression();
        Take(")");
        SkipNewlines();
        return new(first, condition, next, Statement());
    }

    private BcStatement.Print Print()
    {
        var items = new List<BcPrintItem>();
        do
        {
            if (token.Kind == BcTokenKind.Text)
            {
                items.Add(new BcPrintItem.Text(token.Text));
                Advance();
            }
            else
            {
                items.Add(new BcPrintItem.Value(Expression()));
            }
        }
        while (TryTake(","));
        return new(items);
    }

    private BcExpression Expression(int level = 0)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        BcExpression left;
        if (Is("!"))
        {
            Advance();
            left = new BcExpression.Not(Expression(3));
        }
        else
        {
            left = Unary();
        }

        while (token.Kind == BcTokenKind.Mark && Level(token.Text) is { } found && found >= level)
        {
            string mark = token.Text;
            Advance();
            // Only ^ groups from the right.
            var right = Expression(mark == "^" ? found : found + 1);
            left = mark switch
            {
                "||" => new BcExpression.Logical(IsAnd: false, left, right),
                "&&" => new BcExpression.Logical(IsAnd: true, left, right),
                "<" or "<=" or ">" or ">=" or "==" or "!=" => new BcExpression.Comparison(mark, left, right),
                _ => new BcExpression.Binary(mark[0], left, right),
            };
        }

        return left;
    }

    /// <summary>How tightly an operator binds. An assignment, between comparison and addition, is seen where its target is.</summary>
    private static int? Level(string mark) => mark switch
    {
        "||" => 1,
        "&&" => 2,
        "<" or "<=" or ">" or ">=" or "==" or "!=" => 3,
        "+" or "-" => 5,
        "*" or "/" or "%" => 6,
        "^" => 7,
        _ => null,
    };

    private BcExpression Unary()
    {
        if (Is("-"))
        {
            Advance();
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return new BcExpression.Negation(Unary());
        }

        if (Is("++") || Is("--"))
        {
            int by = Is("++") ? 1 : -1;
            Advance();
            var target = Primary();
            return target.IsTarget ? new BcExpression.Step(target, by, IsPrefix: true) : throw Error();
        }

        var primary = Primary();
        if (!primary.IsTarget || token.Kind != BcTokenKind.Mark) return primary;
        if (Is("++") || Is("--"))
        {
            int by = Is("++") ? 1 : -1;
            Advance();
            return new BcExpression.Step(primary, by, IsPrefix: false);
        }

        if (token.Text is not ("=" or "+=" or "-=" or "*=" or "/=" or "%=" or "^=")) return primary;
        char sign = token.Text.Length == 1 ? '\0' : token.Text[0];
        Advance();
        return new BcExpression.Assignment(primary, sign, Expression(AssignmentLevel));
    }

    private BcExpression Primary()
    {
        string text = token.Text;
        switch (token.Kind)
        {
            case BcTokenKind.Number:
                Advance();
                return new BcExpression.Number(text);
            case BcTokenKind.Name:
                Advance();
                if (Is("(")) return new BcExpression.Call(text, Arguments());
                if (!TryTake("[")) return new BcExpression.Variable(text);
                var index = Expression();
                Take("]");
                return new BcExpression.Element(text, index);
            case BcTokenKind.Mark:
                return Word(text);
            default:
                throw Error();
        }
    }

    private BcExpression Word(string text)
    {
        switch (text)
        {
            case "(":
                Advance();
                var inner = Expression();
                Take(")");
                // In brackets it is a value: no target, and printed even when it assigns.
                return inner is BcExpression.Assignment || inner.IsTarget ? new BcExpression.Binary('+', inner, new BcExpression.Number("0")) : inner;
            case "ibase" or "obase" or "last":
                Advance();
                return new BcExpression.Special(text);
            case "scale" or "length" or "sqrt" or "read":
                Advance();
                if (text == "scale" && !Is("(")) return new BcExpression.Special(text);
                Take("(");
                var operand = text == "read" ? null : Expression();
                Take(")");
                return new BcExpression.Builtin(text, operand);
            default:
                throw Error();
        }
    }

    private List<BcArgument> Arguments()
    {
        Advance();
        var list = new List<BcArgument>();
        if (TryTake(")")) return list;
        do
        {
            list.Add(ArrayArgument() ?? new BcArgument.Value(Expression()));
        }
        while (TryTake(","));
        Take(")");
        return list;
    }

    /// <summary>A whole array, <c>name[]</c>; null, and nothing taken, where something else begins.</summary>
    private BcArgument? ArrayArgument()
    {
        if (token.Kind != BcTokenKind.Name) return null;
        BcToken name = token;
        Advance();
        if (Is("["))
        {
            BcToken bracket = token;
            Advance();
            if (TryTake("]")) return new BcArgument.Array(name.Text);
            ahead.Push(token);
            token = bracket;
        }

        ahead.Push(token);
        token = name;
        return null;
    }
}
