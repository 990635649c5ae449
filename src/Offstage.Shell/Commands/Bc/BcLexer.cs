using System.Text;

namespace Offstage.Shell.Commands.Bc;

internal enum BcTokenKind
{
    End,
    Newline,
    Number,
    Name,
    Text,

    /// <summary>An operator, a bracket, or a word of the language.</summary>
    Mark,
}

internal readonly record struct BcToken(BcTokenKind Kind, string Text);

/// <summary>A program's tokens, read line by line so that what is complete can run before the rest is there.</summary>
/// <param name="nextLine">With its line end; null at the end.</param>
/// <param name="origin">What messages begin with.</param>
internal sealed class BcLexer(Func<string?> nextLine, string origin, Action<string> complain)
{
    private static readonly HashSet<string> words =
    [
        "auto", "break", "continue", "define", "else", "for", "halt", "ibase", "if", "last", "length", "limits", "obase", "print", "quit", "read", "return", "scale",
        "sqrt", "void", "warranty", "while",
    ];

    private static readonly string[] marks =
    [
        "+=", "-=", "*=", "/=", "%=", "^=", "==", "<=", ">=", "!=", "&&", "||", "++", "--", "+", "-", "*", "/", "%", "^", "=", "<", ">", "!", "(", ")", "[", "]", "{",
        "}", ";", ",",
    ];

    private string line = "";
    private int at;

    public string Origin => origin;

    /// <summary>Of what was read last, from 1.</summary>
    public int LineNumber { get; private set; } = 1;

    /// <summary>Told of what POSIX does not have.</summary>
    public Action<string>? Extension { get; init; }

    public BcToken Next()
    {
        while (true)
        {
            if (at >= line.Length && !Advance()) return new(BcTokenKind.End, "");
            char c = line[at];
            if (c is ' ' or '\t' or '\r' or '\f' or '\v')
            {
                at++;
                continue;
            }

            if (c == '\\' && at + 1 < line.Length && line[at + 1] == '\n')
            {
                at += 2;
                LineNumber++;
                continue;
            }

            if (c == '\n')
            {
                at++;
                LineNumber++;
                return new(BcTokenKind.Newline, "\n");
            }

            if (c == '#')
            {
                Extension?.Invoke("comment");
                while (at < line.Length && line[at] != '\n') at++;
                continue;
            }

            if (c == '/' && at + 1 < line.Length && line[at + 1] == '*')
            {
                at += 2;
                if (Through("*/") is null) complain("EOF encountered in a comment.");
                continue;
            }

            if (c == '"')
            {
                at++;
                string rest = line[at..];
                if (Through("\"") is { } text) return new(BcTokenKind.Text, text);
                // A quote that nothing closes is a stray character before the rest.
                complain($"{origin} 1: illegal character: \"");
                line = rest;
                at = line.Length;
                continue;
            }

            if (char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c) || (c == '.' && IsDigitAt(at + 1))) return Number();
            if (c == '.')
            {
                at++;
                return new(BcTokenKind.Mark, "last");
            }

            if (char.IsAsciiLetterLower(c)) return Name();
            foreach (string mark in marks)
            {
                if (string.CompareOrdinal(line, at, mark, 0, mark.Length) != 0) continue;
                at += mark.Length;
                return new(BcTokenKind.Mark, mark);
            }

            at++;
            complain($"{origin} {LineNumber}: illegal character: {(c < ' ' || c > '~' ? $"\\{Convert.ToString(c, 8).PadLeft(3, '0')}" : c)}");
        }
    }

    /// <summary>What is left of the program's current line, or its next one: what <c>read()</c> takes when both come from standard input.</summary>
    public string? TakeLine()
    {
        if (at >= line.Length && !Advance()) return null;
        string rest = line[at..];
        at = line.Length;
        LineNumber++;
        return rest;
    }

    private bool IsDigitAt(int index) => index < line.Length && (char.IsAsciiDigit(line[index]) || char.IsAsciiLetterUpper(line[index]));

    private bool Advance()
    {
        at = 0;
        line = nextLine() ?? "";
        return line.Length > 0;
    }

    /// <summary>What stands before an end mark, over several lines if need be; null when the program ends first.</summary>
    private string? Through(string end)
    {
        var text = new StringBuilder();
        while (true)
        {
            int found = line.IndexOf(end, at, StringComparison.Ordinal);
            if (found >= 0)
            {
                text.Append(line, at, found - at);
                at = found + end.Length;
                return text.ToString();
            }

            text.Append(line, at, line.Length - at);
            if (line.EndsWith('\n')) LineNumber++;
            if (!Advance()) return null;
        }
    }

    private BcToken Number()
    {
        var text = new StringBuilder();
        bool point = false;
        while (true)
        {
            if (at + 1 < line.Length && line[at] == '\\' && line[at + 1] == '\n')
            {
                LineNumber++;
                if (!Advance()) break;
                continue;
            }

            if (at >= line.Length) break;
            char c = line[at];
            if (c == '.' && !point) point = true;
            else if (!char.IsAsciiDigit(c) && !char.IsAsciiLetterUpper(c)) break;
            text.Append(c);
            at++;
        }

        return new(BcTokenKind.Number, text.ToString());
    }

    private BcToken Name()
    {
        int start = at;
        while (at < line.Length && (char.IsAsciiLetterLower(line[at]) || char.IsAsciiDigit(line[at]) || line[at] == '_')) at++;
        string name = line[start..at];
        if (words.Contains(name)) return new(BcTokenKind.Mark, name);
        if (name.Length > 1) Extension?.Invoke($"multiple letter name - {name}");
        return new(BcTokenKind.Name, name);
    }
}
