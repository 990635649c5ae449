namespace Offstage.Shell.Commands.Awk;

/// <summary>Reads a program: its rules, functions and statements. Expressions are in the other half.</summary>
internal sealed partial class AwkParser
{
    private const int DepthMax = 400;

    private readonly AwkLexer lexer;
    private readonly List<string> globals = [];
    private readonly Dictionary<string, int> globalSlots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AwkFunction> functions = new(StringComparer.Ordinal);
    private readonly List<AwkUserCall> calls = [];
    private string[] locals = [];
    private AwkToken token;
    private int depth;
    private int loops;
    private int switches;
    private string section = "";
    private readonly List<(int Line, string Message)> warnings = [];

    private AwkParser(string source)
    {
        lexer = new AwkLexer(source) { UnknownEscape = (c, line) => Warn(line, $"escape sequence `\\{c}' treated as plain `{c}'") };
        // The runtime reads its operands from these, whether or not the program names them.
        Variable("ARGV");
        Variable("ARGC");
        Advance(regexMayStart: true);
    }

    /// <exception cref="AwkSyntaxException">The program is none.</exception>
    public static AwkProgram Parse(string source) => new AwkParser(source).Program();

    private AwkProgram Program()
    {
        List<AwkStatement> begin = [], end = [], beginFile = [], endFile = [];
        var rules = new List<AwkRule>();
        SkipTerminators();
        while (token.Kind != AwkTokenKind.End)
        {
            if (IsKeyword("function")) Function();
            else if (IsKeyword("BEGIN")) begin.Add(Action("BEGIN"));
            else if (IsKeyword("END")) end.Add(Action("END"));
            else if (IsKeyword("BEGINFILE")) beginFile.Add(Action("BEGINFILE"));
            else if (IsKeyword("ENDFILE")) endFile.Add(Action("ENDFILE"));
            else rules.Add(Rule(rules.Count));
            SkipTerminators();
        }

        foreach (var call in calls)
        {
            call.Function = functions.GetValueOrDefault(call.Name);
            if (call.ArgumentCount > call.Function?.Parameters.Length) Warn(call.Line, $"function `{call.Name}' called with more arguments than declared");
        }

        return new([.. begin], [.. end], [.. beginFile], [.. endFile], [.. rules], functions, globals, warnings);
    }

    private AwkStatement Action(string of)
    {
        Advance();
        SkipNewlines();
        section = of;
        var body = Braces();
        section = "";
        return body;
    }

    private void Warn(int line, string message) => warnings.Add((line, message));

    private AwkRule Rule(int index)
    {
        AwkExpression? first = null, last = null;
        if (!Is("{"))
        {
            first = Expression();
            if (Is(","))
            {
                Advance(regexMayStart: true);
                SkipNewlines();
                last = Expression();
            }
        }

        AwkStatement body = Is("{") ? Braces() : new AwkPrint([], false, AwkRedirection.None, null);
        return new(first, last, body, index);
    }

    private void Function()
    {
        Advance();
        if (token.Kind is not (AwkTokenKind.Name or AwkTokenKind.FunctionName)) throw Unexpected();
        string name = token.Text;
        if (functions.ContainsKey(name)) throw new AwkSyntaxException($"function name `{name}' previously defined", token.Line);
        Advance();
        Expect("(");
        var parameters = new List<string>();
        SkipNewlines();
        while (!Is(")"))
        {
            if (token.Kind != AwkTokenKind.Name) throw Unexpected();
            Parameter(name, parameters);
            Advance();
            if (Is(")")) break;
            Expect(",");
            SkipNewlines();
            if (Is(")")) throw Unexpected();
        }

        Advance();
        SkipNewlines();
        var function = new AwkFunction(name, [.. parameters]);
        functions[name] = function;
        locals = function.Parameters;
        section = "function";
        function.Body = Braces();
        section = "";
        locals = [];
    }

    private void Parameter(string function, List<string> parameters)
    {
        string name = token.Text;
        if (name == function) throw new AwkSyntaxException($"error: function `{function}': cannot use function name as parameter name", token.Line);
        int earlier = parameters.IndexOf(name);
        if (earlier >= 0) throw new AwkSyntaxException($"error: function `{function}': parameter #{parameters.Count + 1}, `{name}', duplicates parameter #{earlier + 1}", token.Line);
        parameters.Add(name);
    }

    private AwkBlock Braces()
    {
        Expect("{", regexMayStart: true);
        var statements = new List<AwkStatement>();
        SkipTerminators();
        while (!Is("}"))
        {
            if (token.Kind == AwkTokenKind.End) throw Unexpected();
            statements.Add(Statement());
            SkipTerminators();
        }

        Advance(regexMayStart: true);
        return new([.. statements]);
    }

    private AwkStatement Statement()
    {
        if (++depth > DepthMax) throw new AwkSyntaxException("statements nested too deeply", token.Line);
        try
        {
            if (Is("{")) return Braces();
            if (Is(";"))
            {
                Advance(regexMayStart: true);
                return new AwkBlock([]);
            }

            if (token.Kind == AwkTokenKind.Keyword)
            {
                switch (token.Text)
                {
                    case "if": return If();
                    case "while": return While();
                    case "do": return Do();
                    case "for": return For();
                    case "switch": return Switch();
                }
            }

            var simple = Simple();
            EndSimple();
            return simple;
        }
        finally
        {
            depth--;
        }
    }

    private void EndSimple()
    {
        if (Is(";") || token.Kind == AwkTokenKind.Newline) Advance(regexMayStart: true);
        else if (!Is("}") && token.Kind != AwkTokenKind.End) throw Unexpected();
    }

    private AwkStatement Simple()
    {
        if (token.Kind != AwkTokenKind.Keyword) return new AwkExpressionStatement(Expression());
        string word = token.Text;
        switch (word)
        {
            case "print" or "printf":
                return Print(word == "printf");
            case "next" or "nextfile" or "break" or "continue":
                RequireAllowed(word);
                Advance();
                return new AwkSimple(word switch { "next" => AwkFlow.Next, "nextfile" => AwkFlow.NextFile, "break" => AwkFlow.Break, _ => AwkFlow.Continue });
            case "exit":
                Advance(regexMayStart: true);
                return new AwkExit(EndsStatement() ? null : Expression());
            case "return":
                if (section != "function") throw new AwkSyntaxException("`return' used outside function context", token.Line, token.Start);
                Advance(regexMayStart: true);
                return new AwkReturn(EndsStatement() ? null : Expression());
            case "delete":
                return Delete();
            default:
                return new AwkExpressionStatement(Expression());
        }
    }

    private void RequireAllowed(string word)
    {
        string? problem = word switch
        {
            "break" when loops + switches == 0 => "`break' is not allowed outside a loop or switch",
            "continue" when loops == 0 => "`continue' is not allowed outside a loop",
            "next" when section is "BEGIN" or "END" or "BEGINFILE" or "ENDFILE" => $"`next' used in {section} action",
            "nextfile" when section is "BEGIN" or "END" or "ENDFILE" => $"`nextfile' used in {section} action",
            _ => null,
        };
        if (problem is not null) throw new AwkSyntaxException("error: " + problem, token.Line);
    }

    private bool EndsStatement() => Is(";") || Is("}") || token.Kind is AwkTokenKind.Newline or AwkTokenKind.End;

    private AwkDelete Delete()
    {
        Advance();
        bool parenthesized = Is("(");
        if (parenthesized) Advance();
        if (token.Kind != AwkTokenKind.Name) throw Unexpected();
        var source = (IAwkArraySource)Variable(token.Text);
        Advance();
        AwkElement? element = null;
        while (Is("["))
        {
            if (element is not null) source = element;
            element = new AwkElement(source, Subscripts());
        }

        if (parenthesized) Expect(")");
        return new AwkDelete(source, element);
    }

    private AwkPrint Print(bool formatted)
    {
        Advance(regexMayStart: true);
        var values = new List<AwkExpression>();
        if (!EndsStatement() && !Is(">") && !Is(">>") && !Is("|") && !Is("|&"))
        {
            noGreater = true;
            var first = Expression(allowGroup: true);
            if (first is AwkGrouping list && !Is(",")) values.AddRange(list.Items);
            else values.Add(first is AwkGrouping ? throw Unexpected() : first);
            while (Is(","))
            {
                Advance(regexMayStart: true);
                SkipNewlines();
                values.Add(Expression());
            }

            noGreater = false;
        }

        if (formatted && values.Count == 0) throw new AwkSyntaxException("printf: no arguments", token.Line);
        var redirection = token.Text switch
        {
            ">" when Is(">") => AwkRedirection.Write,
            ">>" when Is(">>") => AwkRedirection.Append,
            "|" when Is("|") => AwkRedirection.Pipe,
            "|&" when Is("|&") => AwkRedirection.Coprocess,
            _ => AwkRedirection.None,
        };
        AwkExpression? target = null;
        if (redirection != AwkRedirection.None)
        {
            Advance(regexMayStart: true);
            noGreater = true;
            target = Concatenation(noIn: true);
            noGreater = false;
        }

        return new([.. values], formatted, redirection, target);
    }

    private AwkIf If()
    {
        Advance();
        var condition = Condition();
        var yes = Body();
        // An else may stand behind newlines and one semicolon.
        while (token.Kind == AwkTokenKind.Newline || Is(";")) Advance(regexMayStart: true);
        if (!IsKeyword("else")) return new(condition, yes, null);
        Advance(regexMayStart: true);
        return new(condition, yes, Body());
    }

    private AwkExpression Condition()
    {
        Expect("(", regexMayStart: true);
        var condition = Expression();
        Expect(")", regexMayStart: true);
        return condition;
    }

    private AwkStatement Body()
    {
        SkipNewlines();
        return Statement();
    }

    private AwkStatement LoopBody()
    {
        loops++;
        var body = Body();
        loops--;
        return body;
    }

    private AwkLoop While()
    {
        Advance();
        var condition = Condition();
        if (Is(";"))
        {
            Advance(regexMayStart: true);
            return new(null, condition, null, new AwkBlock([]), bodyFirst: false);
        }

        return new(null, condition, null, LoopBody(), bodyFirst: false);
    }

    private AwkLoop Do()
    {
        Advance(regexMayStart: true);
        var body = LoopBody();
        SkipTerminators();
        if (!IsKeyword("while")) throw Unexpected();
        Advance();
        var condition = Condition();
        EndSimple();
        return new(null, condition, null, body, bodyFirst: true);
    }

    private AwkStatement For()
    {
        Advance();
        Expect("(", regexMayStart: true);
        AwkStatement? start = null;
        if (!Is(";"))
        {
            var simple = Simple();
            if (Is(")") && simple is AwkExpressionStatement && lastMembership is { } membership)
            {
                Advance(regexMayStart: true);
                return new AwkForIn(membership.Variable, membership.Array, LoopBody());
            }

            start = simple;
        }

        Expect(";", regexMayStart: true);
        SkipNewlines();
        var condition = Is(";") ? null : Expression();
        Expect(";", regexMayStart: true);
        SkipNewlines();
        var step = Is(")") ? null : Simple();
        Expect(")", regexMayStart: true);
        if (Is(";"))
        {
            Advance(regexMayStart: true);
            return new AwkLoop(start, condition, step, new AwkBlock([]), bodyFirst: false);
        }

        return new AwkLoop(start, condition, step, LoopBody(), bodyFirst: false);
    }

    private AwkSwitch Switch()
    {
        Advance();
        var subject = Condition();
        SkipNewlines();
        Expect("{", regexMayStart: true);
        SkipTerminators();
        var cases = new List<AwkSwitch.Case>();
        switches++;
        while (!Is("}"))
        {
            AwkExpression? value = null;
            if (IsKeyword("default")) Advance();
            else if (IsKeyword("case"))
            {
                Advance(regexMayStart: true);
                value = Unary();
            }
            else throw Unexpected();
            Expect(":", regexMayStart: true);
            SkipTerminators();
            var body = new List<AwkStatement>();
            while (!Is("}") && !IsKeyword("case") && !IsKeyword("default"))
            {
                if (token.Kind == AwkTokenKind.End) throw Unexpected();
                body.Add(Statement());
                SkipTerminators();
            }

            cases.Add(new(value, new AwkBlock([.. body])));
        }

        switches--;
        Advance(regexMayStart: true);
        return new(subject, [.. cases]);
    }

    private void Advance(bool regexMayStart = false)
    {
        token = pending ?? lexer.Next(regexMayStart);
        pending = null;
    }

    private bool Is(string punctuation) => token.Kind == AwkTokenKind.Punctuation && token.Text == punctuation;

    private bool IsKeyword(string word) => token.Kind == AwkTokenKind.Keyword && token.Text == word;

    private void Expect(string punctuation, bool regexMayStart = false)
    {
        if (!Is(punctuation)) throw Unexpected();
        Advance(regexMayStart);
    }

    private void SkipNewlines()
    {
        while (token.Kind == AwkTokenKind.Newline) Advance(regexMayStart: true);
    }

    private void SkipTerminators()
    {
        while (token.Kind == AwkTokenKind.Newline || Is(";")) Advance(regexMayStart: true);
    }

    private AwkSyntaxException Unexpected() => new(
        token.Kind switch
        {
            AwkTokenKind.End => "unexpected newline or end of string",
            AwkTokenKind.Newline => "unexpected newline or end of string",
            _ => "syntax error",
        },
        token.Line,
        token.Start);
}
