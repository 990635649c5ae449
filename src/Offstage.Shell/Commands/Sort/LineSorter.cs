using System.Numerics;

namespace Offstage.Shell.Commands.Sort;

/// <summary>
/// Puts lines in order by one key after the other. A key is looked at eight bytes at a time, as an integer: lines are dealt out by it, and only
/// those that are equal so far are looked at further.
/// </summary>
/// <remarks>So a byte of a line is read a few times at most, and no line is copied.</remarks>
internal sealed class LineSorter
{
    /// <summary>Up to here lines are compared with each other: less work than reading their next bytes.</summary>
    private const int FewMax = 12;

    /// <summary>Up to here the runtime's own sort takes a moment only; larger groups are dealt out first, where cancellation is looked for.</summary>
    private const int GroupMax = 16 * 1024;

    /// <summary>Eight bytes each; lines that are equal for longer are compared with each other.</summary>
    private const int LevelsMax = 64;

    private const int KeysMax = 32;

    private readonly SortText text;
    private readonly SortKey[] keys;
    private readonly int separator;
    private readonly LineComparer comparer;
    private readonly CommandContext context;
    private readonly ulong[] prefixes;
    private readonly int[] lines;
    private readonly int[] keyAt;
    private readonly int[] keyEnd;
    private readonly byte[] taken;

    private LineSorter(SortText text, SortKey[] keys, SortKey? lastResort, int separator, LineComparer comparer, CommandContext context)
    {
        this.text = text;
        this.keys = lastResort is null ? keys : [.. keys, lastResort];
        this.separator = separator;
        this.comparer = comparer;
        this.context = context;
        text.Hold(text.Count * 21L);
        prefixes = new ulong[text.Count];
        lines = new int[text.Count];
        keyAt = new int[text.Count];
        keyEnd = new int[text.Count];
        taken = new byte[text.Count];
    }

    /// <param name="lastResort">The key that orders what all others leave equal; null when the lines' places do.</param>
    /// <returns>The numbers of the lines in order.</returns>
    public static int[] Sort(SortText text, SortKey[] keys, SortKey? lastResort, int separator, LineComparer comparer, CommandContext context)
    {
        var sorter = new LineSorter(text, keys, lastResort, separator, comparer, context);
        for (int i = 0; i < sorter.lines.Length; i++) sorter.lines[i] = i;
        sorter.SortBy(0, 0, text.Count);
        return sorter.lines;
    }

    /// <summary>Sorts lines that all keys before this one leave equal.</summary>
    private void SortBy(int key, int from, int to)
    {
        if (to - from < 2) return;
        if (key == keys.Length)
        {
            lines.AsSpan(from, to - from).Sort();
            return;
        }

        if (to - from <= FewMax || key >= KeysMax)
        {
            Compare(key, from, to);
            return;
        }

        var rules = keys[key].Rules;
        if (rules.Order == SortOrder.Numeric)
        {
            SortByNumber(key, from, to);
        }
        else if (rules.Order == SortOrder.Bytes)
        {
            for (int i = from; i < to; i++)
            {
                if ((i & 0xFFF) == 0) context.Check();
                var line = text.Line(lines[i]);
                var (start, length) = keys[key].PlaceIn(line, separator);
                keyAt[lines[i]] = text.Start(lines[i]) + start;
                keyEnd[lines[i]] = text.Start(lines[i]) + start + length;
            }

            SortByBytes(key, from, to, 0);
        }
        else
        {
            lines.AsSpan(from, to - from).Sort((x, y) => comparer.Compare(x, y, key));
        }
    }

    private void SortByNumber(int key, int from, int to)
    {
        bool isExact = true;
        for (int i = from; i < to; i++)
        {
            if ((i & 0xFFF) == 0) context.Check();
            ulong prefix = KeyPrefix.Number(keys[key].Of(text.Line(lines[i]), separator), out bool exact);
            prefixes[i] = keys[key].Rules.Reverse ? ~prefix : prefix;
            isExact &= exact;
        }

        Deal(from, to);
        for (int end, start = from; start < to; start = end)
        {
            end = EndOfEqual(start, to);
            if (isExact) SortBy(key + 1, start, end);
            else if (end - start > 1) Compare(key, start, end);
        }
    }

    private void SortByBytes(int key, int from, int to, int level)
    {
        if (to - from <= FewMax || level == LevelsMax)
        {
            Compare(key, from, to);
            return;
        }

        var rules = keys[key].Rules;
        for (int i = from; i < to; i++)
        {
            if ((i & 0xFFF) == 0) context.Check();
            int line = lines[i];
            ulong prefix = KeyPrefix.Take(text.Content, ref keyAt[line], keyEnd[line], rules, out int count);
            taken[line] = (byte)count;
            prefixes[i] = rules.Reverse ? ~prefix : prefix;
        }

        Deal(from, to);
        for (int end, start = from; start < to; start = end)
        {
            end = EndOfEqual(start, to);
            if (end - start > 1) SortEqual(key, start, end, level);
        }
    }

    /// <summary>Goes on with lines whose bytes are equal: where some of them end here, the shorter comes first.</summary>
    private void SortEqual(int key, int from, int to, int level)
    {
        bool isUniform = true;
        for (int i = from + 1; i < to; i++) isUniform &= taken[lines[i]] == taken[lines[from]];
        if (!isUniform)
        {
            for (int i = from; i < to; i++) prefixes[i] = keys[key].Rules.Reverse ? 8ul - taken[lines[i]] : taken[lines[i]];
            Deal(from, to);
        }

        for (int end, start = from; start < to; start = end)
        {
            end = isUniform ? to : EndOfEqual(start, to);
            if (taken[lines[start]] == 8) SortByBytes(key, start, end, level + 1);
            else SortBy(key + 1, start, end);
        }
    }

    private void Compare(int key, int from, int to)
    {
        if (to - from > 1) lines.AsSpan(from, to - from).Sort((x, y) => comparer.Compare(x, y, key));
    }

    private int EndOfEqual(int from, int to)
    {
        int end = from + 1;
        while (end < to && prefixes[end] == prefixes[from]) end++;
        return end;
    }

    /// <summary>Orders lines by their prefixes, in place: large groups are dealt out by the eight highest bits that differ.</summary>
    private void Deal(int from, int to)
    {
        context.Check();
        if (to - from <= GroupMax)
        {
            prefixes.AsSpan(from, to - from).Sort(lines.AsSpan(from, to - from));
            return;
        }

        ulong least = ulong.MaxValue, most = 0;
        foreach (ulong prefix in prefixes.AsSpan(from, to - from))
        {
            least = Math.Min(least, prefix);
            most = Math.Max(most, prefix);
        }

        if (least == most) return;
        int shift = Math.Max(0, 56 - BitOperations.LeadingZeroCount(most - least));
        Span<int> next = stackalloc int[257];
        next.Clear();
        for (int i = from; i < to; i++) next[(int)((prefixes[i] - least) >> shift) + 1]++;
        next[0] = from;
        for (int i = 1; i < next.Length; i++) next[i] += next[i - 1];
        Span<int> starts = stackalloc int[257];
        next.CopyTo(starts);
        int steps = 0;
        for (int pile = 0; pile < 256; pile++)
        {
            while (next[pile] < starts[pile + 1])
            {
                if ((++steps & 0xFFFF) == 0) context.Check();
                int place = next[pile];
                int wanted = (int)((prefixes[place] - least) >> shift);
                int other = next[wanted]++;
                if (wanted == pile) continue;
                (prefixes[place], prefixes[other]) = (prefixes[other], prefixes[place]);
                (lines[place], lines[other]) = (lines[other], lines[place]);
            }
        }

        for (int pile = 0; pile < 256; pile++)
        {
            if (starts[pile + 1] - starts[pile] > 1) Deal(starts[pile], starts[pile + 1]);
        }
    }
}
