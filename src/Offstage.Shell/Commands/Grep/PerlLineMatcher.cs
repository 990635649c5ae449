using System.Text;
using System.Text.RegularExpressions;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Grep;

/// <summary><c>grep -P</c>: .NET's own expressions, which are near enough to Perl's, with what they lack rewritten.</summary>
internal sealed class PerlLineMatcher : ILineMatcher
{
    /// <summary>How long one line may take. Such an expression can need exponential time.</summary>
    private static readonly TimeSpan lineTimeout = TimeSpan.FromSeconds(1);

    private readonly PerlRegex regex;
    private readonly Encoding encoding;
    private readonly CommandContext context;

    public PerlLineMatcher(CommandContext context, IReadOnlyList<string> patterns, bool ignoreCase, bool words, bool lines)
    {
        this.context = context;
        encoding = context.IsUtf8 ? Encoding.UTF8 : Encoding.Latin1;
        string all = string.Join('|', patterns.Select(p => patterns.Count > 1 ? $"(?:{Rewrite(p)})" : Rewrite(p)));
        if (context.IsUtf8) all = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(all));
        if (words) all = $"(?<!\\w)(?:{all})(?!\\w)";
        if (lines) all = $"^(?:{all})$";
        try
        {
            regex = new PerlRegex(all, RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None), lineTimeout);
        }
        catch (ArgumentException error)
        {
            throw new CommandFailedException(error.Message, 2);
        }
    }

    public int FindLine(ReadOnlySpan<byte> block, int start, byte terminator)
    {
        while (start <= block.Length)
        {
            int length = block[start..].IndexOf(terminator);
            int end = length < 0 ? block.Length : start + length;
            if (Match(block[start..end], 0, out _, out _)) return start;
            start = end + 1;
        }

        return -1;
    }

    public bool Match(ReadOnlySpan<byte> line, int start, out int from, out int to)
    {
        context.Check();
        string text = encoding.GetString(line);
        int at = start == 0 ? 0 : encoding.GetCharCount(line[..start]);
        Match match;
        try
        {
            match = regex.Match(text, at, context.Interruption);
        }
        catch (RegexMatchTimeoutException)
        {
            throw new CommandFailedException("exceeded PCRE's backtracking limit", 2);
        }

        from = match.Success ? encoding.GetByteCount(text.AsSpan(0, match.Index)) : -1;
        to = match.Success ? from + encoding.GetByteCount(match.ValueSpan) : -1;
        return match.Success;
    }

    private static string Rewrite(string pattern)
    {
        var result = new StringBuilder();
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                char next = pattern[++i];
                if (next == 'Q')
                {
                    int end = pattern.IndexOf("\\E", i, StringComparison.Ordinal);
                    string literal = end < 0 ? pattern[(i + 1)..] : pattern[(i + 1)..end];
                    result.Append(Regex.Escape(literal));
                    i = end < 0 ? pattern.Length : end + 1;
                }
                else if (next == 'K')
                {
                    // What stands before is required but no part of the match.
                    result.Insert(0, "(?<=").Append(')');
                }
                else
                {
                    result.Append(next switch { 'h' => "[ \\t]", 'R' => "(?:\\r\\n|[\\n\\v\\f\\r])", 'd' => "[0-9]", _ => $"\\{next}" });
                }
            }
            else if (c == '[')
            {
                int end = i + 1;
                if (end < pattern.Length && pattern[end] == '^') end++;
                if (end < pattern.Length && pattern[end] == ']') end++;
                while (end < pattern.Length && pattern[end] != ']')
                {
                    if (pattern[end] == '\\') end++;
                    else if (pattern[end] == '[' && end + 1 < pattern.Length && pattern[end + 1] == ':') end = Math.Max(end, pattern.IndexOf(":]", end + 2, StringComparison.Ordinal) + 1);
                    end++;
                }

                string set = pattern[i..Math.Min(end + 1, pattern.Length)];
                foreach (var (name, members) in Classes) set = set.Replace(name, members, StringComparison.Ordinal);
                result.Append(set[0]).Append(set[1..].Replace("[", "\\[", StringComparison.Ordinal).Replace("\\\\[", "\\[", StringComparison.Ordinal));
                i = end;
            }
            else if (c == '+' && result.Length > 0 && i > 0 && pattern[i - 1] is '+' or '*' or '?' or '}' && !(i > 1 && pattern[i - 2] == '\\'))
            {
                // A possessive repetition takes what it can and gives nothing back; without it the same lines match, only later.
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    private static readonly (string Name, string Members)[] Classes =
    [
        ("[:alpha:]", "a-zA-Z"), ("[:digit:]", "0-9"), ("[:alnum:]", "a-zA-Z0-9"), ("[:upper:]", "A-Z"), ("[:lower:]", "a-z"),
        ("[:space:]", "\\s"), ("[:blank:]", " \\t"), ("[:xdigit:]", "0-9A-Fa-f"), ("[:word:]", "\\w"),
        ("[:punct:]", "!-/:-@\\[-`{-~"), ("[:cntrl:]", "\\x00-\\x1f\\x7f"), ("[:print:]", "\\x20-\\x7e"), ("[:graph:]", "\\x21-\\x7e"),
    ];
}
