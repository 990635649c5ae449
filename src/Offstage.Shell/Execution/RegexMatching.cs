using System.Text;
using Offstage.Shell.Expansion;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Execution;

/// <summary>The operator <c>=~</c>, with the expressions that one process used last.</summary>
internal sealed class RegexMatching
{
    private const int KeptMax = 32;

    private readonly Dictionary<(string, PosixRegexOptions), PosixRegex> compiled = [];

    /// <param name="marked">The expression, with quoted characters marked.</param>
    /// <returns>The match and its groups, null for those that took no part; null when it does not match.</returns>
    /// <exception cref="ConditionException">It is no expression.</exception>
    public IReadOnlyList<string?>? Match(string marked, string subject, bool ignoresCase, bool isUtf8, CancellationToken cancellationToken)
    {
        string expression = Unquote(marked);
        PosixRegexOptions options = (ignoresCase ? PosixRegexOptions.IgnoreCase : 0) | (isUtf8 ? PosixRegexOptions.Utf8 : 0);
        try
        {
            if (!compiled.TryGetValue((expression, options), out PosixRegex? regex))
            {
                regex = PosixRegex.Compile(Encoding.Latin1.GetBytes(expression), RegexSyntax.Extended, options);
                if (compiled.Count >= KeptMax)
                    compiled.Clear();
                compiled[(expression, options)] = regex;
            }

            var groups = new Group[regex.GroupCount + 1];
            if (!regex.Match(Encoding.Latin1.GetBytes(subject), 0, groups, cancellationToken))
                return null;
            return [.. groups.Select(g => g.IsPresent ? subject[g.Start..g.End] : null)];
        }
        catch (PosixRegexException)
        {
            throw new ConditionException("");
        }
    }

    /// <summary>Puts backslashes before what was quoted, or leaves it bare inside of brackets.</summary>
    private static string Unquote(string marked)
    {
        var expression = new StringBuilder(marked.Length + 8);
        int bracket = -1;
        for (int i = 0; i < marked.Length; i++)
        {
            char c = marked[i];
            char plain = (char)(c & 0xFF);
            if (bracket < 0 && c == '[')
                bracket = i;
            else if (bracket >= 0 && c == ']' && i > bracket + 1 && !(i == bracket + 2 && marked[bracket + 1] == '^'))
                bracket = -1;
            else if (bracket < 0 && c == '\\' && i + 1 < marked.Length)
            {
                expression.Append(c).Append((char)(marked[++i] & 0xFF));
                continue;
            }

            if (MarkedText.IsMarked(c) && bracket < 0 && @"\^$.[]|()*+?{}".Contains(plain))
                expression.Append('\\');
            expression.Append(plain);
        }

        return expression.ToString();
    }
}
