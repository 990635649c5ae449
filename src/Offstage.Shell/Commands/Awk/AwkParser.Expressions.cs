namespace Offstage.Shell.Commands.Awk;

internal sealed partial class AwkParser
{
    private static readonly Dictionary<string, AwkSpecialName> specials = Enum.GetValues<AwkSpecialName>().ToDictionary(s => s.ToString());

    /// <summary>In a print statement <c>&gt;</c> redirects, unless in parentheses.</summary>
    private bool noGreater;

    /// <summary>What a <c>(x in a)</c> without parentheses would make a for loop of.</summary>
    private (AwkPlace Variable, IAwkArraySource Array)? lastMembership;

    /// <summary>A list in parentheses, as print and <c>(i, j) in a</c> have it; no value by itself.</summary>
    private sealed class AwkGrouping(AwkExpression[] items) : AwkExpression
    {
        public AwkExpression[] Items => items;

        public override AwkValue Evaluate(AwkRuntime runtime) => throw new AwkException("a list is no value");
    }

    private AwkExpression Expression(bool allowGroup = false)
    {
        if (++depth > DepthMax) throw new AwkSyntaxException("expression nested too deeply", token.Line);
        lastMembership = null;
        var result = Ternary(allowGroup);
        depth--;
        return result is AwkGrouping && !allowGroup ? throw Unexpected() : result;
    }

    private AwkExpression Ternary(bool allowGroup = false)
    {
        var left = Or(allowGroup);
        if (left is AwkPlace place && token.Kind == AwkTokenKind.Punctuation)
        {
            if (Is("="))
            {
                Advance(regexMayStart: true);
                SkipNewlines();
                return AwkAssignment.Of(place, Ternary());
            }

            if (token.Text is "+=" or "-=" or "*=" or "/=" or "%=" or "^=")
            {
                char operation = token.Text[0];
                Advance(regexMayStart: true);
                SkipNewlines();
                return new AwkCompoundAssignment(operation, place, Ternary());
            }
        }

        if (!Is("?")) return left;
        Advance(regexMayStart: true);
        SkipNewlines();
        var yes = Ternary();
        SkipNewlines();
        Expect(":", regexMayStart: true);
        SkipNewlines();
        return new AwkConditional(left, yes, Ternary());
    }

    private AwkExpression Or(bool allowGroup)
    {
        var left = And(allowGroup);
        while (Is("||"))
        {
            Advance(regexMayStart: true);
            SkipNewlines();
            left = new AwkLogical(false, left, Assigned(And(false)));
        }

        return left;
    }

    private AwkExpression And(bool allowGroup)
    {
        var left = In(allowGroup);
        while (Is("&&"))
        {
            Advance(regexMayStart: true);
            SkipNewlines();
            left = new AwkLogical(true, left, Assigned(In(false)));
        }

        return left;
    }

    /// <summary><c>a &amp;&amp; b = c</c> assigns to b, as the grammar of real awks has it.</summary>
    private AwkExpression Assigned(AwkExpression left)
    {
        if (left is not AwkPlace place || !Is("=")) return left;
        Advance(regexMayStart: true);
        SkipNewlines();
        return AwkAssignment.Of(place, Ternary());
    }

    private AwkExpression In(bool allowGroup)
    {
        var left = Match(allowGroup);
        while (IsKeyword("in"))
        {
            Advance();
            if (token.Kind != AwkTokenKind.Name) throw Unexpected();
            var array = (IAwkArraySource)Variable(token.Text);
            Advance();
            while (Is("[")) array = new AwkElement(array, Subscripts());
            lastMembership = left is AwkPlace place ? (place, array) : null;
            left = new AwkMembership(new AwkElement(array, left is AwkGrouping list ? list.Items : [left]));
        }

        return left;
    }

    private AwkExpression Match(bool allowGroup)
    {
        var left = Comparison(allowGroup);
        while (Is("~") || Is("!~"))
        {
            bool negated = token.Text == "!~";
            Advance(regexMayStart: true);
            SkipNewlines();
            left = new AwkMatch(left, Comparison(false), negated);
        }

        return left;
    }

    private AwkExpression Comparison(bool allowGroup)
    {
        var left = Concatenation(noIn: false, allowGroup);
        while (true)
        {
            if (token.Kind == AwkTokenKind.Punctuation && (token.Text is "<" or "<=" or "==" or "!=" or ">=" || (token.Text == ">" && !noGreater)))
            {
                string operation = token.Text;
                Advance(regexMayStart: true);
                left = new AwkComparison(operation, left, Assigned(Concatenation(noIn: false)));
            }
            else if ((Is("|") || Is("|&")) && left is not AwkGrouping && PipesIntoGetline() is { } source)
            {
                left = new AwkGetline(left, source, OptionalPlace());
            }
            else
            {
                return left;
            }
        }
    }

    /// <returns>Null when no getline follows.</returns>
    private AwkSource? PipesIntoGetline()
    {
        // A pipe of print is the statement's own; one token tells them apart.
        var pipe = token;
        Advance(regexMayStart: true);
        if (IsKeyword("getline"))
        {
            Advance();
            return pipe.Text == "|&" ? AwkSource.Coprocess : AwkSource.Command;
        }

        pending = token;
        token = pipe;
        return null;
    }

    private AwkToken? pending;

    private AwkExpression Concatenation(bool noIn, bool allowGroup = false)
    {
        _ = noIn;
        var first = Additive(allowGroup);
        if (first is AwkGrouping) return first;
        List<AwkExpression>? parts = null;
        while (StartsOperand())
        {
            parts ??= [first];
            parts.Add(Additive(false));
        }

        return parts is null ? first : new AwkConcatenation([.. parts]);
    }

    private bool StartsOperand() => token.Kind switch
    {
        AwkTokenKind.Number or AwkTokenKind.Text or AwkTokenKind.Regex or AwkTokenKind.Name or AwkTokenKind.FunctionName or AwkTokenKind.Builtin => true,
        AwkTokenKind.Punctuation => token.Text is "$" or "!" or "(" or "-" or "+" or "++" or "--" or "@",
        _ => false,
    };

    private AwkExpression Additive(bool allowGroup)
    {
        var left = Multiplicative(allowGroup);
        while (left is not AwkGrouping && (Is("+") || Is("-")))
        {
            char operation = token.Text[0];
            Advance(regexMayStart: true);
            left = new AwkArithmetic(operation, left, Multiplicative(false));
        }

        return left;
    }

    private AwkExpression Multiplicative(bool allowGroup)
    {
        var left = Unary(allowGroup);
        while (left is not AwkGrouping && (Is("*") || Is("/") || Is("%")))
        {
            char operation = token.Text[0];
            Advance(regexMayStart: true);
            var right = Unary();
            if (operation != '*' && left is AwkConstant && right is AwkConstant { IsZero: true })
                throw new AwkSyntaxException($"error: division by zero attempted{(operation == '%' ? " in `%'" : "")}", token.Line);
            left = new AwkArithmetic(operation, left, right);
        }

        return left;
    }

    private AwkExpression Unary(bool allowGroup = false)
    {
        if (Is("!"))
        {
            Advance(regexMayStart: true);
            var operand = Unary();
            // ! binds looser than a comparison by ~ only in old awks; here it takes what follows.
            return new AwkNot(operand);
        }

        if (Is("-") || Is("+"))
        {
            bool plus = token.Text == "+";
            Advance(regexMayStart: true);
            return new AwkNegation(Unary(), plus);
        }

        return Power(allowGroup);
    }

    private AwkExpression Power(bool allowGroup)
    {
        var left = Postfix(allowGroup);
        if (left is AwkGrouping || !Is("^")) return left;
        Advance(regexMayStart: true);
        // Right-associative; a sign may stand in front of the exponent.
        var right = Is("-") || Is("+") || Is("!") ? Unary() : Power(false);
        return new AwkArithmetic('^', left, right);
    }

    private AwkExpression Postfix(bool allowGroup)
    {
        var operand = Primary(allowGroup);
        if (operand is AwkPlace place && (Is("++") || Is("--")))
        {
            double change = token.Text == "++" ? 1 : -1;
            Advance();
            return new AwkIncrement(place, change, before: false);
        }

        return operand;
    }

    private AwkPlace? OptionalPlace()
    {
        if (Is("$")) return (AwkPlace)Primary(false);
        return token.Kind == AwkTokenKind.Name ? (AwkPlace)Primary(false) : null;
    }

    private AwkExpression Primary(bool allowGroup)
    {
        var current = token;
        switch (current.Kind)
        {
            case AwkTokenKind.Number:
                Advance();
                return new AwkConstant(AwkValue.Of(current.Number));
            case AwkTokenKind.Text:
                Advance();
                return new AwkConstant(AwkValue.Of(current.Text));
            case AwkTokenKind.Regex:
                Advance();
                return new AwkRegexLiteral(current.Text);
            case AwkTokenKind.Name:
                Advance();
                return Subscripted(Variable(current.Text));
            case AwkTokenKind.FunctionName:
                Advance();
                return UserCall(current.Text);
            case AwkTokenKind.Builtin:
                Advance();
                return Builtin(current);
            case AwkTokenKind.Keyword when current.Text == "getline":
                Advance();
                return Getline();
        }

        if (Is("$"))
        {
            Advance(regexMayStart: true);
            if (Is("++") || Is("--")) return new AwkField(Prefixed());
            if (Is("-") || Is("+") || Is("!")) return new AwkField(Unary());
            return new AwkField(Primary(false));
        }

        if (Is("++") || Is("--")) return Prefixed();
        if (Is("(")) return Parenthesized(allowGroup);
        if (!Is("@")) throw Unexpected();
        Advance();
        var name = Variable(token.Text);
        Advance();
        return new AwkIndirectCall(name, Arguments());
    }

    private AwkIncrement Prefixed()
    {
        double change = token.Text == "++" ? 1 : -1;
        Advance(regexMayStart: true);
        return Primary(false) is AwkPlace place ? new(place, change, before: true) : throw Unexpected();
    }

    private AwkExpression Parenthesized(bool allowGroup)
    {
        bool outer = noGreater;
        noGreater = false;
        Advance(regexMayStart: true);
        SkipNewlines();
        var first = Expression();
        if (Is(","))
        {
            var items = new List<AwkExpression> { first };
            while (Is(","))
            {
                Advance(regexMayStart: true);
                SkipNewlines();
                items.Add(Expression());
            }

            noGreater = outer;
            Expect(")");
            return IsKeyword("in") || allowGroup ? new AwkGrouping([.. items]) : throw Unexpected();
        }

        SkipNewlines();
        noGreater = outer;
        Expect(")");
        lastMembership = null;
        return new AwkGroup(first);
    }

    private AwkExpression Subscripted(AwkPlace variable)
    {
        AwkExpression result = variable;
        while (Is("[")) result = new AwkElement((IAwkArraySource)result, Subscripts());
        return result;
    }

    private AwkExpression[] Subscripts()
    {
        bool outer = noGreater;
        noGreater = false;
        Expect("[", regexMayStart: true);
        var subscripts = new List<AwkExpression> { Expression() };
        while (Is(","))
        {
            Advance(regexMayStart: true);
            SkipNewlines();
            subscripts.Add(Expression());
        }

        noGreater = outer;
        Expect("]");
        return [.. subscripts];
    }

    private AwkPlace Variable(string name)
    {
        int local = Array.IndexOf(locals, name);
        if (local >= 0) return new AwkLocal(local, name);
        if (specials.TryGetValue(name, out var special)) return new AwkSpecial(special);
        if (!globalSlots.TryGetValue(name, out int slot))
        {
            slot = globals.Count;
            globalSlots[name] = slot;
            globals.Add(name);
        }

        return new AwkGlobal(slot, name);
    }

    private AwkUserCall UserCall(string name)
    {
        var call = new AwkUserCall(name, Arguments(), token.Line);
        calls.Add(call);
        return call;
    }

    private AwkExpression[] Arguments()
    {
        bool outer = noGreater;
        noGreater = false;
        Expect("(", regexMayStart: true);
        SkipNewlines();
        var arguments = new List<AwkExpression>();
        while (!Is(")"))
        {
            arguments.Add(Expression());
            SkipNewlines();
            if (!Is(",")) break;
            Advance(regexMayStart: true);
            SkipNewlines();
        }

        noGreater = outer;
        Expect(")");
        return [.. arguments];
    }

    private AwkBuiltin Builtin(AwkToken name)
    {
        var arguments = Is("(") ? Arguments() : name.Text == "length" ? [] : throw Unexpected();
        return new AwkBuiltin(name.Text, arguments, name.Line);
    }

    private AwkGetline Getline()
    {
        var target = OptionalPlace();
        if (!Is("<")) return new(null, AwkSource.File, target);
        Advance(regexMayStart: true);
        return new(Postfix(false), AwkSource.File, target);
    }
}
