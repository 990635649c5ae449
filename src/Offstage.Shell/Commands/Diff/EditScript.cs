namespace Offstage.Shell.Commands.Diff;

/// <summary>A run of lines that were taken out of the first file and put into the second.</summary>
/// <param name="Start1">From 0.</param>
internal readonly record struct Change(int Start1, int Count1, int Start2, int Count2);

/// <summary>The shortest way from one sequence to another, by Myers' algorithm in linear space.</summary>
internal sealed class EditScript
{
    private readonly int[] a;
    private readonly int[] b;
    private readonly bool[] removed;
    private readonly bool[] added;
    private readonly int[] forward;
    private readonly int[] backward;
    private readonly CommandContext context;
    private readonly long costMax;

    private EditScript(int[] a, int[] b, CommandContext context)
    {
        (this.a, this.b, this.context) = (a, b, context);
        removed = new bool[a.Length];
        added = new bool[b.Length];
        int size = (2 * (a.Length + b.Length)) + 4;
        forward = new int[size];
        backward = new int[size];
        // Beyond this many edits a good way is taken instead of the best one, as GNU's diff does.
        costMax = Math.Max(4096, (long)Math.Sqrt(a.Length + (double)b.Length) * 4);
    }

    /// <param name="a">Lines as numbers: equal lines have equal numbers.</param>
    public static List<Change> Between(int[] a, int[] b, CommandContext context)
    {
        var script = new EditScript(a, b, context);
        script.Compare(0, a.Length, 0, b.Length);
        script.Shift();
        return script.Changes();
    }

    private void Compare(int aStart, int aEnd, int bStart, int bEnd)
    {
        while (true)
        {
            while (aStart < aEnd && bStart < bEnd && a[aStart] == b[bStart])
            {
                aStart++;
                bStart++;
            }

            while (aStart < aEnd && bStart < bEnd && a[aEnd - 1] == b[bEnd - 1])
            {
                aEnd--;
                bEnd--;
            }

            if (aStart == aEnd)
            {
                added.AsSpan(bStart, bEnd - bStart).Fill(true);
                return;
            }

            if (bStart == bEnd)
            {
                removed.AsSpan(aStart, aEnd - aStart).Fill(true);
                return;
            }

            var (x, y) = Middle(aStart, aEnd, bStart, bEnd);
            Compare(aStart, x, bStart, y);
            (aStart, bStart) = (x, y);
        }
    }

    /// <summary>A point on a shortest way, found from both ends at once.</summary>
    private (int X, int Y) Middle(int aStart, int aEnd, int bStart, int bEnd)
    {
        int offset = b.Length + 1;
        int low = aStart - bEnd, high = aEnd - bStart;
        int forwardMiddle = aStart - bStart, backwardMiddle = aEnd - bEnd;
        int fLow = forwardMiddle, fHigh = forwardMiddle, bLow = backwardMiddle, bHigh = backwardMiddle;
        bool odd = ((forwardMiddle - backwardMiddle) & 1) != 0;
        forward[offset + forwardMiddle] = aStart;
        backward[offset + backwardMiddle] = aEnd;
        for (long cost = 1; ; cost++)
        {
            if ((cost & 63) == 0) context.Check();
            if (fLow > low) forward[offset + --fLow - 1] = -1;
            else fLow++;
            if (fHigh < high) forward[offset + ++fHigh + 1] = -1;
            else fHigh--;
            for (int d = fHigh; d >= fLow; d -= 2)
            {
                int below = forward[offset + d - 1], above = forward[offset + d + 1];
                int x = below >= above ? below + 1 : above;
                int y = x - d;
                while (x < aEnd && y < bEnd && a[x] == b[y])
                {
                    x++;
                    y++;
                }

                forward[offset + d] = x;
                if (odd && bLow <= d && d <= bHigh && backward[offset + d] <= x) return (x, y);
            }

            if (bLow > low) backward[offset + --bLow - 1] = int.MaxValue;
            else bLow++;
            if (bHigh < high) backward[offset + ++bHigh + 1] = int.MaxValue;
            else bHigh--;
            for (int d = bHigh; d >= bLow; d -= 2)
            {
                int below = backward[offset + d - 1], above = backward[offset + d + 1];
                int x = below < above ? below : above - 1;
                int y = x - d;
                while (x > aStart && y > bStart && a[x - 1] == b[y - 1])
                {
                    x--;
                    y--;
                }

                backward[offset + d] = x;
                if (!odd && fLow <= d && d <= fHigh && x <= forward[offset + d]) return (x, y);
            }

            if (cost >= costMax) return Farthest(offset, fLow, fHigh, aEnd, bEnd, bStart);
        }
    }

    private (int X, int Y) Farthest(int offset, int low, int high, int aEnd, int bEnd, int bStart)
    {
        int best = -1, bestX = 0;
        for (int d = high; d >= low; d -= 2)
        {
            int x = Math.Min(forward[offset + d], aEnd);
            int y = x - d;
            if (y > bEnd)
            {
                x = bEnd + d;
                y = bEnd;
            }

            if (y < bStart || x + y <= best) continue;
            (best, bestX) = (x + y, x);
        }

        return (bestX, best - bestX);
    }

    /// <summary>Slides changes down as far as they go, and joins those that meet, so that they read as people expect.</summary>
    private void Shift()
    {
        Shift(removed, added, a);
        Shift(added, removed, b);
    }

    private void Shift(bool[] changed, bool[] other, int[] lines)
    {
        int i = 0, j = 0;
        for (int changes = 0; ; changes++)
        {
            if ((changes & 0xFF) == 0) context.Check();
            while (i < lines.Length && !changed[i])
            {
                while (j < other.Length && other[j]) j++;
                j++;
                i++;
            }

            if (i >= lines.Length) return;
            int start = i;
            while (++i < lines.Length && changed[i])
            {
            }

            while (j < other.Length && other[j]) j++;
            int length, corresponding;
            do
            {
                length = i - start;
                while (start > 0 && lines[start - 1] == lines[i - 1])
                {
                    changed[--start] = true;
                    changed[--i] = false;
                    while (start > 0 && changed[start - 1]) start--;
                    do j--;
                    while (j > 0 && other[j - 1] && j - 1 < other.Length && other[j]);
                    while (j >= 0 && j < other.Length && other[j]) j--;
                }

                corresponding = j > 0 && j - 1 < other.Length && other[j - 1] ? i : lines.Length;
                while (i < lines.Length && lines[start] == lines[i])
                {
                    changed[start++] = false;
                    changed[i++] = true;
                    while (i < lines.Length && changed[i]) i++;
                    j++;
                    while (j < other.Length && other[j])
                    {
                        corresponding = i;
                        j++;
                    }
                }
            }
            while (length != i - start);
            while (corresponding < i)
            {
                changed[--start] = true;
                changed[--i] = false;
                do j--;
                while (j >= 0 && j < other.Length && other[j]);
            }
        }
    }

    private List<Change> Changes()
    {
        var changes = new List<Change>();
        int i = 0, j = 0;
        while (i < a.Length || j < b.Length)
        {
            if ((i < a.Length && removed[i]) || (j < b.Length && added[j]))
            {
                if ((changes.Count & 0xFF) == 0) context.Check();
                int startA = i, startB = j;
                while (i < a.Length && removed[i]) i++;
                while (j < b.Length && added[j]) j++;
                changes.Add(new(startA, i - startA, startB, j - startB));
                continue;
            }

            i++;
            j++;
        }

        return changes;
    }
}
