namespace Offstage.Shell.Commands.Jq;

/// <summary>Reads tokens and makes nodes of them; names are resolved on the way.</summary>
/// <param name="modules">Finds what is imported.</param>
internal sealed partial class Parser(IReadOnlyList<Token> tokens, ModuleLoader modules, Scope? scope, FrameLayout frame)
{
    private const int DepthMax = 2000;

    private static readonly HashSet<string> reserved =
        ["def", "if", "then", "elif", "else", "end", "as", "reduce", "foreach", "try", "catch", "label", "import", "include", "and", "or", "__loc__"];

    private int at;
    private int depth;

    private Token Current => tokens[at];

    /// <summary>The scope behind what was read so far.</summary>
    public Scope? Names => scope;

    /// <summary>A whole program: imports, definitions, and a filter that may be absent.</summary>
    public Node ParseProgram()
    {
        ParseImports();
        while (IsWord("def")) ParseDefinition();
        Node body = Current.Kind == TokenKind.End ? IdentityNode.Instance : ParsePipe();
        ExpectEnd();
        return body;
    }

    /// <summary>Definitions alone, as a module has them.</summary>
    public void ParseModule()
    {
        ParseImports();
        while (IsWord("def")) ParseDefinition();
        ExpectEnd();
    }

    private void ParseImports()
    {
        if (IsWord("module") && tokens[at + 1].Kind != TokenKind.Symbol)
        {
            at++;
            _ = ParsePostfix();
            Expect(";");
        }

        while (IsWord("import") || IsWord("include"))
        {
            bool include = Take().Text == "include";
            string path = PlainString(Current);
            at++;
            if (!include && !(IsWord("as") && at++ >= 0)) throw Unexpected();
            Token? alias = include ? null : Take();
            if (alias is not null && alias.Kind is not (TokenKind.Word or TokenKind.Variable)) throw Unexpected();
            if (!IsSymbol(";")) _ = ParsePostfix();
            int line = Current.Line;
            Expect(";");
            scope = alias is { Kind: TokenKind.Variable }
                ? modules.ImportData(scope, path, alias.Text, line)
                : modules.Import(scope, path, alias?.Text, line);
        }
    }

    public Node ParsePipe()
    {
        if (++depth > DepthMax) throw new JqSyntaxException("syntax error, too deeply nested", Current.Line);
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        try
        {
            Scope? before = scope;
            if (IsWord("def"))
            {
                ParseDefinition();
                Node rest = ParsePipe();
                scope = before;
                return rest;
            }

            if (IsWord("label"))
            {
                at++;
                Token name = Take();
                if (name.Kind != TokenKind.Variable) throw Unexpected(name);
                Expect("|");
                int slot = frame.NewSlot();
                scope = new Scope.Label(scope, name.Text, frame.Level, slot);
                Node body = ParsePipe();
                scope = before;
                return new LabelNode(slot, body);
            }

            Node left = ParseComma();
            if (!IsSymbol("|")) return left;
            at++;
            return new PipeNode(left, ParsePipe());
        }
        finally
        {
            depth--;
        }
    }

    private Node ParseComma()
    {
        Node left = ParseAlternative();
        while (IsSymbol(","))
        {
            at++;
            left = new CommaNode(left, ParseAlternative());
        }

        return left;
    }

    /// <summary><c>//</c> binds to the right, and looser than assignments.</summary>
    private Node ParseAlternative()
    {
        Node left = ParseAssignment();
        if (!IsSymbol("//")) return left;
        at++;
        return new AlternativeNode(left, ParseAlternative());
    }

    private Node ParseAssignment()
    {
        Node left = ParseOr();
        if (Current.Kind != TokenKind.Symbol || Current.Text is not ("=" or "|=" or "+=" or "-=" or "*=" or "/=" or "%=" or "//=")) return left;
        string symbol = Take().Text;
        Node right = ParseAlternative();
        if (Current.Kind == TokenKind.Symbol && Current.Text is "=" or "|=" or "+=" or "-=" or "*=" or "/=" or "%=" or "//=") throw Unexpected();
        return symbol switch
        {
            "=" => new FilterNode(Filters.Find("_assign", 2)!, [left, right], right.IsSingle),
            "|=" => new FilterNode(Filters.Find("_modify", 2)!, [left, right], isSingle: true),
            "//=" => new FilterNode(Combination(static (_, a, b) => a.IsTrue ? a : b), [left, right], right.IsSingle),
            _ => new FilterNode(Combination(Operators.Of(symbol[..1])), [left, right], right.IsSingle),
        };
    }

    private static FilterFunction Combination(Func<JqRun, JsonValue, JsonValue, JsonValue?> operation)
        => (run, frame, input, a, sink) => Updates.Combine(run, frame, input, a[0], a[1], operation, sink);

    private Node ParseOr()
    {
        Node left = ParseAnd();
        while (IsWord("or"))
        {
            at++;
            left = new LogicNode(left, ParseAnd(), isOr: true);
        }

        return left;
    }

    private Node ParseAnd()
    {
        Node left = ParseComparison();
        while (IsWord("and"))
        {
            at++;
            left = new LogicNode(left, ParseComparison(), isOr: false);
        }

        return left;
    }

    private Node ParseComparison()
    {
        Node left = ParseSum();
        if (!IsComparison) return left;
        string symbol = Take().Text;
        Node node = new BinaryNode(left, ParseSum(), Operators.Of(symbol));
        return IsComparison ? throw Unexpected() : node;
    }

    private bool IsComparison => Current.Kind == TokenKind.Symbol && Current.Text is "==" or "!=" or "<" or "<=" or ">" or ">=";

    private Node ParseSum()
    {
        Node left = ParseProduct();
        while (IsSymbol("+") || IsSymbol("-"))
        {
            string symbol = Take().Text;
            left = new BinaryNode(left, ParseProduct(), Operators.Of(symbol));
        }

        return left;
    }

    private Node ParseProduct()
    {
        Node left = ParsePostfix();
        while (IsSymbol("*") || IsSymbol("/") || IsSymbol("%"))
        {
            string symbol = Take().Text;
            left = new BinaryNode(left, ParsePostfix(), Operators.Of(symbol));
        }

        return left;
    }

    /// <summary>Function definition: <c>def name(a; $b): body;</c>.</summary>
    private void ParseDefinition()
    {
        at++;
        Token name = Take();
        if (name.Kind != TokenKind.Word) throw Unexpected(name);
        var parameters = new List<(string Name, bool IsVariable)>();
        if (IsSymbol("("))
        {
            at++;
            while (true)
            {
                Token parameter = Take();
                if (parameter.Kind is not (TokenKind.Word or TokenKind.Variable)) throw Unexpected(parameter);
                parameters.Add((parameter.Text, parameter.Kind == TokenKind.Variable));
                if (!IsSymbol(";")) break;
                at++;
            }

            Expect(")");
        }

        Expect(":");
        var code = new Code(name.Text);
        FrameLayout outerFrame = frame;
        Scope? outer = scope;
        var self = new Scope.Function(scope, name.Text, parameters.Count, code, frame.Level);
        frame = new FrameLayout(code, frame.Level + 1);
        scope = self;
        for (int i = 0; i < parameters.Count; i++) scope = new Scope.Argument(scope, parameters[i].Name, frame.Level, i);
        var bound = new List<(int Index, int Slot)>();
        for (int i = 0; i < parameters.Count; i++)
        {
            if (!parameters[i].IsVariable) continue;
            int slot = frame.NewSlot();
            bound.Add((i, slot));
            scope = new Scope.Variable(scope, parameters[i].Name, frame.Level, slot);
        }

        Node body = ParsePipe();
        // The first parameter turns slowest.
        for (int i = bound.Count - 1; i >= 0; i--) body = new BindNode(new ArgumentNode(0, bound[i].Index), [new Pattern.Variable(bound[i].Slot)], [], body);
        Expect(";");
        code.Complete(body);
        frame = outerFrame;
        scope = new Scope.Function(outer, name.Text, parameters.Count, code, frame.Level);
    }

    private Token Take() => tokens[Math.Min(at++, tokens.Count - 1)];

    private bool IsSymbol(string symbol) => Current.Kind == TokenKind.Symbol && Current.Text == symbol;

    private bool IsWord(string word) => Current.Kind == TokenKind.Word && Current.Text == word;

    private void Expect(string symbol)
    {
        if (!IsSymbol(symbol)) throw Unexpected();
        at++;
    }

    private void ExpectWord(string word)
    {
        if (!IsWord(word)) throw Unexpected();
        at++;
    }

    private void ExpectEnd()
    {
        if (Current.Kind != TokenKind.End) throw Unexpected();
    }

    private JqSyntaxException Unexpected() => Unexpected(Current);

    private static JqSyntaxException Unexpected(Token token)
    {
        string what = token.Kind switch
        {
            TokenKind.End => token.Text == ")" ? "')'" : "end of file",
            TokenKind.Word => reserved.Contains(token.Text) ? token.Text : "IDENT",
            TokenKind.Field => "FIELD",
            TokenKind.Variable => "'$'",
            TokenKind.Format => "FORMAT",
            TokenKind.Number => "LITERAL",
            TokenKind.String => "QQSTRING_START",
            _ => token.Text.Length == 1 ? $"'{token.Text}'" : token.Text,
        };
        return new JqSyntaxException($"syntax error, unexpected {what}", token.Line);
    }

    private static string PlainString(Token token)
        => token.Kind == TokenKind.String && token.Parts is [{ Tokens: null } part] ? part.Text! : throw Unexpected(token);
}
