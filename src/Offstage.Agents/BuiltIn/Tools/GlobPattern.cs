using System.Text;
using System.Text.RegularExpressions;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>
/// <c>*</c> and <c>?</c> within a name, <c>**</c> over folders, <c>[…]</c> and <c>{a,b}</c>. A pattern without a slash is looked for in
/// every folder.
/// </summary>
internal static class GlobPattern
{
    private const int CharsMax = 1_000;

    /// <exception cref="ToolArgumentException">It is no pattern.</exception>
    public static Regex Compile(string glob)
    {
        if (glob.Length is 0 or > CharsMax)
            throw new ToolArgumentException("'pattern' is empty or too long.");
        glob = glob.StartsWith("./", StringComparison.Ordinal) ? glob[2..] : glob;
        if (!glob.Contains('/', StringComparison.Ordinal))
            glob = "**/" + glob;
        try
        {
            // Without backtracking, whatever the model has thought up ends in time.
            return new Regex($"^{Translate(glob)}$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
        }
        catch (Exception broken) when (broken is ArgumentException or NotSupportedException)
        {
            throw new ToolArgumentException($"'pattern' is no pattern: {broken.Message}");
        }
    }

    private static string Translate(string glob)
    {
        var regex = new StringBuilder();
        int braces = 0;
        for (int at = 0; at < glob.Length; at++)
        {
            char c = glob[at];
            switch (c)
            {
                case '*' when glob.AsSpan(at).StartsWith("**/"):
                    regex.Append("(?:.*/)?");
                    at += 2;
                    break;
                case '*' when glob.AsSpan(at).StartsWith("**"):
                    regex.Append(".*");
                    at++;
                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when glob.IndexOf(']', at + 1) is > 0 and var end && end > at + 1:
                    string set = glob[(at + 1)..end].Replace("\\", "\\\\", StringComparison.Ordinal);
                    regex.Append('[').Append(set[0] == '!' ? "^" + set[1..] : set).Append(']');
                    at = end;
                    break;
                case '{' when glob.IndexOf('}', at) > 0:
                    regex.Append("(?:");
                    braces++;
                    break;
                case '}' when braces > 0:
                    regex.Append(')');
                    braces--;
                    break;
                case ',' when braces > 0:
                    regex.Append('|');
                    break;
                default:
                    regex.Append(Regex.Escape(c.ToString()));
                    break;
            }
        }

        return regex.Append(')', braces).ToString();
    }
}
