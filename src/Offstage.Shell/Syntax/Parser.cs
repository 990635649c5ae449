namespace Offstage.Shell.Syntax;

/// <summary>Parses a script one complete command at a time, so that what stands before a syntax error runs first.</summary>
/// <remarks>The text is bytes, one char each. Nesting is bounded by the stack, which is checked.</remarks>
internal sealed partial class Parser
{
    private readonly ParserOptions options;
    private readonly int firstLine;
    private string text;
    private int at;
    private Token? ahead;
    private int lineCountedTo;
    private int lineCounted;

    /// <param name="firstLine">The number of the text's first line.</param>
    public Parser(string text, ParserOptions options, int firstLine = 1)
    {
        this.text = text;
        this.options = options;
        this.firstLine = firstLine;
    }

    public ParserOptions Options => options;

    /// <summary>What is not parsed yet, and the number of its first line.</summary>
    public (string Text, int Line) Rest() => (text[at..], Line(at));

    /// <summary>Here-documents that the end of the text ended, as warnings; cleared by the caller.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Parses a whole text, for instance that of a substitution.</summary>
    /// <exception cref="SyntaxErrorException">It cannot be parsed.</exception>
    public static CommandList ParseAll(string text, ParserOptions options, int firstLine)
    {
        var parser = new Parser(text, options, firstLine);
        var items = new List<ListItem>();
        while (parser.ParseNext() is { } list)
            items.AddRange(list.Items);
        return new CommandList([.. items]);
    }

    /// <summary>Parses up to the end of the line on which a command ends.</summary>
    /// <returns>Null at the end of the text.</returns>
    /// <exception cref="SyntaxErrorException">The next command cannot be parsed.</exception>
    public CommandList? ParseNext()
    {
        while (Peek().Kind == TokenKind.Newline)
            Take();
        if (Peek().Kind == TokenKind.End)
        {
            at = text.Length;
            return null;
        }

        var items = new List<ListItem>();
        while (true)
        {
            AndOr next = ParseAndOr();
            Token token = Peek();
            bool separated = token.Is("&") || token.Is(";");
            if (separated)
                Take();
            items.Add(new ListItem(next, token.Is("&")));
            token = Peek();
            if (token.Kind is TokenKind.Newline or TokenKind.End)
                break;
            if (!separated)
                throw Unexpected(token);
        }

        // The line end is taken, so that here-documents of this line are read now.
        if (Peek().Kind == TokenKind.Newline)
            Take();
        ReadPendingDocuments();
        return new CommandList([.. items]);
    }

    /// <summary>A list up to a reserved word or operator that ends it; line ends separate.</summary>
    private CommandList ParseList(Func<Token, bool> ends)
    {
        EnsureStack();
        var items = new List<ListItem>();
        SkipNewlines();
        while (true)
        {
            Token token = Peek();
            if (items.Count > 0 && ends(token))
                break;
            AndOr next = ParseAndOr();
            token = Peek();
            bool background = token.Is("&");
            items.Add(new ListItem(next, background));
            if (background || token.Is(";") || token.Kind == TokenKind.Newline)
            {
                Take();
                SkipNewlines();
                continue;
            }

            if (!ends(token))
                throw Unexpected(token);
            break;
        }

        return new CommandList([.. items]);
    }

    private AndOr ParseAndOr()
    {
        Pipeline first = ParsePipeline();
        var rest = new List<AndOrStep>();
        while (Peek() is { Kind: TokenKind.Operator, Text: "&&" or "||" } token)
        {
            Take();
            SkipNewlines();
            rest.Add(new AndOrStep(token.Text == "&&", ParsePipeline()));
        }

        return new AndOr(first, [.. rest]);
    }

    private Pipeline ParsePipeline()
    {
        bool negated = false;
        var timing = PipelineTiming.None;
        bool prefixed = false;
        while (true)
        {
            string? word = PeekReserved();
            if (word == "!")
            {
                negated = !negated;
                Take();
            }
            else if (word == "time" && timing == PipelineTiming.None)
            {
                timing = PipelineTiming.Default;
                Take();
                if (Peek() is { Kind: TokenKind.Word, Text: "-p" })
                {
                    Take();
                    timing = PipelineTiming.Posix;
                }
            }
            else
            {
                break;
            }

            prefixed = true;
        }

        if (prefixed && (Peek().Kind is TokenKind.Newline or TokenKind.End || Peek().Is(";") || Peek().Is("&") || Peek().Is(")")))
            return new Pipeline([], [], negated, timing);
        var commands = new List<Command> { ParseCommand() };
        var errors = new List<bool>();
        while (Peek() is { Kind: TokenKind.Operator, Text: "|" or "|&" } token)
        {
            errors.Add(token.Text == "|&");
            Take();
            SkipNewlines();
            commands.Add(ParseCommand());
        }

        return new Pipeline([.. commands], [.. errors], negated, timing);
    }

    private void SkipNewlines()
    {
        while (Peek().Kind == TokenKind.Newline)
            Take();
    }

    private int Line(int position)
    {
        if (position < lineCountedTo)
            lineCountedTo = lineCounted = 0;
        lineCounted += text.AsSpan(lineCountedTo, Math.Min(position, text.Length) - lineCountedTo).Count('\n');
        lineCountedTo = Math.Min(position, text.Length);
        return firstLine + lineCounted;
    }

    private static void EnsureStack()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new SyntaxErrorException(1, "memory exhausted", null);
    }

    private SyntaxErrorException Unexpected(Token token)
    {
        if (token.Kind == TokenKind.End)
            return new SyntaxErrorException(Line(text.Length) + (text.EndsWith('\n') ? 0 : 1), "syntax error: unexpected end of file", null, atEnd: true);
        string shown = token.Kind == TokenKind.Descriptor ? token.Text : token.Shown;
        return new SyntaxErrorException(Line(token.Start), $"syntax error near unexpected token `{shown}'", SourceLine(token.Start));
    }

    private static SyntaxErrorException Unmatched(char closing, int line)
        => new(line, $"unexpected EOF while looking for matching `{closing}'", null, atEnd: true);

    private string SourceLine(int position)
    {
        int start = position == 0 ? 0 : text.LastIndexOf('\n', Math.Min(position, text.Length) - 1) + 1;
        int end = text.IndexOf('\n', Math.Min(position, text.Length));
        return text[start..(end < 0 ? text.Length : end)];
    }
}
