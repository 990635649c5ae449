using Offstage.Shell.Commands.Time;

namespace Offstage.Shell.Commands.Diff;

/// <summary>Writes changes in one of diff's forms.</summary>
internal sealed class DiffPrinter(OutputWriter output, DiffText a, DiffText b, TimeZoneInfo zone)
{
    private const string NoNewline = "\\ No newline at end of file\n";

    /// <summary>Labels that stand in place of names and times.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public void Normal(List<Change> changes)
    {
        foreach (var (start1, count1, start2, count2) in changes)
        {
            string letter = count1 == 0 ? "a" : count2 == 0 ? "d" : "c";
            output.Write($"{Range(start1, count1)}{letter}{Range(start2, count2)}\n");
            for (int i = 0; i < count1; i++) Line("< ", a, start1 + i);
            if (letter == "c") output.Write("---\n");
            for (int i = 0; i < count2; i++) Line("> ", b, start2 + i);
        }
    }

    public void Unified(List<Change> changes, int context)
    {
        Header("---", a, 0);
        Header("+++", b, 1);
        foreach (var hunk in Hunks(changes, context))
        {
            int from1 = Math.Max(0, hunk[0].Start1 - context), from2 = Math.Max(0, hunk[0].Start2 - context);
            int to1 = Math.Min(a.Count, hunk[^1].Start1 + hunk[^1].Count1 + context), to2 = Math.Min(b.Count, hunk[^1].Start2 + hunk[^1].Count2 + context);
            output.Write($"@@ -{UnifiedRange(from1, to1 - from1)} +{UnifiedRange(from2, to2 - from2)} @@\n");
            int at = from1;
            foreach (var change in hunk)
            {
                for (; at < change.Start1; at++) Line(" ", a, at);
                for (int i = 0; i < change.Count1; i++) Line("-", a, at++);
                for (int i = 0; i < change.Count2; i++) Line("+", b, change.Start2 + i);
            }

            for (; at < to1; at++) Line(" ", a, at);
        }
    }

    public void Context(List<Change> changes, int context)
    {
        Header("***", a, 0, "%a %b %e %T %Y");
        Header("---", b, 1, "%a %b %e %T %Y");
        foreach (var hunk in Hunks(changes, context))
        {
            int from1 = Math.Max(0, hunk[0].Start1 - context), from2 = Math.Max(0, hunk[0].Start2 - context);
            int to1 = Math.Min(a.Count, hunk[^1].Start1 + hunk[^1].Count1 + context), to2 = Math.Min(b.Count, hunk[^1].Start2 + hunk[^1].Count2 + context);
            output.Write($"***************\n*** {Range(from1, to1 - from1)} ****\n");
            if (hunk.Any(c => c.Count1 > 0)) Side(hunk, a, from1, to1, first: true);
            output.Write($"--- {Range(from2, to2 - from2)} ----\n");
            if (hunk.Any(c => c.Count2 > 0)) Side(hunk, b, from2, to2, first: false);
        }
    }

    /// <summary>Commands for ed, last change first.</summary>
    public void Ed(List<Change> changes)
    {
        foreach (var (start1, count1, start2, count2) in Enumerable.Reverse(changes))
        {
            string letter = count1 == 0 ? "a" : count2 == 0 ? "d" : "c";
            output.Write($"{Range(start1, count1)}{letter}\n");
            for (int i = 0; i < count2; i++) Line("", b, start2 + i);
            if (letter != "d") output.Write(".\n");
        }
    }

    /// <summary>Both files beside each other.</summary>
    public void SideBySide(List<Change> changes, int width, bool suppressCommon)
    {
        // The second column begins where a tab ends; the mark stands in the middle of what is left between.
        int second = (width + 8 + 3) / 16 * 8;
        int half = Math.Max(0, Math.Min(second - 3, width - second));
        if (half == 0) second = width;
        int at1 = 0, at2 = 0;
        foreach (var change in changes.Append(new Change(a.Count, 0, b.Count, 0)))
        {
            for (; at1 < change.Start1; at1++, at2++)
            {
                if (!suppressCommon) Row(at1, ' ', at2, half, second);
            }

            int common = Math.Min(change.Count1, change.Count2);
            for (int i = 0; i < Math.Max(change.Count1, change.Count2); i++)
                Row(i < change.Count1 ? at1 + i : -1, i < common ? '|' : i < change.Count1 ? '<' : '>', i < change.Count2 ? at2 + i : -1, half, second);
            at1 += change.Count1;
            at2 += change.Count2;
        }
    }

    private void Row(int left, char mark, int right, int half, int second)
    {
        // Columns are reached by tabs, as GNU's diff does without -t.
        string text = left < 0 ? "" : Text.Latin.Text(a.Line(left));
        if (text.Length > half) text = text[..half];
        output.Write(text);
        int column = text.Length;
        if (mark != ' ')
        {
            Tab(ref column, (half + second - 1) / 2);
            output.Write(mark.ToString());
            column++;
        }

        if (right >= 0 && b.Line(right).Length > 0)
        {
            Tab(ref column, second);
            string other = Text.Latin.Text(b.Line(right));
            output.Write(other.Length > half ? other[..half] : other);
        }

        output.Write("\n");
    }

    private void Tab(ref int column, int target)
    {
        while (((column / 8) + 1) * 8 <= target)
        {
            output.Write("\t");
            column = ((column / 8) + 1) * 8;
        }

        for (; column < target; column++) output.Write(" ");
    }

    private void Side(List<Change> hunk, DiffText text, int from, int to, bool first)
    {
        int at = from;
        foreach (var change in hunk)
        {
            int start = first ? change.Start1 : change.Start2, count = first ? change.Count1 : change.Count2, other = first ? change.Count2 : change.Count1;
            for (; at < start; at++) Line("  ", text, at);
            for (int i = 0; i < count; i++) Line(other > 0 ? "! " : first ? "- " : "+ ", text, at++);
        }

        for (; at < to; at++) Line("  ", text, at);
    }

    private static List<List<Change>> Hunks(List<Change> changes, int context)
    {
        var hunks = new List<List<Change>>();
        foreach (var change in changes)
        {
            if (hunks.Count > 0 && change.Start1 - (hunks[^1][^1].Start1 + hunks[^1][^1].Count1) <= 2 * context) hunks[^1].Add(change);
            else hunks.Add([change]);
        }

        return hunks;
    }

    private void Header(string mark, DiffText text, int index, string time = "%Y-%m-%d %H:%M:%S.%N %z")
        => output.Write(index < Labels.Count ? $"{mark} {Labels[index]}\n" : $"{mark} {text.Name}\t{TimeFormat.Format(time, text.ModifiedAt, zone)}\n");

    private void Line(string mark, DiffText text, int index)
    {
        output.Write(mark);
        output.Write(text.Line(index));
        output.WriteByte((byte)'\n');
        if (text.IsIncomplete(index)) output.Write(NoNewline);
    }

    private static string Range(int start, int count) => count == 0 ? start.ToString() : count == 1 ? (start + 1).ToString() : $"{start + 1},{start + count}";

    private static string UnifiedRange(int start, int count) => count == 1 ? (start + 1).ToString() : $"{(count == 0 ? start : start + 1)},{count}";
}
