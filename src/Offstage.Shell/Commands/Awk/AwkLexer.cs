using System.Text;

namespace Offstage.Shell.Commands.Awk;

internal enum AwkTokenKind
{
    End,
    Newline,
    Number,
    Text,
    Regex,

    /// <summary>A name with <c>(</c> right behind it.</summary>
    FunctionName,
    Name,
    Keyword,

    /// <summary>The name of a function of the language.</summary>
    Builtin,
    Punctuation,
}

/// <param name="Start">Where it begins in the source.</param>
internal readonly record struct AwkToken(AwkTokenKind Kind, string Text, double Number, int Line, int Start = 0);

/// <summary>Takes a program apart.</summary>
internal sealed class AwkLexer(string source)
{
    private static readonly HashSet<string> keywords =
    [
        "BEGIN", "END", "BEGINFILE", "ENDFILE", "function", "func", "if", "else", "while", "for", "do", "break", "continue", "next", "nextfile",
        "exit", "return", "delete", "in", "getline", "print", "printf", "switch", "case", "default",
    ];

    private static readonly HashSet<string> builtins =
    [
        "length", "substr", "index", "split", "sub", "gsub", "gensub", "match", "sprintf", "sin", "cos", "atan2", "exp", "log", "sqrt", "int",
        "rand", "srand", "tolower", "toupper", "system", "close", "fflush", "strftime", "systime", "mktime", "asort", "asorti", "and", "or", "xor",
        "lshift", "rshift", "compl", "strtonum", "typeof", "isarray", "patsplit",
    ];

    private static readonly string[] punctuation =
    [
        "**=", "&&", "||", "==", "!=", "<=", ">=", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "**", "!~", ">>", "|&",
        "{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!", "<", ">", "|", "?", ":", "~", "$", "=", "@",
    ];

    private int at;
    private int line = 1;
    private int start;

    /// <summary>Called with each escape that stands for nothing special.</summary>
    public Action<char, int>? UnknownEscape { get; init; }

    /// <summary>Reads the next token.</summary>
    /// <param name="regexMayStart">Whether a slash begins a regular expression here instead of dividing.</param>
    public AwkToken Next(bool regexMayStart)
    {
        var token = Take(regexMayStart);
        return token with { Start = token.Kind == AwkTokenKind.End ? source.TrimEnd('\n').Length : start };
    }

    private AwkToken Take(bool regexMayStart)
    {
        while (at < source.Length)
        {
            char c = source[at];
            if (c is ' ' or '\t' or '\r') at++;
            else if (c == '\\' && at + 1 < source.Length && source[at + 1] == '\n') Skip(2);
            else if (c == '\\' && at + 2 < source.Length && source[at + 1] == '\r' && source[at + 2] == '\n') Skip(3);
            else if (c == '#')
            {
                while (at < source.Length && source[at] != '\n') at++;
            }
            else break;
        }

        start = at;
        if (at >= source.Length) return new(AwkTokenKind.End, "", 0, line);
        char first = source[at];
        if (first == '\n')
        {
            at++;
            return new(AwkTokenKind.Newline, "\n", 0, line++);
        }

        if (char.IsAsciiDigit(first) || (first == '.' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1]))) return Number();
        if (char.IsAsciiLetter(first) || first == '_') return Word();
        if (first == '"') return Text();
        if (first == '/' && regexMayStart) return Regex();
        foreach (string p in punctuation)
        {
            if (string.CompareOrdinal(source, at, p, 0, p.Length) != 0) continue;
            at += p.Length;
            return new(AwkTokenKind.Punctuation, p is "**" ? "^" : p is "**=" ? "^=" : p, 0, line);
        }

        throw new AwkSyntaxException($"invalid char '{first}' in expression", line);
    }

    private void Skip(int count)
    {
        at += count;
        line++;
    }

    private AwkToken Number()
    {
        if (source[at] == '0' && at + 2 < source.Length && source[at + 1] is 'x' or 'X' && char.IsAsciiHexDigit(source[at + 2]))
        {
            at += 2;
            double value = 0;
            while (at < source.Length && char.IsAsciiHexDigit(source[at])) value = (value * 16) + Convert.ToInt32(source[at++].ToString(), 16);
            return new(AwkTokenKind.Number, "", value, line);
        }

        if (OctalLength() is > 1 and var digits)
        {
            double value = source.AsSpan(at, digits).ToArray().Aggregate(0.0, (sum, c) => (sum * 8) + c - '0');
            at += digits;
            return new(AwkTokenKind.Number, "", value, line);
        }

        double number = Offstage.Shell.Commands.Text.CNumber.Prefix(source[at..Math.Min(source.Length, at + 400)], out int length);
        at += length;
        return new(AwkTokenKind.Number, "", number, line);
    }

    /// <summary>How long a constant of octal digits is that begins here; 0 when what begins here is none.</summary>
    private int OctalLength()
    {
        if (source[at] != '0') return 0;
        int end = at;
        while (end < source.Length && source[end] is >= '0' and <= '7') end++;
        return end < source.Length && (char.IsAsciiDigit(source[end]) || source[end] is '.' or 'e' or 'E') ? 0 : end - at;
    }

    private AwkToken Word()
    {
        int from = at;
        while (at < source.Length && (char.IsAsciiLetterOrDigit(source[at]) || source[at] == '_')) at++;
        string word = source[from..at];
        if (keywords.Contains(word)) return new(AwkTokenKind.Keyword, word == "func" ? "function" : word, 0, line);
        if (builtins.Contains(word)) return new(AwkTokenKind.Builtin, word, 0, line);
        return new(at < source.Length && source[at] == '(' ? AwkTokenKind.FunctionName : AwkTokenKind.Name, word, 0, line);
    }

    private AwkToken Text()
    {
        int from = ++at;
        while (true)
        {
            if (at >= source.Length || source[at] == '\n') throw new AwkSyntaxException("unterminated string", line, start);
            if (source[at] == '"') break;
            if (source[at] == '\\' && at + 1 < source.Length)
            {
                if (source[at + 1] == '\n') line++;
                at++;
            }

            at++;
        }

        int where = line;
        string text = Unescape(source[from..at], c => UnknownEscape?.Invoke(c, where));
        at++;
        return new(AwkTokenKind.Text, text, 0, line);
    }

    private AwkToken Regex()
    {
        int from = ++at;
        bool inBracket = false;
        while (true)
        {
            if (at >= source.Length || source[at] == '\n') throw new AwkSyntaxException("unterminated regexp", line, start);
            char c = source[at];
            if (c == '\\' && at + 1 < source.Length) at++;
            else if (inBracket && c == ']') inBracket = false;
            else if (!inBracket && c == '[')
            {
                inBracket = true;
                if (at + 1 < source.Length && source[at + 1] == '^') at++;
                if (at + 1 < source.Length && source[at + 1] == ']') at++;
            }
            else if (c == '[' && at + 1 < source.Length && source[at + 1] == ':' && source.IndexOf(":]", at, StringComparison.Ordinal) is > 0 and var end) at = end + 1;
            else if (c == '/' && !inBracket) break;
            at++;
        }

        string regex = source[from..at].Replace("\\/", "/", StringComparison.Ordinal);
        at++;
        return new(AwkTokenKind.Regex, regex, 0, line);
    }

    /// <summary>The text that a literal, or an assignment on the command line, stands for.</summary>
    /// <param name="unknown">Called with each escape that stands for nothing special.</param>
    public static string Unescape(string text, Action<char>? unknown = null)
    {
        if (!text.Contains('\\')) return text;
        var result = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            char c = text[++i];
            switch (c)
            {
                case '\n':
                    break;
                case 'n' or 't' or 'r' or 'a' or 'b' or 'f' or 'v':
                    result.Append("\n\t\r\a\b\f\v"["ntrabfv".IndexOf(c)]);
                    break;
                case '\\' or '"':
                    result.Append(c);
                    break;
                case >= '0' and <= '7':
                    int value = 0, digits = 0;
                    while (digits < 3 && i < text.Length && text[i] is >= '0' and <= '7')
                    {
                        value = (value * 8) + text[i++] - '0';
                        digits++;
                    }

                    i--;
                    result.Append((char)(value & 0xFF));
                    break;
                case 'x' when i + 1 < text.Length && char.IsAsciiHexDigit(text[i + 1]):
                    int length = i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 2]) ? 2 : 1;
                    result.Append((char)Convert.ToInt32(text.Substring(i + 1, length), 16));
                    i += length;
                    break;
                default:
                    unknown?.Invoke(c);
                    // These matter to a regular expression that the text may become.
                    if ("<>yBswSW`'&".Contains(c, StringComparison.Ordinal)) result.Append('\\');
                    result.Append(c);
                    break;
            }
        }

        return result.ToString();
    }
}
