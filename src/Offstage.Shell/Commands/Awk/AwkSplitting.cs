using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Awk;

/// <summary>split, patsplit, asort and asorti: what fills arrays.</summary>
internal static class AwkSplitting
{
    public static AwkValue Split(AwkRuntime runtime, string text, AwkArray target, AwkExpression? separator, AwkArray? separators)
    {
        var pieces = new List<string>();
        var between = new List<string>();
        string plain = separator is null ? runtime.GetSpecial(AwkSpecialName.FS).Text(runtime.ConversionFormat)
            : separator is AwkRegexLiteral ? "" : separator.Text(runtime);
        bool isRegex = separator is AwkRegexLiteral;
        if (text.Length == 0)
        {
            // Nothing has no pieces.
        }
        else if (!isRegex && plain == " ")
        {
            Blanks(text, pieces, between);
        }
        else if (!isRegex && plain.Length == 0)
        {
            for (int i = 0; i < text.Length;)
            {
                int length = runtime.IsUtf8 ? AwkCharacters.LengthAt(text, i) : 1;
                if (i > 0) between.Add("");
                pieces.Add(text.Substring(i, length));
                i += length;
            }
        }
        else if (!isRegex && plain.Length == 1 && (!runtime.IgnoreCase || !char.IsAsciiLetter(plain[0])))
        {
            pieces.AddRange(text.Split(plain[0]));
            between.AddRange(Enumerable.Repeat(plain, pieces.Count - 1));
        }
        else
        {
            Regex(runtime, isRegex ? runtime.Regex(separator!) : runtime.Regex(plain), text, pieces, between);
        }

        Fill(runtime, target, pieces, separators, between, 1);
        return AwkValue.Of((double)pieces.Count);
    }

    public static AwkValue SplitByPattern(AwkRuntime runtime, string text, AwkArray target, AwkExpression? pattern, AwkArray? separators)
    {
        var regex = pattern is null ? runtime.Regex(runtime.GetSpecial(AwkSpecialName.FPAT).Text("")) : runtime.Regex(pattern);
        var pieces = new List<string>();
        var between = new List<string>();
        Span<Group> groups = stackalloc Group[1];
        int at = 0, copied = 0, previousEnd = -1;
        byte[] bytes = Latin.Bytes(text);
        while (at <= bytes.Length && regex.Match(bytes, at, groups, runtime.CancellationToken))
        {
            var match = groups[0];
            if (!(match.Length == 0 && (match.Start == previousEnd || text.Length == 0)))
            {
                between.Add(text[copied..match.Start]);
                pieces.Add(text[match.Start..match.End]);
                copied = match.End;
            }

            previousEnd = match.End;
            at = match.Length == 0 ? match.End + 1 : match.End;
        }

        between.Add(text[copied..]);
        Fill(runtime, target, pieces, separators, between, 0);
        return AwkValue.Of((double)pieces.Count);
    }

    public static AwkValue Sort(AwkRuntime runtime, AwkArray source, AwkArray target, bool byIndex, string order)
    {
        List<AwkValue> values = byIndex ? [.. source.Items.Keys.Select(AwkValue.Of)] : [.. source.Items.Values];
        bool numeric = order.Contains("num", StringComparison.Ordinal);
        values.Sort((a, b) => numeric ? a.Number.CompareTo(b.Number) : runtime.Compare(a, b));
        if (order.EndsWith("desc", StringComparison.Ordinal)) values.Reverse();
        var items = new Dictionary<string, AwkValue>(values.Count, StringComparer.Ordinal);
        for (int i = 0; i < values.Count; i++) items[$"{i + 1}"] = values[i];
        target.Replace(items);
        return AwkValue.Of((double)values.Count);
    }

    private static void Blanks(string text, List<string> pieces, List<string> between)
    {
        int i = 0, end = 0;
        while (true)
        {
            while (i < text.Length && text[i] is ' ' or '\t' or '\n') i++;
            if (i >= text.Length) return;
            if (pieces.Count > 0) between.Add(text[end..i]);
            int start = i;
            while (i < text.Length && text[i] is not (' ' or '\t' or '\n')) i++;
            pieces.Add(text[start..i]);
            end = i;
        }
    }

    private static void Regex(AwkRuntime runtime, PosixRegex regex, string text, List<string> pieces, List<string> between)
    {
        byte[] bytes = Latin.Bytes(text);
        Span<Group> groups = stackalloc Group[1];
        int start = 0, at = 0;
        while (at <= bytes.Length && regex.Match(bytes, at, groups, runtime.CancellationToken))
        {
            if (groups[0].Length == 0)
            {
                at = groups[0].End + 1;
                continue;
            }

            pieces.Add(text[start..groups[0].Start]);
            between.Add(text[groups[0].Start..groups[0].End]);
            start = at = groups[0].End;
        }

        pieces.Add(text[start..]);
    }

    private static void Fill(AwkRuntime runtime, AwkArray target, List<string> pieces, AwkArray? separators, List<string> between, int firstBetween)
    {
        target.Items.Clear();
        for (int i = 0; i < pieces.Count; i++)
        {
            string key = $"{i + 1}";
            runtime.CountElement(key);
            target.Items[key] = AwkValue.Input(pieces[i]);
        }

        if (separators is null) return;
        separators.Items.Clear();
        for (int i = 0; i < between.Count; i++) separators.Items[$"{i + firstBetween}"] = AwkValue.Input(between[i]);
    }
}
