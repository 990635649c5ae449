using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Find;

/// <summary>The tests that find makes of a file.</summary>
internal static class FindTests
{
    public static bool Holds(FindNode test, FindEntry entry, CommandContext context, DateTimeOffset now) => test switch
    {
        FindNode.Name(var pattern, var ignoreCase) => Glob.Matches(pattern, PathText.Name(entry.Path), ignoreCase),
        FindNode.Path(var pattern, var ignoreCase) => Glob.Matches(pattern, entry.Path, ignoreCase),
        FindNode.LinkName(var pattern, var ignoreCase) => entry.Kind == FileKind.SymbolicLink && Glob.Matches(pattern, entry.LinkTarget, ignoreCase),
        FindNode.Regex(var regex) => regex.IsMatch(Latin.Bytes(entry.Path), context.Interruption.Token),
        FindNode.Kind(var kinds, var ofTarget) => kinds.Contains(Letter(ofTarget ? TargetKind(entry, context) : entry.Kind), StringComparison.Ordinal),
        FindNode.Size(var sign, var count, var unit) => Compare(sign, (entry.Status.Size + unit - 1) / unit, count),
        FindNode.Age(var which, var sign, var count, var unit) => Age(sign, (now - Time(which, entry)) / unit, count),
        FindNode.Newer(var which, var than) => Time(which, entry) > than,
        FindNode.Permissions('=', var bits) => (entry.Status.Mode & 0xFFF) == bits,
        FindNode.Permissions('-', var bits) => (entry.Status.Mode & bits) == bits,
        FindNode.Permissions(_, var bits) => bits == 0 || (entry.Status.Mode & bits) != 0,
        FindNode.Links(var sign, var count) => Compare(sign, entry.Status.Links, count),
        FindNode.Inode(var sign, var count) => Compare(sign, entry.Status.Inode, count),
        FindNode.SameFile(var inode, var device) => entry.Status.Inode == inode && entry.Status.Device == device,
        FindNode.Empty => entry.Kind == FileKind.Directory
            ? context.Files.ReadDirectory(entry.Absolute, out var names) == FileError.None && names.Count == 0
            : entry.Kind == FileKind.Regular && entry.Status.Size == 0,
        FindNode.Access(var bit) => bit != 1 || (entry.Status.Mode & 0b001_001_001) != 0,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static char Letter(FileKind kind) => kind switch
    {
        FileKind.Directory => 'd',
        FileKind.SymbolicLink => 'l',
        FileKind.CharacterDevice => 'c',
        FileKind.Pipe => 'p',
        _ => 'f',
    };

    private static FileKind TargetKind(FindEntry entry, CommandContext context)
        => context.Files.Stat(entry.Absolute, followLinks: true, out var status) == FileError.None ? status.Kind : entry.Kind;

    private static bool Compare(int sign, long value, long wanted) => sign == 0 ? value == wanted : value.CompareTo(wanted) == sign;

    /// <summary>Whole units count: a file of 1.9 days is one day old.</summary>
    private static bool Age(int sign, double value, double wanted) => sign switch
    {
        > 0 => value >= wanted + 1,
        < 0 => value < wanted,
        _ => value >= wanted && value < wanted + 1,
    };

    private static DateTimeOffset Time(char which, FindEntry entry)
        => which switch { 'a' => entry.Status.AccessedAt, 'c' => entry.Status.ChangedAt, _ => entry.Status.ModifiedAt };
}
