namespace Offstage.Shell.Commands.Jq;

internal sealed partial class Parser
{
    /// <summary>A term with what follows it: fields, brackets, question marks, and bindings.</summary>
    private Node ParsePostfix()
    {
        if (IsSymbol("-"))
        {
            at++;
            return new NegateNode(ParsePostfix());
        }

        Node term = ParseTerm();
        while (true)
        {
            if (Current.Kind == TokenKind.Field)
            {
                term = new IndexNode(term, new LiteralNode(JsonValue.Of(Take().Text)));
            }
            else if (IsSymbol(".") && tokens[at + 1].Kind == TokenKind.String)
            {
                at++;
                term = new IndexNode(term, ParseString(Take(), "text"));
            }
            else if (IsSymbol(".") && tokens[at + 1] is { Kind: TokenKind.Symbol, Text: "[" })
            {
                at++;
                term = ParseBrackets(term);
            }
            else if (IsSymbol("["))
            {
                term = ParseBrackets(term);
            }
            else if (IsSymbol("?"))
            {
                at++;
                term = new TryNode(term, null);
            }
            else if (IsWord("as"))
            {
                return ParseBinding(term);
            }
            else
            {
                return term;
            }
        }
    }

    private Node ParseBrackets(Node target)
    {
        Expect("[");
        if (IsSymbol("]"))
        {
            at++;
            return new IterateNode(target);
        }

        var nothing = new LiteralNode(JsonValue.Null);
        if (IsSymbol(":"))
        {
            at++;
            Node to = ParsePipe();
            Expect("]");
            return new SliceNode(target, nothing, to);
        }

        Node from = ParsePipe();
        if (IsSymbol(":"))
        {
            at++;
            Node to = IsSymbol("]") ? nothing : ParsePipe();
            Expect("]");
            return new SliceNode(target, from, to);
        }

        Expect("]");
        return new IndexNode(target, from);
    }

    private BindNode ParseBinding(Node source)
    {
        at++;
        Scope? outer = scope;
        var patterns = new List<Pattern>();
        var slots = new Dictionary<string, int>();
        patterns.Add(ParsePattern(slots));
        while (IsSymbol("?//"))
        {
            at++;
            patterns.Add(ParsePattern(slots));
        }

        Expect("|");
        foreach (var (name, slot) in slots) scope = new Scope.Variable(scope, name, frame.Level, slot);
        Node body = ParsePipe();
        scope = outer;
        return new BindNode(source, patterns, [.. slots.Values], body);
    }

    private Pattern ParsePattern(Dictionary<string, int> slots)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        Token token = Take();
        if (token.Kind == TokenKind.Variable) return new Pattern.Variable(Slot(token.Text, slots));
        if (token is { Kind: TokenKind.Symbol, Text: "[" })
        {
            var parts = new List<Pattern>();
            do parts.Add(ParsePattern(slots));
            while (IsSymbol(",") && at++ >= 0);
            Expect("]");
            return new Pattern.ArrayParts(parts);
        }

        if (token is not { Kind: TokenKind.Symbol, Text: "{" }) throw Unexpected(token);
        var members = new List<(Node, int, Pattern?)>();
        do
        {
            Token key = Take();
            int slot = -1;
            Node name;
            switch (key)
            {
                case { Kind: TokenKind.Variable }:
                    slot = Slot(key.Text, slots);
                    name = new LiteralNode(JsonValue.Of(key.Text));
                    break;
                case { Kind: TokenKind.Word }:
                    name = new LiteralNode(JsonValue.Of(key.Text));
                    break;
                case { Kind: TokenKind.String }:
                    name = ParseString(key, "text");
                    break;
                case { Kind: TokenKind.Symbol, Text: "(" }:
                    name = ParsePipe();
                    Expect(")");
                    break;
                default:
                    throw Unexpected(key);
            }

            Pattern? part = null;
            if (slot < 0 || IsSymbol(":"))
            {
                Expect(":");
                part = ParsePattern(slots);
            }

            members.Add((name, slot, part));
        }
        while (IsSymbol(",") && at++ >= 0);
        Expect("}");
        return new Pattern.ObjectParts(members);
    }

    private int Slot(string name, Dictionary<string, int> slots)
    {
        if (!slots.TryGetValue(name, out int slot)) slots[name] = slot = frame.NewSlot();
        // Keys of a pattern may name the variables before them.
        scope = new Scope.Variable(scope, name, frame.Level, slot);
        return slot;
    }

    private Node ParseTerm()
    {
        Token token = Take();
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new LiteralNode(NumberText.Parse(token.Text)!);
            case TokenKind.String:
                return ParseString(token, "text");
            case TokenKind.Format:
                if (Current.Kind == TokenKind.String) return ParseString(Take(), token.Text);
                return new NativeNode(Natives.Find("format", 1)!.Invoke, [new LiteralNode(JsonValue.Of(token.Text))]);
            case TokenKind.Field:
                return new IndexNode(IdentityNode.Instance, new LiteralNode(JsonValue.Of(token.Text)));
            case TokenKind.Variable:
                return Variable(token);
            case TokenKind.Word:
                return ParseWord(token);
            case TokenKind.Symbol:
                break;
            default:
                throw Unexpected(token);
        }

        switch (token.Text)
        {
            case ".":
                return Current.Kind == TokenKind.String ? new IndexNode(IdentityNode.Instance, ParseString(Take(), "text")) : IdentityNode.Instance;
            case "..":
                return new DescendNode();
            case "(":
                Scope? before = scope;
                Node inner = ParsePipe();
                scope = before;
                Expect(")");
                return inner;
            case "[":
                if (IsSymbol("]"))
                {
                    at++;
                    return new CollectNode(null);
                }

                Node body = ParsePipe();
                Expect("]");
                return new CollectNode(body);
            case "{":
                return ParseObject();
            default:
                throw Unexpected(token);
        }
    }

    private Node ParseWord(Token token)
    {
        switch (token.Text)
        {
            case "null":
                return new LiteralNode(JsonValue.Null);
            case "true":
                return new LiteralNode(JsonValue.True);
            case "false":
                return new LiteralNode(JsonValue.False);
            case "if":
                return ParseIf();
            case "try":
                Node body = ParseTryBody();
                if (!IsWord("catch")) return new TryNode(body, null);
                at++;
                return new TryNode(body, ParseTryBody());
            case "reduce":
                return ParseFold((source, pattern, initial, update, _) => new ReduceNode(source, pattern, initial, update), mayExtract: false);
            case "foreach":
                return ParseFold((source, pattern, initial, update, extract) => new ForeachNode(source, pattern, initial, update, extract), mayExtract: true);
            case "def":
                at--;
                return ParsePipe();
            case "label":
                at--;
                return ParsePipe();
            case "break":
                Token label = Take();
                if (label.Kind != TokenKind.Variable) throw new JqSyntaxException("syntax error, break requires a label to break to", token.Line);
                return Find(s => s is Scope.Label l && l.Name == label.Text) is Scope.Label found
                    ? new BreakNode(frame.Level - found.Level, found.Slot)
                    : throw new JqSyntaxException($"$*label-{label.Text} is not defined", label.Line);
        }

        if (reserved.Contains(token.Text)) throw Unexpected(token);
        var arguments = new List<Code>();
        if (IsSymbol("("))
        {
            at++;
            do arguments.Add(ParseArgument());
            while (IsSymbol(";") && at++ >= 0);
            Expect(")");
        }

        return Call(token, arguments);
    }

    /// <summary>The body of try and of catch: a postfix term.</summary>
    private Node ParseTryBody()
    {
        if (IsSymbol("-"))
        {
            at++;
            return new NegateNode(ParseTryBody());
        }

        return ParsePostfix();
    }

    private IfNode ParseIf()
    {
        Node condition = ParsePipe();
        ExpectWord("then");
        Node then = ParsePipe();
        if (IsWord("elif"))
        {
            at++;
            return new IfNode(condition, then, ParseIf());
        }

        Node otherwise = IdentityNode.Instance;
        if (IsWord("else"))
        {
            at++;
            otherwise = ParsePipe();
        }

        ExpectWord("end");
        return new IfNode(condition, then, otherwise);
    }

    private Node ParseFold(Func<Node, Pattern, Node, Node, Node?, Node> make, bool mayExtract)
    {
        Node source = ParseFoldSource();
        ExpectWord("as");
        Scope? outer = scope;
        var slots = new Dictionary<string, int>();
        Pattern pattern = ParsePattern(slots);
        while (IsSymbol("?//"))
        {
            at++;
            pattern = new Pattern.Either(pattern, ParsePattern(slots), [.. slots.Values]);
        }

        Expect("(");
        Scope? inner = scope;
        // The initial value does not see the variable.
        scope = outer;
        Node initial = ParsePipe();
        scope = inner;
        Expect(";");
        Node update = ParsePipe();
        Node? extract = null;
        if (mayExtract && IsSymbol(";"))
        {
            at++;
            extract = ParsePipe();
        }

        Expect(")");
        scope = outer;
        return make(source, pattern, initial, update, extract);
    }

    /// <summary>A postfix term up to its <c>as</c>.</summary>
    private Node ParseFoldSource()
    {
        Node term = ParseTerm();
        while (true)
        {
            if (Current.Kind == TokenKind.Field) term = new IndexNode(term, new LiteralNode(JsonValue.Of(Take().Text)));
            else if (IsSymbol("[")) term = ParseBrackets(term);
            else if (IsSymbol("?") && at++ >= 0) term = new TryNode(term, null);
            else if (IsSymbol(".") && tokens[at + 1].Kind == TokenKind.String && at++ >= 0) term = new IndexNode(term, ParseString(Take(), "text"));
            else if (IsSymbol(".") && at++ >= 0) term = ParseBrackets(term);
            else return term;
        }
    }

    private ObjectNode ParseObject()
    {
        var members = new List<(Node Key, Node Value)>();
        while (!IsSymbol("}"))
        {
            Token key = Take();
            Node name;
            Node? value = null;
            switch (key)
            {
                case { Kind: TokenKind.Variable }:
                    name = new LiteralNode(JsonValue.Of(key.Text));
                    value = Variable(key);
                    break;
                case { Kind: TokenKind.Word } or { Kind: TokenKind.Number }:
                    name = new LiteralNode(key.Kind == TokenKind.Word ? JsonValue.Of(key.Text) : throw Unexpected(key));
                    value = new IndexNode(IdentityNode.Instance, name);
                    break;
                case { Kind: TokenKind.String }:
                    name = ParseString(key, "text");
                    value = new IndexNode(IdentityNode.Instance, name);
                    break;
                case { Kind: TokenKind.Format } when Current.Kind == TokenKind.String:
                    name = ParseString(Take(), key.Text);
                    value = new IndexNode(IdentityNode.Instance, name);
                    break;
                case { Kind: TokenKind.Symbol, Text: "(" }:
                    name = ParsePipe();
                    Expect(")");
                    break;
                default:
                    throw Unexpected(key);
            }

            if (IsSymbol(":") && key.Kind != TokenKind.Variable)
            {
                at++;
                value = ParseMember();
            }

            members.Add((name, value ?? throw Unexpected()));
            if (!IsSymbol("}")) Expect(",");
        }

        at++;
        return new ObjectNode(members);
    }

    /// <summary>The value of a member: everything but a comma.</summary>
    private Node ParseMember()
    {
        Node left = ParseAlternative();
        if (!IsSymbol("|")) return left;
        at++;
        return new PipeNode(left, ParseMember());
    }

    private Node ParseString(Token token, string format)
    {
        if (token.Parts is [{ Tokens: null } only]) return new LiteralNode(JsonValue.Of(only.Text!));
        var parts = new List<(string?, Node?)>();
        foreach (var (text, inner) in token.Parts!)
        {
            if (inner is null)
            {
                parts.Add((text, null));
                continue;
            }

            var parser = new Parser(inner, modules, scope, frame);
            Node filter = parser.ParsePipe();
            parser.ExpectEnd();
            parts.Add((null, filter));
        }

        return new InterpolationNode(parts, format);
    }
}
