using System.Text;

namespace Offstage.Agents.Processes;

/// <summary>A unified diff with one hunk: from the first line that differs to the last.</summary>
internal static class TextDiff
{
    private const int ContextLines = 3;
    private const int CharsMax = 256 * 1024;

    public static string Make(string before, string after)
    {
        var (old, young) = (Lines(before), Lines(after));
        int shorter = Math.Min(old.Length, young.Length);
        int head = 0;
        while (head < shorter && old[head] == young[head])
            head++;
        int tail = 0;
        while (tail < shorter - head && old[^(tail + 1)] == young[^(tail + 1)])
            tail++;
        if (head == old.Length && head == young.Length)
            return "";

        int from = Math.Max(0, head - ContextLines);
        int context = Math.Min(ContextLines, tail);
        var diff = new StringBuilder();
        diff.Append("@@ -").Append(Range(from, old.Length - tail + context)).Append(" +").Append(Range(from, young.Length - tail + context)).Append(" @@\n");
        Add(diff, ' ', old.AsSpan(from, head - from));
        Add(diff, '-', old.AsSpan(head, old.Length - tail - head));
        Add(diff, '+', young.AsSpan(head, young.Length - tail - head));
        Add(diff, ' ', old.AsSpan(old.Length - tail, context));
        return diff.Length <= CharsMax ? diff.ToString() : string.Concat(diff.ToString(0, CharsMax), "\n… cut …\n");
    }

    private static string Range(int from, int to) => to == from ? $"{from},0" : $"{from + 1},{to - from}";

    private static string[] Lines(string text) =>
        text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');

    private static void Add(StringBuilder diff, char mark, ReadOnlySpan<string> lines)
    {
        foreach (string line in lines)
        {
            if (diff.Length > CharsMax)
                return;
            diff.Append(mark).Append(line).Append('\n');
        }
    }
}
