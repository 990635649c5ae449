using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Takes a program apart into tokens.</summary>
internal sealed class Lexer(string source)
{
    private const int NestingMax = 1000;

    private static readonly string[] symbols =
    [
        "?//=", "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=", "//", "..",
        "|", ",", ".", "[", "]", "(", ")", "{", "}", ":", ";", "=", "<", ">", "+", "-", "*", "/", "%", "?", "$",
    ];

    private int at;
    private int line = 1;

    public static List<Token> Tokenize(string source) => new Lexer(source).Read(inString: false, 0);

    /// <param name="inString">Whether to stop at the parenthesis that closes an interpolation.</param>
    private List<Token> Read(bool inString, int depth)
    {
        if (depth > NestingMax) throw new JqSyntaxException("syntax error, strings are nested too deeply", line);
        var tokens = new List<Token>();
        int open = 0;
        while (true)
        {
            SkipBlanks();
            if (at >= source.Length)
            {
                if (inString) throw new JqSyntaxException("syntax error, unexpected end of file", line);
                tokens.Add(new Token(TokenKind.End, "", line));
                return tokens;
            }

            char c = source[at];
            if (c == '"')
            {
                tokens.Add(ReadString(depth));
                continue;
            }

            if (inString && c == ')' && open == 0)
            {
                at++;
                tokens.Add(new Token(TokenKind.End, ")", line));
                return tokens;
            }

            open += c == '(' ? 1 : c == ')' ? -1 : 0;
            tokens.Add(ReadToken(c));
        }
    }

    private void SkipBlanks()
    {
        while (at < source.Length)
        {
            char c = source[at];
            if (c == '#')
            {
                // A backslash carries a comment over the end of its line.
                while (at < source.Length && source[at] != '\n') at += source[at] == '\\' && at + 1 < source.Length ? 2 : 1;
                at = Math.Min(at, source.Length);
            }
            else if (c is ' ' or '\t' or '\r' or '\n')
            {
                if (c == '\n') line++;
                at++;
            }
            else
            {
                return;
            }
        }
    }

    private Token ReadToken(char c)
    {
        char next = at + 1 < source.Length ? source[at + 1] : '\0';
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(next))) return ReadNumber();
        if (IsStart(c)) return new Token(TokenKind.Word, ReadName(), line);
        if (c == '.' && IsStart(next))
        {
            at++;
            int start = at;
            while (at < source.Length && IsPart(source[at])) at++;
            return new Token(TokenKind.Field, source[start..at], line);
        }

        if (c == '$' && IsStart(next))
        {
            at++;
            return new Token(TokenKind.Variable, ReadName(), line);
        }

        if (c == '@' && IsPart(next))
        {
            int start = ++at;
            while (at < source.Length && IsPart(source[at])) at++;
            return new Token(TokenKind.Format, source[start..at], line);
        }

        foreach (string symbol in symbols)
        {
            if (string.CompareOrdinal(source, at, symbol, 0, symbol.Length) != 0) continue;
            at += symbol.Length;
            return new Token(TokenKind.Symbol, symbol, line);
        }

        throw new JqSyntaxException("syntax error, unexpected INVALID_CHARACTER", line);
    }

    private Token ReadNumber()
    {
        int start = at;
        while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
        if (at < source.Length && source[at] == '.')
        {
            at++;
            while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
        }

        if (at < source.Length && source[at] is 'e' or 'E')
        {
            int exponent = at + 1;
            if (exponent < source.Length && source[exponent] is '+' or '-') exponent++;
            if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
            {
                at = exponent;
                while (at < source.Length && char.IsAsciiDigit(source[at])) at++;
            }
        }

        return new Token(TokenKind.Number, source[start..at], line);
    }

    private string ReadName()
    {
        int start = at;
        while (at < source.Length && (IsPart(source[at]) || (source[at] == ':' && at + 2 < source.Length && source[at + 1] == ':' && IsStart(source[at + 2]))))
            at += source[at] == ':' ? 2 : 1;
        return source[start..at];
    }

    private Token ReadString(int depth)
    {
        int first = line;
        var parts = new List<(string?, IReadOnlyList<Token>?)>();
        var text = new StringBuilder();
        at++;
        while (true)
        {
            if (at >= source.Length) throw new JqSyntaxException("syntax error, unexpected end of file, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END", line);
            char c = source[at++];
            if (c == '"') break;
            if (c == '\n') line++;
            if (c != '\\')
            {
                text.Append(c);
                continue;
            }

            char kind = at < source.Length ? source[at++] : '\0';
            switch (kind)
            {
                case '(':
                    if (text.Length > 0) parts.Add((text.ToString(), null));
                    text.Clear();
                    parts.Add((null, Read(inString: true, depth + 1)));
                    break;
                case 'u':
                    text.Append(ReadUnit());
                    break;
                default:
                    text.Append(kind switch
                    {
                        '"' or '\\' or '/' => kind,
                        'b' => '\b',
                        'f' => '\f',
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        _ => throw new JqSyntaxException("Invalid escape", line),
                    });
                    break;
            }
        }

        if (text.Length > 0 || parts.Count == 0) parts.Add((text.ToString(), null));
        return new Token(TokenKind.String, "", first, parts);
    }

    private string ReadUnit()
    {
        int unit = Hex();
        if (!char.IsSurrogate((char)unit)) return ((char)unit).ToString();
        if (char.IsHighSurrogate((char)unit) && at + 1 < source.Length && source[at] == '\\' && source[at + 1] == 'u')
        {
            at += 2;
            int low = Hex();
            if (char.IsLowSurrogate((char)low)) return new string([(char)unit, (char)low]);
        }

        return "\uFFFD";
    }

    private int Hex()
    {
        if (at + 4 > source.Length || !int.TryParse(source.AsSpan(at, 4), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out int unit))
            throw new JqSyntaxException("Invalid escape", line);
        at += 4;
        return unit;
    }

    private static bool IsStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
