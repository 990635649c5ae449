namespace Offstage.Shell.Commands.Patch;

/// <summary>A line of a hunk: <c>' '</c> stays, <c>'-'</c> goes, <c>'+'</c> comes.</summary>
/// <param name="Text">With its newline, unless the file ends without one.</param>
internal readonly record struct PatchLine(char Kind, string Text);

/// <param name="Start1">First line in the old file, from 1; 0 for an empty file.</param>
internal sealed record Hunk(int Start1, int Start2, List<PatchLine> Lines)
{
    public IEnumerable<PatchLine> Old => Lines.Where(l => l.Kind != '+');

    public IEnumerable<PatchLine> New => Lines.Where(l => l.Kind != '-');

    /// <summary>The way back.</summary>
    public Hunk Reverse()
    {
        // Removed lines stand before added ones, as diff writes them.
        var turned = Lines.Select(l => l with { Kind = l.Kind switch { '+' => '-', '-' => '+', _ => ' ' } }).ToList();
        for (int i = 0; i < turned.Count;)
        {
            int end = i;
            while (end < turned.Count && turned[end].Kind != ' ') end++;
            var run = turned.GetRange(i, end - i).OrderBy(l => l.Kind == '-' ? 0 : 1).ToList();
            for (int j = 0; j < run.Count; j++) turned[i + j] = run[j];
            i = Math.Max(end, i + 1);
        }

        return new(Start2, Start1, turned);
    }
}

/// <summary>The changes of one file.</summary>
/// <param name="OldName">As the patch names it; null where it does not.</param>
internal sealed record FilePatch(string? OldName, string? NewName, string? IndexName, List<Hunk> Hunks)
{
    /// <summary>Whether the old file is none: the patch makes it.</summary>
    public bool Creates => OldName == "/dev/null" || Hunks is [{ Start1: 0 } first] && !first.Old.Any();

    public bool Deletes => NewName == "/dev/null";
}
