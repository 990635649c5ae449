namespace Offstage.Shell.RegularExpressions;

/// <summary>The bytes of the text that a group matched: from <paramref name="Start"/> up to, without, <paramref name="End"/>.</summary>
internal readonly record struct Group(int Start, int End)
{
    /// <summary>A group that took no part in the match.</summary>
    public static readonly Group Absent = new(-1, -1);

    public bool IsPresent => Start >= 0;

    public int Length => End - Start;
}
