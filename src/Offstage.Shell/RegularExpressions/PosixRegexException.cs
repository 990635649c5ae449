namespace Offstage.Shell.RegularExpressions;

/// <summary>A pattern that is none, or one whose matching takes more than is allowed. The message is the one GNU's programs print.</summary>
internal sealed class PosixRegexException(string message) : Exception(message)
{
    public static PosixRegexException TooBig() => new("Regular expression too big");

    /// <summary>Matching with back-references, or finding sub-matches in a very long match, took more than its bound.</summary>
    public static PosixRegexException MemoryExhausted() => new("Memory exhausted");
}
