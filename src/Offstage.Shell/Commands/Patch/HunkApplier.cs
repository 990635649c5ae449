namespace Offstage.Shell.Commands.Patch;

/// <summary>Puts hunks into the lines of a file, near where they say, with less and less of their context.</summary>
/// <remarks>A hunk comes behind the one before it, so what is done is not touched again. Places count the lines as they are by then.</remarks>
internal sealed class HunkApplier(IReadOnlyList<string> original, int fuzzMax, bool ignoreBlanks, CommandContext context)
{
    private readonly List<string> done = [];
    private int taken;
    private int offset;

    /// <summary>The lines as they are with all that was put into them.</summary>
    public List<string> Lines => [.. done, .. original.Skip(taken)];

    private int Count => original.Count + Grown;

    private int Grown => done.Count - taken;

    /// <param name="at">Where it was put, from 1.</param>
    /// <param name="moved">By how many lines it stood elsewhere.</param>
    /// <returns>The fuzz it took, or -1 when it fits nowhere.</returns>
    public int Apply(Hunk hunk, out int at, out int moved)
    {
        context.Check();
        (at, moved) = (0, 0);
        int prefix = hunk.Lines.TakeWhile(l => l.Kind == ' ').Count(), suffix = hunk.Lines.AsEnumerable().Reverse().TakeWhile(l => l.Kind == ' ').Count();
        int context3 = Math.Max(prefix, suffix);
        for (int fuzz = 0; fuzz <= Math.Min(fuzzMax, context3); fuzz++)
        {
            int skipStart = Math.Clamp(fuzz + prefix - context3, 0, prefix), skipEnd = Math.Clamp(fuzz + suffix - context3, 0, suffix);
            var part = hunk.Lines.GetRange(skipStart, hunk.Lines.Count - skipStart - skipEnd);
            var old = part.Where(l => l.Kind != '+').Select(l => l.Text).ToList();
            int expected = Math.Max(hunk.Start1 - 1, 0) + skipStart + offset + Grown;
            // A hunk with less context in front than behind begins the file; the other way round it ends it.
            bool atStart = prefix < suffix && fuzz == 0 && hunk.Start1 <= 1, atEnd = suffix < prefix && fuzz == 0 && suffix < 3;
            int found = Find(old, expected, atStart, atEnd);
            if (found < 0) continue;
            moved = hunk.Start1 == 0 ? 0 : found - Grown - (hunk.Start1 - 1 + skipStart);
            offset = moved;
            at = found - skipStart + 1;
            Replace(part, found);
            return fuzz;
        }

        return -1;
    }

    private int Find(List<string> old, int expected, bool atStart, bool atEnd)
    {
        int last = Count - old.Count;
        if (atStart && last >= 0 && done.Count == 0) return Fits(old, 0) ? 0 : -1;
        for (int distance = 0; distance <= Math.Max(expected, last - expected + 1); distance++)
        {
            if ((distance & 0xFF) == 0) context.Check();
            foreach (int place in (ReadOnlySpan<int>)[expected + distance, expected - distance])
            {
                if (place >= done.Count && place <= last && (!atEnd || place == last || old.Count == 0) && Fits(old, place)) return place;
            }
        }

        return -1;
    }

    private bool Fits(List<string> old, int place)
    {
        for (int i = 0; i < old.Count; i++)
        {
            string line = original[place + i - Grown];
            if (line == old[i]) continue;
            if (!ignoreBlanks || Squeeze(line) != Squeeze(old[i])) return false;
        }

        return true;
    }

    private static string Squeeze(string line) => string.Join(' ', line.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries));

    private void Replace(List<PatchLine> part, int place)
    {
        for (int end = place - Grown; taken < end;) done.Add(original[taken++]);
        foreach (var line in part)
        {
            if (line.Kind == ' ') done.Add(original[taken++]);
            else if (line.Kind == '-') taken++;
            else done.Add(line.Text);
        }
    }
}
