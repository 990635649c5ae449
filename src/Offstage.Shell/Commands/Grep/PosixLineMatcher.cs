using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Grep;

internal sealed class PosixLineMatcher(PosixRegex? regex, CancellationToken cancellationToken) : ILineMatcher
{
    /// <param name="regex">Null, from an empty list of patterns, matches nothing.</param>
    public int FindLine(ReadOnlySpan<byte> block, int start, byte terminator)
        => regex?.FindLine(block, start, terminator, cancellationToken) ?? -1;

    public bool Match(ReadOnlySpan<byte> line, int start, out int from, out int to)
    {
        Span<Group> groups = stackalloc Group[1];
        bool found = regex?.Match(line, start, groups, cancellationToken) ?? false;
        (from, to) = found ? (groups[0].Start, groups[0].End) : (-1, -1);
        return found;
    }
}
