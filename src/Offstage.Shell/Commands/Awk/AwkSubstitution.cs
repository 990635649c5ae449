using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Awk;

/// <summary>sub, gsub and gensub.</summary>
internal static class AwkSubstitution
{
    public static AwkValue Substitute(AwkRuntime runtime, AwkExpression pattern, AwkExpression replacement, AwkPlace? target, bool all)
    {
        var regex = runtime.Regex(pattern);
        string with = replacement.Text(runtime);
        var place = target?.Resolve(runtime);
        string text = place?.Text(runtime) ?? throw new AwkException("sub third parameter is not a changeable object");
        string result = Replace(runtime, regex, text, all ? 0 : 1, (built, match, _) => Plain(built, with, text, match), out int count);
        if (count > 0) place.Assign(runtime, AwkValue.Of(runtime.CountText(result)));
        return AwkValue.Of((double)count);
    }

    public static AwkValue General(AwkRuntime runtime, AwkExpression pattern, string replacement, AwkValue how, string text)
    {
        var regex = runtime.Regex(pattern);
        string which = how.Text(runtime.ConversionFormat);
        bool all = which.StartsWith('g') || which.StartsWith('G');
        int occurrence = all ? 0 : Math.Max(1, (int)how.Number);
        return AwkValue.Of(runtime.CountText(Replace(runtime, regex, text, occurrence, (built, _, groups) => Numbered(built, replacement, text, groups), out _)));
    }

    private delegate void Writer(System.Text.StringBuilder built, Group match, ReadOnlySpan<Group> groups);

    /// <param name="occurrence">Which match is replaced; 0 for all.</param>
    private static string Replace(AwkRuntime runtime, PosixRegex regex, string text, int occurrence, Writer write, out int replaced)
    {
        var bytes = runtime.BytesOf(text);
        var groups = new Group[regex.GroupCount + 1];
        System.Text.StringBuilder? built = null;
        int at = 0, copied = 0, previousEnd = -1, seen = 0;
        replaced = 0;
        while (at <= bytes.Length && regex.Match(bytes, at, groups, runtime.CancellationToken))
        {
            var match = groups[0];
            if (!(match.Length == 0 && match.Start == previousEnd) && (++seen == occurrence || occurrence == 0))
            {
                built ??= new System.Text.StringBuilder(text.Length + 32);
                built.Append(text, copied, match.Start - copied);
                write(built, match, groups);
                copied = match.End;
                replaced++;
                if (occurrence > 0) break;
            }

            previousEnd = match.End;
            at = match.Length > 0 ? match.End : match.End + (runtime.IsUtf8 && match.End < text.Length ? AwkCharacters.LengthAt(text, match.End) : 1);
            if ((seen & 0xFF) == 0xFF) runtime.Turn();
        }

        return built is null ? text : built.Append(text, copied, text.Length - copied).ToString();
    }

    private static void Plain(System.Text.StringBuilder built, string replacement, string text, Group match)
    {
        for (int i = 0; i < replacement.Length; i++)
        {
            char c = replacement[i];
            if (c == '\\' && i + 1 < replacement.Length && replacement[i + 1] is '&' or '\\' && (replacement[i + 1] == '&' || (i + 2 < replacement.Length && replacement[i + 2] == '&')))
            {
                built.Append(replacement[++i]);
            }
            else if (c == '&')
            {
                built.Append(text, match.Start, match.Length);
            }
            else
            {
                built.Append(c);
            }
        }
    }

    private static void Numbered(System.Text.StringBuilder built, string replacement, string text, ReadOnlySpan<Group> groups)
    {
        for (int i = 0; i < replacement.Length; i++)
        {
            char c = replacement[i];
            int group = c == '&' ? 0 : -1;
            if (c == '\\' && i + 1 < replacement.Length)
            {
                char next = replacement[++i];
                if (char.IsAsciiDigit(next)) group = next - '0';
                else
                {
                    if (next is not ('&' or '\\')) built.Append('\\');
                    built.Append(next);
                    continue;
                }
            }

            if (group < 0) built.Append(c);
            else if (group < groups.Length && groups[group].IsPresent) built.Append(text, groups[group].Start, groups[group].Length);
        }
    }
}
