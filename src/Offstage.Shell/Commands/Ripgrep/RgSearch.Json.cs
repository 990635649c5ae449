using System.Text;
using System.Text.RegularExpressions;

namespace Offstage.Shell.Commands.Ripgrep;

/// <summary>The lines of a file as messages.</summary>
internal sealed partial class RgSearch
{
    private void Print(RgJson json, byte[] bytes, string name, List<Line> lines, List<int> hits, Dictionary<int, List<(int Start, int Length, Match Match)>> spans)
    {
        int[] starts = LineStarts(bytes, lines.Count);
        void Tell(int from, int to, bool matched, IReadOnlyList<RgJson.Submatch> parts)
            => json.Lines(name, bytes.AsSpan(starts[from]..starts[to + 1]), matched, from + 1, starts[from], parts, to - from + 1);
        int printed = -1;
        for (int at = 0; at < hits.Count;)
        {
            context.Check();
            int first = hits[at], last = first, next = at + 1;
            // Lines that one match spans are told together.
            while (next < hits.Count && hits[next] == last + 1 && Shares(spans, last, hits[next])) last = hits[next++];
            for (int i = Math.Max(printed + 1, first - before); i < first; i++) Tell(i, i, matched: false, []);
            var found = Enumerable.Range(first, last - first + 1).SelectMany(i => spans.GetValueOrDefault(i) ?? []).Select(s => s.Match).Distinct().ToList();
            Tell(first, last, matched: true, [.. found.Select(m => Submatch(bytes.AsSpan(starts[first]..starts[last + 1]), lines[first], m))]);
            printed = last;
            int limit = next < hits.Count ? hits[next] : lines.Count;
            for (int i = last + 1; i < limit && i <= last + after; i++)
            {
                Tell(i, i, matched: false, []);
                printed = i;
            }

            at = next;
        }
    }

    private static bool Shares(Dictionary<int, List<(int Start, int Length, Match Match)>> spans, int line, int next)
        => spans.TryGetValue(line, out var a) && spans.TryGetValue(next, out var b) && ReferenceEquals(a[^1].Match, b[0].Match);

    private RgJson.Submatch Submatch(ReadOnlySpan<byte> bytes, Line line, Match match)
    {
        // A match knows its place in its line, or in the whole text where matches go over several.
        int offset = options.Has('U') ? match.Index - line.Start : match.Index;
        int start = ByteLength(bytes, offset);
        return new(match.Value, start, start + ByteLength(bytes[start..], match.Length));
    }

    /// <summary>How many bytes so many characters were read from. Bytes that are no text were read as one character each.</summary>
    private static int ByteLength(ReadOnlySpan<byte> bytes, int characters)
    {
        int at = 0;
        for (int read = 0; read < characters && at < bytes.Length;)
        {
            Rune.DecodeFromUtf8(bytes[at..], out Rune rune, out int length);
            read += rune.Utf16SequenceLength;
            at += length;
        }

        return at;
    }

    /// <summary>Where each line begins, and where the last one ends.</summary>
    private static int[] LineStarts(byte[] bytes, int count)
    {
        int[] starts = new int[count + 1];
        for (int line = 1, at = 0; line <= count; line++)
        {
            int end = bytes.AsSpan(at).IndexOf((byte)'\n');
            at = end < 0 ? bytes.Length : at + end + 1;
            starts[line] = at;
        }

        return starts;
    }
}
