using Offstage.Shell.Expansion;

namespace Offstage.Shell.Syntax;

/// <summary>Commands, but for the conditional one.</summary>
internal sealed partial class Parser
{
    private static readonly string[] Closing = ["then", "else", "elif", "fi", "do", "done", "esac", "}", "in"];

    private readonly List<(string Name, int End)> aliasesUnderWay = [];

    private Command ParseCommand()
    {
        EnsureStack();
        ExpandAliases();
        Token token = Peek();
        int line = Line(token.Start);
        if (token.Is("("))
            return WithRedirections(ParseParenthesis(token, line));
        if (PeekReserved() is { } word)
        {
            switch (word)
            {
                case "{":
                    Take();
                    CommandList body = ParseList(t => IsWord(t, "}"));
                    ExpectWord("}");
                    return WithRedirections(new Command.Group(body) { Line = line });
                case "if":
                    return WithRedirections(ParseIf(line));
                case "while" or "until":
                    Take();
                    CommandList condition = ParseList(t => IsWord(t, "do"));
                    return WithRedirections(new Command.While(condition, ParseDoGroup(), word == "until") { Line = line });
                case "for":
                    return WithRedirections(ParseFor(line));
                case "select":
                    return WithRedirections(ParseSelect(line));
                case "case":
                    return WithRedirections(ParseCase(line));
                case "function":
                    return ParseFunctionKeyword(line);
                case "[[":
                    return WithRedirections(ParseConditional(line));
                case "coproc":
                    return ParseCoprocess(line);
                default:
                    if (Closing.Contains(word) && word != "in")
                        throw Unexpected(token);
                    break;
            }
        }

        if (token.Kind is TokenKind.Newline or TokenKind.End || (token.Kind == TokenKind.Operator && token.Text[0] is not ('<' or '>') && !token.Text.StartsWith("&>", StringComparison.Ordinal)))
            throw Unexpected(token);
        return ParseSimple(line);
    }

    private static bool IsWord(Token token, string reserved) => token is { Kind: TokenKind.Word, Word.Unquoted: { } word } && word == reserved;

    private Command ParseParenthesis(Token token, int line)
    {
        if (token.Start + 1 < text.Length && text[token.Start + 1] == '(')
        {
            int end = FindArithmeticEnd(token.Start + 2);
            if (end < 0 && SkipBalanced(token.Start) is null)
                throw Unmatched(')', line);
            if (end >= 0)
            {
                Rewind();
                ArithmeticSource expression = ArithmeticText(token.Start + 2, end);
                at = end + 2;
                return new Command.Arithmetic(expression) { Line = line };
            }
        }

        Take();
        CommandList body = ParseList(t => t.Is(")"));
        ExpectOperator(")");
        return new Command.Subshell(body) { Line = line };
    }

    private Command WithRedirections(Command command)
    {
        List<Redirection>? redirections = null;
        while (TryParseRedirection() is { } redirection)
            (redirections ??= []).Add(redirection);
        return redirections is null ? command : command with { Redirections = [.. redirections] };
    }

    private Command ParseIf(int line)
    {
        Take();
        var branches = new List<ConditionalBranch>();
        while (true)
        {
            CommandList condition = ParseList(t => IsWord(t, "then"));
            ExpectWord("then");
            CommandList body = ParseList(t => IsWord(t, "elif") || IsWord(t, "else") || IsWord(t, "fi"));
            branches.Add(new ConditionalBranch(condition, body));
            if (!PeekIsWord("elif"))
                break;
            Take();
        }

        CommandList? otherwise = null;
        if (PeekIsWord("else"))
        {
            Take();
            otherwise = ParseList(t => IsWord(t, "fi"));
        }

        ExpectWord("fi");
        return new Command.If([.. branches], otherwise) { Line = line };
    }

    private CommandList ParseDoGroup()
    {
        if (PeekIsWord("{"))
        {
            Take();
            CommandList inner = ParseList(t => IsWord(t, "}"));
            ExpectWord("}");
            return inner;
        }

        ExpectWord("do");
        CommandList body = ParseList(t => IsWord(t, "done"));
        ExpectWord("done");
        return body;
    }

    private Command ParseFor(int line)
    {
        Take();
        SkipBlanks();
        if (at + 1 < text.Length && text[at] == '(' && text[at + 1] == '(')
            return ParseArithmeticFor(line);
        Token name = Peek();
        if (name.Kind != TokenKind.Word)
            throw Unexpected(name);
        Take();
        (Word[]? words, CommandList body) = ParseWordsAndBody();
        return new Command.For(name.Text, words, body) { Line = line };
    }

    private Command ParseSelect(int line)
    {
        Take();
        Token name = Peek();
        if (name.Kind != TokenKind.Word)
            throw Unexpected(name);
        Take();
        (Word[]? words, CommandList body) = ParseWordsAndBody();
        return new Command.Select(name.Text, words, body) { Line = line };
    }

    private (Word[]? Words, CommandList Body) ParseWordsAndBody()
    {
        SkipNewlines();
        Word[]? words = null;
        if (PeekIsWord("in"))
        {
            Take();
            var list = new List<Word>();
            while (Peek().Kind == TokenKind.Word)
                list.Add(Take().Word!);
            if (!Peek().Is(";") && Peek().Kind != TokenKind.Newline)
                throw Unexpected(Peek());
            Take();
            SkipNewlines();
            words = [.. list];
        }
        else if (Peek().Is(";"))
        {
            Take();
            SkipNewlines();
        }

        return (words, ParseDoGroup());
    }

    private Command ParseArithmeticFor(int line)
    {
        int start = at + 2;
        int end = FindArithmeticEnd(start);
        if (end < 0)
            throw Unmatched(')', Line(at));
        var cuts = new List<int> { start - 1 };
        int depth = 0;
        for (int i = start; i < end; i++)
        {
            depth += text[i] is '(' ? 1 : text[i] is ')' ? -1 : 0;
            if (text[i] == ';' && depth == 0)
                cuts.Add(i);
        }

        cuts.Add(end);
        if (cuts.Count != 4)
        {
            throw new SyntaxErrorException(Line(at), cuts.Count < 4 ? "syntax error: arithmetic expression required" : "syntax error: `;' unexpected",
                null)
            { Data = { ["second"] = $"syntax error: `(({text[start..end]}))'" } };
        }

        ArithmeticSource[] parts = [.. Enumerable.Range(0, 3).Select(i => ArithmeticText(cuts[i] + 1, cuts[i + 1]))];
        at = end + 2;
        if (Peek().Is(";"))
            Take();
        SkipNewlines();
        return new Command.ArithmeticFor(parts[0], parts[1], parts[2], ParseDoGroup()) { Line = line };
    }

    private Command ParseCase(int line)
    {
        Take();
        Token subject = Peek();
        if (subject.Kind != TokenKind.Word)
            throw Unexpected(subject);
        Take();
        SkipNewlines();
        ExpectWord("in");
        SkipNewlines();
        var clauses = new List<CaseClause>();
        while (!PeekIsWord("esac"))
        {
            if (Peek().Is("("))
                Take();
            var patterns = new List<Word>();
            while (true)
            {
                if (Peek().Kind != TokenKind.Word)
                    throw Unexpected(Peek());
                patterns.Add(Take().Word!);
                if (!Peek().Is("|"))
                    break;
                Take();
            }

            ExpectOperator(")");
            SkipNewlines();
            var body = new CommandList([]);
            if (!EndsClause(Peek()))
                body = ParseList(EndsClause);
            CaseTerminator terminator = CaseTerminator.Break;
            Token token = Peek();
            bool ended = token.Kind == TokenKind.Operator;
            if (ended)
            {
                terminator = token.Text == ";;" ? CaseTerminator.Break : token.Text == ";&" ? CaseTerminator.FallThrough : CaseTerminator.TestNext;
                Take();
                SkipNewlines();
            }

            clauses.Add(new CaseClause([.. patterns], body, terminator));
            if (!ended && !PeekIsWord("esac"))
                throw Unexpected(Peek());
        }

        ExpectWord("esac");
        return new Command.Case(subject.Word!, [.. clauses]) { Line = line };
    }

    private static bool EndsClause(Token token)
        => IsWord(token, "esac") || token.Is(";;") || token.Is(";&") || token.Is(";;&");

    private Command ParseFunctionKeyword(int line)
    {
        Take();
        Token name = Peek();
        if (name.Kind != TokenKind.Word)
            throw Unexpected(name);
        Take();
        if (Peek().Is("("))
        {
            Take();
            ExpectOperator(")");
        }

        return ParseFunctionBody(name.Text, line);
    }

    private Command.Function ParseFunctionBody(string name, int line)
    {
        SkipNewlines();
        Token token = Peek();
        bool compound = token.Is("(") || PeekReserved() is "{" or "if" or "while" or "until" or "for" or "case" or "select" or "[[";
        if (!compound)
            throw Unexpected(token);
        return new Command.Function(name, ParseCommand()) { Line = line };
    }

    private Command ParseCoprocess(int line)
    {
        Take();
        Token first = Peek();
        bool compound = first.Is("(") || PeekReserved() is "{" or "if" or "while" or "until" or "for" or "case" or "select" or "[[";
        if (compound)
            return new Command.Coprocess("COPROC", ParseCommand()) { Line = line };
        if (first is { Kind: TokenKind.Word, Word.Unquoted: { } name })
        {
            int before = at;
            Take();
            bool named = Peek().Is("(") || PeekReserved() is "{" or "if" or "while" or "until" or "for" or "case" or "select" or "[[";
            if (named)
                return new Command.Coprocess(name, ParseCommand()) { Line = line };
            Rewind();
            at = first.Start;
            _ = before;
        }

        return new Command.Coprocess("COPROC", ParseSimple(line)) { Line = line };
    }

    /// <summary>Puts an alias's value in the place of its name at the start of a command.</summary>
    private void ExpandAliases()
    {
        if (options.Aliases is null)
            return;
        while (Peek() is { Kind: TokenKind.Word, Word.Unquoted: { } name } token && options.Aliases.TryGetValue(name, out string? value))
        {
            aliasesUnderWay.RemoveAll(a => token.Start >= a.End);
            if (aliasesUnderWay.Exists(a => a.Name == name))
                return;
            Replace(token, name, value);
            // A value that ends in a blank makes the next word an alias as well.
            if (value.Length > 0 && value[^1] is ' ' or '\t')
                ExpandNextAlias(token.Start + value.Length);
        }
    }

    private void Replace(Token token, string name, string value)
    {
        int end = token.Start + name.Length;
        ahead = null;
        text = string.Concat(text.AsSpan(0, token.Start), value, text.AsSpan(end));
        for (int i = 0; i < aliasesUnderWay.Count; i++)
            aliasesUnderWay[i] = (aliasesUnderWay[i].Name, aliasesUnderWay[i].End + value.Length - name.Length);
        aliasesUnderWay.Add((name, token.Start + value.Length));
        at = token.Start;
    }

    private void ExpandNextAlias(int from)
    {
        int resume = at;
        at = from;
        ahead = null;
        if (Peek() is { Kind: TokenKind.Word, Word.Unquoted: { } name } token && options.Aliases!.TryGetValue(name, out string? value)
            && !aliasesUnderWay.Exists(a => a.Name == name && token.Start < a.End))
        {
            Replace(token, name, value);
            if (value.Length > 0 && value[^1] is ' ' or '\t')
                ExpandNextAlias(token.Start + value.Length);
        }

        ahead = null;
        at = resume;
    }
}
