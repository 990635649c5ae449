using System.Text;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Syntax;

/// <summary>What a dollar sign or a backquote begins, but for parameters in braces.</summary>
internal sealed partial class Parser
{
    /// <summary>Reads the expansion that begins here, or the dollar sign as itself.</summary>
    private void AddExpansion(List<WordPart> parts, StringBuilder literal, bool inDoubleQuotes)
    {
        EnsureStack();
        int start = at;
        if (text[at] == '`')
        {
            FlushLiteral(parts, literal);
            parts.Add(ReadBackquoted(inDoubleQuotes));
            return;
        }

        char next = at + 1 < text.Length ? text[at + 1] : '\0';
        if (next == '(')
        {
            FlushLiteral(parts, literal);
            if (at + 2 < text.Length && text[at + 2] == '(' && FindArithmeticEnd(at + 3) is >= 0 and var end)
            {
                parts.Add(new WordPart.Arithmetic(ArithmeticWord(at + 3, end)));
                at = end + 2;
                return;
            }

            at += 2;
            int bodyStart = at;
            CommandList body = ReadSubstitutionBody(start);
            parts.Add(new WordPart.CommandSubstitution(body, text[bodyStart..(at - 1)]));
        }
        else if (next == '[')
        {
            int close = FindClosingBracket(at + 2);
            if (close < 0)
                throw Unmatched(']', Line(at));
            FlushLiteral(parts, literal);
            parts.Add(new WordPart.Arithmetic(ArithmeticWord(at + 2, close)));
            at = close + 1;
        }
        else if (next == '{')
        {
            FlushLiteral(parts, literal);
            parts.Add(ReadBracedParameter(inDoubleQuotes));
        }
        else if (char.IsAsciiLetter(next) || next == '_')
        {
            int end2 = at + 1;
            while (end2 < text.Length && (char.IsAsciiLetterOrDigit(text[end2]) || text[end2] == '_'))
                end2++;
            AddParameter(parts, literal, start, end2);
        }
        else if (char.IsAsciiDigit(next) || next is '@' or '*' or '#' or '?' or '-' or '$' or '!')
        {
            AddParameter(parts, literal, start, at + 2);
        }
        else
        {
            literal.Append('$');
            at++;
        }
    }

    private void AddParameter(List<WordPart> parts, StringBuilder literal, int start, int end)
    {
        FlushLiteral(parts, literal);
        parts.Add(new WordPart.Parameter(new ParameterExpansion { Name = text[(start + 1)..end], Source = text[start..end] }));
        at = end;
    }

    /// <summary>The commands up to the parenthesis that ends a substitution, which is taken.</summary>
    private CommandList ReadSubstitutionBody(int start)
    {
        Token? outer = ahead;
        ahead = null;
        (Redirection Redirection, bool StripsTabs, int Line)[] outerDocuments = [.. pendingDocuments];
        pendingDocuments.Clear();
        int groups = patternGroups;
        patternGroups = 0;
        bool allowed = assignmentsAllowed;
        CommandList body;
        SkipNewlines();
        if (Peek().Is(")"))
        {
            body = new CommandList([]);
        }
        else
        {
            try
            {
                body = ParseList(t => t.Is(")"));
            }
            catch (SyntaxErrorException e) when (e.AtEnd && e.Message.EndsWith("unexpected end of file", StringComparison.Ordinal))
            {
                throw Unmatched(')', text[Math.Min(start + 2, text.Length - 1)] == '(' ? Line(start) : Line(text.Length) + (text.EndsWith('\n') ? 0 : 1));
            }
        }

        ExpectOperator(")");
        // A here-document whose line did not end within the substitution ends with it.
        foreach ((Redirection redirection, bool _, int line) in pendingDocuments)
        {
            string delimiter = UnquotedText(redirection.Target.Parts);
            Warnings.Add($"line {line}: warning: here-document at line {line} delimited by end-of-file (wanted `{delimiter}')");
            redirection.Document = new HereDocument(Word.Empty, "", delimiter, false);
        }

        pendingDocuments.Clear();
        pendingDocuments.AddRange(outerDocuments);
        patternGroups = groups;
        assignmentsAllowed = allowed;
        ahead = outer;
        return body;
    }

    private WordPart.Backquoted ReadBackquoted(bool inDoubleQuotes)
    {
        int start = at++;
        var script = new StringBuilder();
        while (true)
        {
            if (at >= text.Length)
                throw Unmatched('`', Line(start));
            char c = text[at++];
            if (c == '`')
                return new WordPart.Backquoted(script.ToString(), Line(start));
            if (c == '\\' && at < text.Length)
            {
                char next = text[at];
                if (next is '$' or '`' or '\\' || (inDoubleQuotes && next == '"'))
                {
                    script.Append(next);
                    at++;
                    continue;
                }
            }

            script.Append(c);
        }
    }

    /// <summary>Where an arithmetic expression that begins at a position is followed by its two closing parentheses; -1 when it is none.</summary>
    private int FindArithmeticEnd(int start)
    {
        int depth = 0;
        for (int i = start; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '(':
                    depth++;
                    break;
                case ')':
                    if (depth == 0)
                        return i + 1 < text.Length && text[i + 1] == ')' ? i : -1;
                    depth--;
                    break;
                case '\\':
                    i++;
                    break;
                case '\'':
                    int single = text.IndexOf('\'', i + 1);
                    if (single < 0)
                        return -1;
                    i = single;
                    break;
                case '"':
                    i++;
                    while (i < text.Length && text[i] != '"')
                        i += text[i] == '\\' ? 2 : 1;
                    break;
                case '`':
                    i++;
                    while (i < text.Length && text[i] != '`')
                        i += text[i] == '\\' ? 2 : 1;
                    break;
                case '$' when i + 1 < text.Length && text[i + 1] == '{':
                    if (SkipBalanced(i + 1) is { } end)
                        i = end;
                    break;
            }
        }

        return -1;
    }

    private int FindClosingBracket(int start)
    {
        int depth = 0;
        for (int i = start; i < text.Length; i++)
        {
            if (text[i] == '[')
                depth++;
            else if (text[i] == ']' && depth-- == 0)
                return i;
        }

        return -1;
    }

    private ArithmeticSource ArithmeticText(int start, int end) => new(ArithmeticWord(start, end));

    /// <summary>An arithmetic expression: expanded as in double quotes, where the quotes themselves count for nothing.</summary>
    private Word ArithmeticWord(int start, int end)
    {
        string source = text[start..end];
        if (source.AsSpan().IndexOfAny("$`\"\\") < 0)
            return new Word(source, source.Length == 0 ? [] : [new WordPart.Literal(source)]);
        int resume = at;
        string whole = text;
        Token? outer = ahead;
        ahead = null;
        text = text[..end];
        at = start;
        var parts = new List<WordPart>();
        var literal = new StringBuilder();
        while (at < end)
        {
            if (text[at] == '"')
                at++;
            else
                ReadQuotedCharacter(parts, literal, "$`\"\\");
        }

        FlushLiteral(parts, literal);
        text = whole;
        at = resume;
        ahead = outer;
        return new Word(source, [.. parts]);
    }
}
