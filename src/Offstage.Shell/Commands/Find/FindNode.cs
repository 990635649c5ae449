using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Find;

/// <summary>The expression of a call of find.</summary>
internal abstract record FindNode
{
    private FindNode()
    {
    }

    public sealed record And(FindNode Left, FindNode Right) : FindNode;

    public sealed record Or(FindNode Left, FindNode Right) : FindNode;

    /// <summary>Both are evaluated; the right one counts.</summary>
    public sealed record List(FindNode Left, FindNode Right) : FindNode;

    public sealed record Not(FindNode Inner) : FindNode;

    public sealed record Constant(bool Value) : FindNode;

    public sealed record Name(string Pattern, bool IgnoreCase) : FindNode;

    public sealed record Path(string Pattern, bool IgnoreCase) : FindNode;

    public sealed record LinkName(string Pattern, bool IgnoreCase) : FindNode;

    public sealed record Regex(PosixRegex Pattern) : FindNode;

    /// <param name="Kinds">Letters of <c>f d l c p</c>.</param>
    public sealed record Kind(string Kinds, bool OfTarget) : FindNode;

    /// <param name="Sign">-1 for less, 0 for exactly, 1 for more.</param>
    /// <param name="Unit">Bytes that sizes are rounded up to.</param>
    public sealed record Size(int Sign, long Count, long Unit) : FindNode;

    /// <param name="Which">m, a or c: modified, accessed, changed.</param>
    public sealed record Age(char Which, int Sign, double Count, TimeSpan Unit) : FindNode;

    public sealed record Newer(char Which, DateTimeOffset Than) : FindNode;

    /// <param name="Match">'=' exactly, '-' all of the bits, '/' any of them.</param>
    public sealed record Permissions(char Match, int Bits) : FindNode;

    public sealed record Links(int Sign, long Count) : FindNode;

    public sealed record Inode(int Sign, long Count) : FindNode;

    public sealed record SameFile(long Number, int Device) : FindNode;

    public sealed record Empty : FindNode;

    public sealed record Access(int Bit) : FindNode;

    public sealed record Prune : FindNode;

    public sealed record Quit : FindNode;

    public sealed record Delete : FindNode;

    /// <param name="Target">Null for standard output.</param>
    public sealed record Print(string Format, OutputWriter? Target) : FindNode;

    /// <param name="Batch">With <c>+</c>: many files in one call.</param>
    /// <param name="Asks">Whether each call is asked for first.</param>
    public sealed record Execute(IReadOnlyList<string> Command, bool Batch, bool InDirectory, bool Asks) : FindNode
    {
        public List<(string Directory, string Path)> Waiting { get; } = [];
    }
}
