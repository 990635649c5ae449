using System.Text;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Syntax;

/// <summary>Parameters in braces.</summary>
internal sealed partial class Parser
{
    private WordPart ReadBracedParameter(bool inDoubleQuotes)
    {
        int start = at;
        at += 2;
        bool length = false;
        bool indirect = false;
        if (Here() == '#' && !IsLengthOfNothing())
        {
            length = true;
            at++;
        }
        else if (Here() == '!' && at + 1 < text.Length && (char.IsAsciiLetterOrDigit(text[at + 1]) || text[at + 1] is '_' or '@' or '*' or '#' or '?' or '!' or '$')
            && !(text[at + 1] is '@' or '*' or '#' or '?' or '!' or '$' && !(at + 2 < text.Length && text[at + 2] is '}' or ':' or '-' or '+' or '=')))
        {
            indirect = true;
            at++;
        }

        string name = ReadParameterName();
        if (name.Length == 0)
            return Bad(start);
        Word? subscript = null;
        if (Here() == '[' && (char.IsAsciiLetter(name[0]) || name[0] == '_'))
        {
            int close = FindSubscriptEnd(at) ?? throw Unmatched(']', Line(at));
            at++;
            subscript = ReadSubscript(close);
            at = close + 1;
            if (subscript.Text.Length == 0)
                return Bad(start);
        }

        if (length && Here() != '}')
            return Bad(start);
        ParameterOperator operation = ReadOperator(indirect, name, subscript, out bool countsEmpty);
        Word argument = Word.Empty;
        Word? second = null;
        ArithmeticPair? bounds = null;
        switch (operation)
        {
            case ParameterOperator.None when Here() != '}':
                return Bad(start);
            case ParameterOperator.None or ParameterOperator.NamesWithPrefix or ParameterOperator.NamesWithPrefixJoined:
                break;
            case ParameterOperator.Transform:
                int end = text.IndexOf('}', at);
                if (end != at + 1)
                    return Bad(start);
                argument = new Word(text[at..end], [new WordPart.Literal(text[at..end])]);
                at = end;
                break;
            case ParameterOperator.Substring:
                ArithmeticSource offset = ReadBound();
                ArithmeticSource? count = null;
                if (Here() == ':')
                {
                    at++;
                    count = ReadBound();
                }

                bounds = new ArithmeticPair(offset, count);
                break;
            case ParameterOperator.ReplaceFirst or ParameterOperator.ReplaceAll or ParameterOperator.ReplacePrefix or ParameterOperator.ReplaceSuffix:
                bool anchored = operation is ParameterOperator.ReplacePrefix or ParameterOperator.ReplaceSuffix;
                argument = anchored && Here() == '/' ? Word.Empty : ReadOperand(start, '/', quotesCount: true);
                if (Here() == '/')
                {
                    at++;
                    second = ReadOperand(start, '}', quotesCount: true);
                }

                break;
            case ParameterOperator.UseDefault or ParameterOperator.AssignDefault or ParameterOperator.FailIfUnset or ParameterOperator.UseAlternative:
                argument = ReadOperand(start, '}', quotesCount: !inDoubleQuotes);
                break;
            default:
                argument = ReadOperand(start, '}', quotesCount: true);
                break;
        }

        if (Here() != '}')
            throw Unmatched('}', Line(start));
        at++;
        return new WordPart.Parameter(new ParameterExpansion
        {
            Name = name,
            Subscript = subscript,
            IsLength = length,
            IsIndirect = indirect,
            Operator = operation,
            CountsEmpty = countsEmpty,
            Argument = argument,
            Second = second,
            Bounds = bounds,
            Source = text[start..at],
        });
    }

    private char Here() => at < text.Length ? text[at] : '\0';

    /// <summary>Whether <c>${#…</c> is the number of parameters with an operator, instead of a length.</summary>
    private bool IsLengthOfNothing()
    {
        char next = at + 1 < text.Length ? text[at + 1] : '\0';
        if (char.IsAsciiLetterOrDigit(next) || next == '_')
            return false;
        if (next is '@' or '*' or '#' or '?' or '-' or '$' or '!')
            return !(at + 2 < text.Length && text[at + 2] == '}');
        return true;
    }

    private string ReadParameterName()
    {
        int start = at;
        if (char.IsAsciiLetter(Here()) || Here() == '_')
        {
            while (char.IsAsciiLetterOrDigit(Here()) || Here() == '_')
                at++;
        }
        else if (char.IsAsciiDigit(Here()))
        {
            while (char.IsAsciiDigit(Here()))
                at++;
        }
        else if (Here() is '@' or '*' or '#' or '?' or '-' or '$' or '!')
        {
            at++;
        }

        return text[start..at];
    }

    private ParameterOperator ReadOperator(bool indirect, string name, Word? subscript, out bool countsEmpty)
    {
        countsEmpty = false;
        char c = Here();
        char next = at + 1 < text.Length ? text[at + 1] : '\0';
        if (indirect && subscript is null && c is '*' or '@' && next == '}' && (char.IsAsciiLetter(name[0]) || name[0] == '_'))
        {
            if (indirect && subscript is null)
            {
                at++;
                return c == '*' ? ParameterOperator.NamesWithPrefixJoined : ParameterOperator.NamesWithPrefix;
            }
        }

        if (c == ':')
        {
            at++;
            if (next is not ('-' or '=' or '?' or '+'))
                return ParameterOperator.Substring;
            countsEmpty = true;
            c = next;
            next = '\0';
        }

        (ParameterOperator operation, int width) = c switch
        {
            '-' => (ParameterOperator.UseDefault, 1),
            '=' => (ParameterOperator.AssignDefault, 1),
            '?' => (ParameterOperator.FailIfUnset, 1),
            '+' => (ParameterOperator.UseAlternative, 1),
            '#' => next == '#' ? (ParameterOperator.RemoveLongestPrefix, 2) : (ParameterOperator.RemoveShortestPrefix, 1),
            '%' => next == '%' ? (ParameterOperator.RemoveLongestSuffix, 2) : (ParameterOperator.RemoveShortestSuffix, 1),
            '/' => next switch
            {
                '/' => (ParameterOperator.ReplaceAll, 2),
                '#' => (ParameterOperator.ReplacePrefix, 2),
                '%' => (ParameterOperator.ReplaceSuffix, 2),
                _ => (ParameterOperator.ReplaceFirst, 1),
            },
            '^' => next == '^' ? (ParameterOperator.UpperAll, 2) : (ParameterOperator.UpperFirst, 1),
            ',' => next == ',' ? (ParameterOperator.LowerAll, 2) : (ParameterOperator.LowerFirst, 1),
            '~' => next == '~' ? (ParameterOperator.ToggleAll, 2) : (ParameterOperator.ToggleFirst, 1),
            '@' => (ParameterOperator.Transform, 1),
            _ => (ParameterOperator.None, 0),
        };
        at += width;
        return operation;
    }

    /// <summary>The offset or the length of a substring: up to a colon that belongs to no <c>?:</c>, or the closing brace.</summary>
    private ArithmeticSource ReadBound()
    {
        int start = at;
        int depth = 0;
        int questions = 0;
        int i = at;
        for (; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '$' && i + 1 < text.Length && text[i + 1] is '{' or '(' && SkipBalanced(i + 1) is { } end)
            {
                i = end;
                continue;
            }

            if (c == '}' || (c == ':' && depth == 0 && questions == 0))
                break;
            depth += c is '(' or '[' ? 1 : c is ')' or ']' ? -1 : 0;
            questions += c == '?' ? 1 : c == ':' ? -1 : 0;
        }

        if (i >= text.Length)
            throw Unmatched('}', Line(start));
        ArithmeticSource source = ArithmeticText(start, i);
        at = i;
        return source;
    }

    /// <summary>The word behind an operator.</summary>
    /// <param name="stop">What ends it besides the closing brace.</param>
    /// <param name="quotesCount">Whether single quotes and backslashes quote, as they do in patterns even within double quotes.</param>
    private Word ReadOperand(int expansionStart, char stop, bool quotesCount)
    {
        int start = at;
        var parts = new List<WordPart>();
        var literal = new StringBuilder();
        while (true)
        {
            if (at >= text.Length)
                throw Unmatched('}', Line(expansionStart));
            char c = text[at];
            // A slash that begins a pattern is part of it: ${x////-} replaces slashes.
            if (c == '}' || (c == stop && (stop != '/' || at > start)))
                break;
            if (quotesCount)
            {
                if (!TryReadPart(parts, literal))
                {
                    literal.Append(c);
                    at++;
                }
            }
            else if (c == '"')
            {
                FlushLiteral(parts, literal);
                at++;
                parts.Add(ReadDoubleQuoted(start));
            }
            else if (c == '$' && at + 1 < text.Length && text[at + 1] == '\'')
            {
                FlushLiteral(parts, literal);
                int quote = at;
                parts.Add(new WordPart.Quoted(ReadAnsiQuoted(), text[quote..at]));
            }
            else
            {
                ReadQuotedCharacter(parts, literal, "$`\"\\}");
            }
        }

        FlushLiteral(parts, literal);
        return new Word(text[start..at], [.. parts]);
    }

    /// <summary>Passes over an expansion that means nothing; it is an error when it is reached.</summary>
    private WordPart.BadParameter Bad(int start)
    {
        at = start + 2;
        int depth = 1;
        while (at < text.Length && depth > 0)
        {
            depth += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
            at += text[at] == '\\' ? 2 : 1;
        }

        if (depth > 0)
            throw Unmatched('}', Line(start));
        at = Math.Min(at, text.Length);
        return new WordPart.BadParameter(text[start..at]);
    }
}
