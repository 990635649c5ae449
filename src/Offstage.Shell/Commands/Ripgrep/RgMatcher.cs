using System.Text;
using System.Text.RegularExpressions;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Ripgrep;

/// <summary>
/// Patterns in the syntax of Rust's regular expressions, which is near to .NET's. What needs no backtracking is matched in linear time;
/// look-around and back-references of <c>-P</c> have a limit of time.
/// </summary>
internal sealed class RgMatcher
{
    private static readonly TimeSpan matchTimeout = TimeSpan.FromSeconds(2);

    private readonly Regex regex;
    private readonly byte[]? literal;

    /// <exception cref="CommandFailedException">A pattern is none.</exception>
    public RgMatcher(ParsedOptions options, IReadOnlyList<string> patterns)
    {
        bool isFixed = options.Has('F'), isPerl = options.Has('P');
        string[] texts = [.. patterns.Select(Latin.ToUnicode)];
        string? caseOption = options.Last("i", "S", "s");
        bool ignoreCase = caseOption == "i" || (caseOption == "S" && !texts.Any(t => Letters(t, isFixed).Any(char.IsUpper)));
        string all = string.Join('|', texts.Select(t => isFixed ? Regex.Escape(t) : texts.Length > 1 ? $"(?:{Translate(t, isPerl)})" : Translate(t, isPerl)));
        if (options.Has('w')) all = $"(?<!\\w)(?:{all})(?!\\w)";
        if (options.Has('x')) all = $"^(?:{all})$";
        RegexOptions flags = RegexOptions.CultureInvariant | RegexOptions.Multiline | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        if (options.Has("multiline-dotall")) flags |= RegexOptions.Singleline;
        // The dollar sign of .NET stands before a line feed only; a carriage return before it belongs to the line, as in Rust.
        if (texts.Length == 1 && !ignoreCase && !options.Has('w') && !options.Has('x') && texts[0].Length > 0 && (isFixed || texts[0].All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '-' or ':' or ',' or '"' or '\'' or '/' or '<' or '>' or '=' or ';' or '@' or '%' or '&' or '!' or '~' or '`')))
            literal = Encoding.UTF8.GetBytes(texts[0]);
        try
        {
            regex = Make(all, flags, isPerl || options.Has('w'));
        }
        catch (ArgumentException error)
        {
            throw new CommandFailedException($"regex parse error: {Latin.FromUnicode(error.Message)}", 2);
        }
    }

    /// <summary>Whether the pattern is text that can be looked for in the bytes.</summary>
    public byte[]? Literal => literal;

    public bool IsMatch(string line) => regex.IsMatch(line);

    public IEnumerable<Match> Matches(string text) => regex.Matches(text);

    public Match Next(string text, int start) => regex.Match(text, start);

    private static Regex Make(string pattern, RegexOptions flags, bool backtracks)
    {
        if (!backtracks)
        {
            try
            {
                return new Regex(pattern, flags | RegexOptions.NonBacktracking, matchTimeout);
            }
            catch (NotSupportedException)
            {
                throw new ArgumentException("look-around, including look-ahead and look-behind, is not supported, and neither are backreferences");
            }
        }

        return new Regex(pattern, flags, matchTimeout);
    }

    /// <summary>The letters that decide about -S: not those of escapes.</summary>
    private static string Letters(string pattern, bool isFixed) => isFixed ? pattern : Regex.Replace(pattern, "\\\\(?:[pP]\\{[^}]*\\}|.)", "", RegexOptions.Singleline, matchTimeout);

    private static string Translate(string pattern, bool isPerl)
    {
        var result = new StringBuilder();
        bool inSet = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                char next = pattern[++i];
                string tail = pattern[i..];
                if (next == 'x' && tail.StartsWith("x{", StringComparison.Ordinal) && tail.IndexOf('}') is > 2 and var end
                    && int.TryParse(tail.AsSpan(2, end - 2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out int point) && Rune.IsValid(point))
                {
                    result.Append(Regex.Escape(new Rune(point).ToString()));
                    i += end;
                    continue;
                }

                result.Append(next switch { '<' => "\\b(?=\\w)", '>' => "\\b(?<=\\w)", 'z' => "\\z", '"' or '\'' or '/' or '-' or '&' or '~' or '!' or '%' or ',' or ':' or ';' or '=' or '@' or '_' or '`' => inSet && next == '-' ? "\\-" : Regex.Escape(next.ToString()), _ => "\\" + next });
                continue;
            }

            if (inSet)
            {
                if (c == '[' && i + 1 < pattern.Length && pattern[i + 1] == ':' && pattern.IndexOf(":]", i, StringComparison.Ordinal) is > 0 and var close)
                {
                    result.Append(Class(pattern[(i + 2)..close]));
                    i = close + 1;
                    continue;
                }

                if (c == ']') inSet = false;
                result.Append(c == '[' ? "\\[" : c.ToString());
                continue;
            }

            if (c == '[')
            {
                inSet = true;
                result.Append(c);
                if (i + 1 < pattern.Length && pattern[i + 1] == '^') result.Append(pattern[++i]);
                if (i + 1 < pattern.Length && pattern[i + 1] == ']')
                {
                    result.Append("\\]");
                    i++;
                }

                continue;
            }

            if (c == '(' && !isPerl && string.CompareOrdinal(pattern, i, "(?P<", 0, 4) == 0)
            {
                result.Append("(?<");
                i += 3;
                continue;
            }

            result.Append(c);
        }

        return result.ToString();
    }

    private static string Class(string name) => name switch
    {
        "alpha" => "a-zA-Z",
        "digit" => "0-9",
        "alnum" => "a-zA-Z0-9",
        "upper" => "A-Z",
        "lower" => "a-z",
        "space" => "\\s",
        "blank" => " \\t",
        "xdigit" => "0-9A-Fa-f",
        "word" => "\\w",
        "punct" => "!-/:-@\\[-`{-~",
        "cntrl" => "\\x00-\\x1f\\x7f",
        "print" => "\\x20-\\x7e",
        "graph" => "\\x21-\\x7e",
        "ascii" => "\\x00-\\x7f",
        _ => "",
    };
}
