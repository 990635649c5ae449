namespace Offstage.Shell.RegularExpressions;

internal enum AssertionKind
{
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    WordBoundary,
    NotWordBoundary,
    WordStart,
    WordEnd,

    /// <summary>No part of a word stands before: what <c>grep -w</c> asks of a match.</summary>
    NotAfterWord,
    NotBeforeWord,
}
