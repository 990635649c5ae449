namespace Offstage.Shell.Commands.Grep;

/// <summary>Decides which lines are selected, and where in them the matches stand.</summary>
internal interface ILineMatcher
{
    /// <summary>A position in the first line from <paramref name="start"/> on that matches; -1 when there is none.</summary>
    /// <param name="block">Lines, the last one without its terminator.</param>
    int FindLine(ReadOnlySpan<byte> block, int start, byte terminator);

    /// <summary>The leftmost match in a line from <paramref name="start"/> on.</summary>
    bool Match(ReadOnlySpan<byte> line, int start, out int from, out int to);
}
