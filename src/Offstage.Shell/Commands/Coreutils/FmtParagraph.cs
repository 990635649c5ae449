namespace Offstage.Shell.Commands.Coreutils;

/// <summary>A word of a paragraph, and what is known of the line that would begin with it.</summary>
internal sealed class FmtWord(string text)
{
    public string Text => text;

    public int Length => text.Length;

    /// <summary>Blanks behind it when it does not end its line.</summary>
    public int Space { get; set; }

    public bool OpensBracket { get; init; }

    public bool EndsWithPunctuation { get; init; }

    /// <summary>Whether it ends as a sentence may.</summary>
    public bool EndsWithPeriod { get; set; }

    /// <summary>Whether it ends a sentence.</summary>
    public bool IsFinal { get; set; }

    public long BestCost { get; set; }

    /// <summary>Index of the word that begins the next line.</summary>
    public int NextBreak { get; set; }

    public int LineLength { get; set; }
}

/// <summary>
/// Breaks a paragraph so that the whole costs least: lines that miss the goal or differ much from the next one cost most, then breaks inside
/// sentences. The costs are GNU fmt's, so that the breaks are.
/// </summary>
/// <param name="width">Every line is shorter than this.</param>
internal sealed class FmtParagraph(int width, int goal)
{
    private const long LineCost = 70 * 70, SentenceBonus = 50 * 50, NoBreakCost = 600 * 600, PunctuationBonus = 40 * 40, BracketBonus = 40 * 40, LineCredit = 9;

    public void Break(List<FmtWord> words, int firstIndent, int otherIndent, int lineBefore)
    {
        int end = words.Count;
        for (int start = end - 1; start >= 0; start--)
        {
            FmtWord first = words[start];
            long best = long.MaxValue;
            int length = (start == 0 ? firstIndent : otherIndent) + first.Length;
            for (int next = start + 1; ; next++)
            {
                long cost = LineEnd(words, next, length) + (next < end ? words[next].BestCost : 0);
                if (start == 0 && lineBefore > 0) cost += Ragged(length - lineBefore);
                if (cost < best)
                {
                    best = cost;
                    first.NextBreak = next;
                    first.LineLength = length;
                }

                if (next == end) break;
                length += words[next - 1].Space + words[next].Length;
                if (length >= width) break;
            }

            first.BestCost = best + LineStart(words, start);
        }
    }

    /// <summary>Where to end the first part of a paragraph that is too long to be broken as a whole.</summary>
    public static int SplitPoint(List<FmtWord> words)
    {
        int split = words.Count;
        long best = long.MaxValue;
        for (int at = words[0].NextBreak; at < words.Count; at = words[at].NextBreak)
        {
            int next = words[at].NextBreak;
            long cost = words[at].BestCost - (next < words.Count ? words[next].BestCost : 0);
            if (cost < best)
            {
                split = at;
                best = cost;
            }

            if (best <= long.MaxValue - LineCredit) best += LineCredit;
        }

        return split;
    }

    private static long Short(long by) => by * 10 * by * 10;

    private static long Ragged(long by) => Short(by) / 2;

    private static long LineStart(List<FmtWord> words, int at)
    {
        long cost = LineCost;
        if (at > 0)
        {
            FmtWord before = words[at - 1];
            if (before.EndsWithPeriod) cost += before.IsFinal ? -SentenceBonus : NoBreakCost;
            else if (before.EndsWithPunctuation) cost -= PunctuationBonus;
            else if (at > 1 && words[at - 2].IsFinal) cost += 200 * 200 / (before.Length + 2);
        }

        if (words[at].OpensBracket) cost -= BracketBonus;
        else if (words[at].IsFinal) cost += 150 * 150 / (words[at].Length + 2);
        return cost;
    }

    private long LineEnd(List<FmtWord> words, int next, int length)
    {
        if (next == words.Count) return 0;
        long cost = Short(goal - length);
        if (words[next].NextBreak != words.Count) cost += Ragged(length - words[next].LineLength);
        return cost;
    }
}
