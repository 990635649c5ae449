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
}
