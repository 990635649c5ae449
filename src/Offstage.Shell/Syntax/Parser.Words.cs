using System.Text;

namespace Offstage.Shell.Syntax;

/// <summary>Words and their quotes.</summary>
internal sealed partial class Parser
{
    /// <summary>Above zero, pattern groups such as <c>@(a|b)</c> are read whatever the options say.</summary>
    private int patternGroups;

    private static bool EndsWord(char c) => c is ' ' or '\t' or '\n' or '|' or '&' or ';' or '(' or ')' or '<' or '>';

    private Word ReadWord()
    {
        EnsureStack();
        int start = at;
        bool mayAssign = assignmentsAllowed;
        assignmentsAllowed = false;
        var parts = new List<WordPart>();
        var literal = new StringBuilder();
        Word? subscript = null;
        int nameEnd = -1;
        if (mayAssign)
        {
            int end = at;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
                end++;
            if (end > at && !char.IsAsciiDigit(text[at]) && end < text.Length)
            {
                if (text[end] == '[' && FindSubscriptEnd(end) is { } close && StartsAssignment(close + 1))
                {
                    nameEnd = end;
                    at = end + 1;
                    subscript = ReadSubscript(close);
                    literal.Append(text, start, close + 1 - start);
                    at = close + 1;
                }
                else if (StartsAssignment(end))
                {
                    nameEnd = end;
                    literal.Append(text, start, end - start);
                    at = end;
                }
            }
        }

        if (nameEnd >= 0)
            return ReadAssignment(start, text[start..nameEnd], subscript, literal.ToString());
        ReadParts(parts, literal);
        return new Word(text[start..at], [.. parts]);
    }

    /// <summary>Reads up to what ends a word.</summary>
    private void ReadParts(List<WordPart> parts, StringBuilder literal)
    {
        while (at < text.Length)
        {
            char c = text[at];
            if (c is '<' or '>' && StartsProcessSubstitution())
            {
                FlushLiteral(parts, literal);
                at += 2;
                parts.Add(new WordPart.ProcessSubstitution(ReadSubstitutionBody(at), c == '<'));
                continue;
            }

            if (EndsWord(c))
                break;
            if ((options.ExtendedGlob || patternGroups > 0) && c is '?' or '*' or '+' or '@' or '!' && at + 1 < text.Length && text[at + 1] == '(')
            {
                if (!options.ExtendedGlob && patternGroups == 0)
                    break;
                ReadPatternGroup(parts, literal);
                continue;
            }

            if (!TryReadPart(parts, literal))
            {
                literal.Append(c);
                at++;
            }
        }

        FlushLiteral(parts, literal);
    }

    private void ReadPatternGroup(List<WordPart> parts, StringBuilder literal)
    {
        int start = at;
        literal.Append(text, at, 2);
        at += 2;
        int depth = 1;
        while (depth > 0)
        {
            if (at >= text.Length)
                throw Unmatched(')', Line(start));
            char c = text[at];
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (!TryReadPart(parts, literal))
            {
                literal.Append(c);
                at++;
            }
        }
    }

    /// <summary>Reads a quote, an escape or an expansion that begins here.</summary>
    /// <returns>False when an ordinary character stands here.</returns>
    private bool TryReadPart(List<WordPart> parts, StringBuilder literal)
    {
        int start = at;
        switch (text[at])
        {
            case '\\':
                if (at + 1 >= text.Length)
                {
                    literal.Append('\\');
                    at++;
                    return true;
                }

                at += 2;
                if (text[at - 1] == '\n')
                    return true;
                FlushLiteral(parts, literal);
                parts.Add(new WordPart.Quoted(text[(at - 1)..at], text[start..at]));
                return true;
            case '\'':
                int end = text.IndexOf('\'', at + 1);
                if (end < 0)
                    throw Unmatched('\'', Line(at));
                FlushLiteral(parts, literal);
                parts.Add(new WordPart.Quoted(text[(at + 1)..end], text[at..(end + 1)]));
                at = end + 1;
                return true;
            case '"':
                FlushLiteral(parts, literal);
                at++;
                parts.Add(ReadDoubleQuoted(start));
                return true;
            case '$' when at + 1 < text.Length && text[at + 1] == '\'':
                FlushLiteral(parts, literal);
                string value = ReadAnsiQuoted();
                parts.Add(new WordPart.Quoted(value, text[start..at]));
                return true;
            case '$' when at + 1 < text.Length && text[at + 1] == '"':
                FlushLiteral(parts, literal);
                at += 2;
                parts.Add(ReadDoubleQuoted(start));
                return true;
            case '$' or '`':
                AddExpansion(parts, literal, inDoubleQuotes: false);
                return true;
            default:
                return false;
        }
    }

    private WordPart.DoubleQuoted ReadDoubleQuoted(int start)
    {
        var parts = new List<WordPart>();
        var literal = new StringBuilder();
        while (true)
        {
            if (at >= text.Length)
                throw Unmatched('"', Line(start));
            char c = text[at];
            if (c == '"')
                break;
            ReadQuotedCharacter(parts, literal, "$`\"\\");
        }

        at++;
        FlushLiteral(parts, literal);
        return new WordPart.DoubleQuoted([.. parts]);
    }

    /// <summary>One character of double-quoted text, or the expansion that begins with it.</summary>
    private void ReadQuotedCharacter(List<WordPart> parts, StringBuilder literal, string escapable)
    {
        char c = text[at];
        if (c == '\\' && at + 1 < text.Length)
        {
            char next = text[at + 1];
            at += 2;
            if (next == '\n')
                return;
            if (!escapable.Contains(next))
                literal.Append('\\');
            literal.Append(next);
        }
        else if (c is '$' or '`')
        {
            AddExpansion(parts, literal, inDoubleQuotes: true);
        }
        else
        {
            literal.Append(c);
            at++;
        }
    }

    private string ReadAnsiQuoted()
    {
        int start = at;
        int end = at + 2;
        while (end < text.Length && text[end] != '\'')
            end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length)
            throw Unmatched('\'', Line(start));
        at = end + 1;
        return Expansion.AnsiEscapes.Decode(text.AsSpan(start + 2, end - start - 2));
    }

    private static void FlushLiteral(List<WordPart> parts, StringBuilder literal)
    {
        if (literal.Length == 0)
            return;
        parts.Add(new WordPart.Literal(literal.ToString()));
        literal.Clear();
    }

    private bool StartsAssignment(int position)
        => position < text.Length && (text[position] == '=' || (text[position] == '+' && position + 1 < text.Length && text[position + 1] == '='));

    private Word ReadAssignment(int start, string name, Word? subscript, string target)
    {
        bool appends = text[at] == '+';
        at += appends ? 2 : 1;
        int valueStart = at;
        ArrayElement[]? elements = null;
        var parts = new List<WordPart> { new WordPart.Literal(target + (appends ? "+=" : "=")) };
        Word value = Word.Empty;
        if (at < text.Length && text[at] == '(' && subscript is null)
        {
            elements = ReadArray();
        }
        else
        {
            var valueParts = new List<WordPart>();
            ReadParts(valueParts, new StringBuilder());
            value = new Word(text[valueStart..at], [.. valueParts]);
            parts.AddRange(valueParts);
        }

        return new Word(text[start..at], MergeLiterals(parts)) { Assignment = new Assignment(name, subscript, appends, value, elements) };
    }

    private static WordPart[] MergeLiterals(List<WordPart> parts)
    {
        if (parts is [WordPart.Literal a, WordPart.Literal b, ..])
        {
            parts.RemoveAt(1);
            parts[0] = new WordPart.Literal(a.Text + b.Text);
        }

        return [.. parts];
    }

    private ArrayElement[] ReadArray()
    {
        int start = at++;
        var elements = new List<ArrayElement>();
        while (true)
        {
            SkipBlanks();
            if (at >= text.Length)
                throw Unmatched(')', Line(start));
            if (text[at] == '\n')
            {
                at++;
                ReadPendingDocuments();
                continue;
            }

            if (text[at] == ')')
                break;
            if (text[at] == '[' && FindSubscriptEnd(at) is { } close && StartsAssignment(close + 1))
            {
                at++;
                Word subscript = ReadSubscript(close);
                at = close + 1;
                bool appends = text[at] == '+';
                at += appends ? 2 : 1;
                elements.Add(new ArrayElement(subscript, appends, ReadWord()));
                continue;
            }

            if (EndsWord(text[at]) && !(text[at] is '<' or '>' && StartsProcessSubstitution()))
            {
                Token token = Read();
                throw Unexpected(token);
            }

            elements.Add(new ArrayElement(null, false, ReadWord()));
        }

        at++;
        return [.. elements];
    }

    /// <summary>Where the subscript that opens here is closed; null when it is not, on this line.</summary>
    private int? FindSubscriptEnd(int open)
    {
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '[':
                    depth++;
                    break;
                case ']':
                    if (--depth == 0)
                        return i;
                    break;
                case '\\':
                    i++;
                    break;
                case '\'':
                    int single = text.IndexOf('\'', i + 1);
                    if (single < 0)
                        return null;
                    i = single;
                    break;
                case '"':
                    int close = i + 1;
                    while (close < text.Length && text[close] != '"')
                        close += text[close] == '\\' ? 2 : 1;
                    i = close;
                    break;
                case '$' when i + 1 < text.Length && text[i + 1] is '(' or '{':
                    if (SkipBalanced(i + 1) is not { } end)
                        return null;
                    i = end;
                    break;
                case '\n':
                    return null;
            }
        }

        return null;
    }

    /// <summary>The position of what closes the parenthesis or brace at a position; quotes are passed over.</summary>
    private int? SkipBalanced(int open)
    {
        char opening = text[open];
        char closing = opening == '(' ? ')' : '}';
        int depth = 0;
        for (int i = open; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\')
                i++;
            else if (c == opening)
                depth++;
            else if (c == closing && --depth == 0)
                return i;
            else if (c == '\'' && text.IndexOf('\'', i + 1) is > 0 and var end)
                i = end;
        }

        return null;
    }

    /// <summary>The text up to a closing bracket, as a word that is expanded as in double quotes.</summary>
    private Word ReadSubscript(int close)
    {
        int start = at;
        var parts = new List<WordPart>();
        var literal = new StringBuilder();
        while (at < close)
        {
            char c = text[at];
            if (!TryReadPart(parts, literal))
            {
                literal.Append(c);
                at++;
            }
        }

        FlushLiteral(parts, literal);
        return new Word(text[start..close], [.. parts]);
    }
}
