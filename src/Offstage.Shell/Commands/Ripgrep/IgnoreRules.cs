using System.Text;
using System.Text.RegularExpressions;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Ripgrep;

/// <summary>The patterns of one ignore file, in the syntax of gitignore. The last one that matches decides.</summary>
/// <param name="folder">Absolute: patterns are relative to it.</param>
internal sealed class IgnoreRules(string folder)
{
    private static readonly TimeSpan matchTimeout = TimeSpan.FromSeconds(1);
    private readonly List<(Regex Pattern, bool IsNegated, bool DirectoriesOnly)> rules = [];

    public int Count => rules.Count;

    public bool HasPositive => rules.Any(r => !r.IsNegated);

    /// <returns>Null when the folder has no such file.</returns>
    public static IgnoreRules? Read(CommandContext context, string folder, string file)
    {
        using var input = InputFile.TryOpen(context, PathText.Join(folder, file), out _);
        if (input is null || input.Description.Status.IsDirectory) return null;
        var rules = new IgnoreRules(folder);
        while (input.Reader.TryReadLine(out ReadOnlySpan<byte> line, out _)) rules.Add(Latin.Text(line).TrimEnd('\r'));
        return rules.Count > 0 ? rules : null;
    }

    public void Add(string pattern, bool ignoreCase = false)
    {
        if (pattern.Length == 0 || pattern[0] == '#') return;
        while (pattern.EndsWith(' ') && !pattern.EndsWith("\\ ", StringComparison.Ordinal)) pattern = pattern[..^1];
        bool negated = pattern.StartsWith('!');
        if (negated) pattern = pattern[1..];
        bool directoriesOnly = pattern.EndsWith('/');
        if (directoriesOnly) pattern = pattern[..^1];
        if (pattern.Length == 0) return;
        bool anchored = pattern.Contains('/');
        pattern = pattern.TrimStart('/');
        try
        {
            string expression = (anchored ? "^" : "^(?:.*/)?") + Translate(pattern) + "$";
            rules.Add((new Regex(expression, RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.NonBacktracking | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None), matchTimeout), negated, directoriesOnly));
        }
        catch (Exception broken) when (broken is ArgumentException or NotSupportedException)
        {
            // As git does, a pattern that cannot be read is passed over.
        }
    }

    /// <returns>True to leave it out, false to keep it whatever outer rules say, null when no pattern matches.</returns>
    public bool? Ignores(string path, bool isDirectory)
    {
        string prefix = folder.TrimEnd('/') + "/";
        if (!path.StartsWith(prefix, StringComparison.Ordinal)) return null;
        string relative = path[prefix.Length..];
        for (int i = rules.Count - 1; i >= 0; i--)
        {
            var (pattern, negated, directoriesOnly) = rules[i];
            if (directoriesOnly && !isDirectory) continue;
            if (pattern.IsMatch(relative)) return !negated;
        }

        return null;
    }

    private static string Translate(string glob)
    {
        var text = new StringBuilder();
        for (int i = 0; i < glob.Length; i++)
        {
            char c = glob[i];
            if (c == '*')
            {
                bool twice = i + 1 < glob.Length && glob[i + 1] == '*';
                if (!twice)
                {
                    text.Append("[^/]*");
                    continue;
                }

                while (i + 1 < glob.Length && glob[i + 1] == '*') i++;
                bool atStart = text.Length == 0 || text[^1] == '/';
                if (atStart && i + 1 < glob.Length && glob[i + 1] == '/')
                {
                    text.Append("(?:.*/)?");
                    i++;
                }
                else
                {
                    text.Append(".*");
                }
            }
            else if (c == '?')
            {
                text.Append("[^/]");
            }
            else if (c == '[' && glob.IndexOf(']', Math.Min(i + 2, glob.Length)) is > 0 and var end)
            {
                string set = glob[(i + 1)..end];
                bool negated = set[0] is '!' or '^';
                text.Append(negated ? "[^/" : "[").Append((negated ? set[1..] : set).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal)).Append(']');
                i = end;
            }
            else if (c == '{' && glob.IndexOf('}', i) is > 0 and var close)
            {
                text.Append("(?:").AppendJoin('|', glob[(i + 1)..close].Split(',').Select(Translate)).Append(')');
                i = close;
            }
            else if (c == '\\' && i + 1 < glob.Length)
            {
                text.Append(Regex.Escape(glob[++i].ToString()));
            }
            else
            {
                text.Append(Regex.Escape(c.ToString()));
            }
        }

        return text.ToString();
    }
}
