namespace Offstage.Shell.RegularExpressions;

[Flags]
internal enum PosixRegexOptions
{
    None = 0,
    IgnoreCase = 1,

    /// <summary><c>^</c> and <c>$</c> also match beside a newline (sed's M).</summary>
    Multiline = 2,

    /// <summary>The text is UTF-8: a character may take several bytes, and bytes that are none match nothing but themselves.</summary>
    Utf8 = 4,

    /// <summary>Neither <c>.</c> nor a negated bracket matches a newline.</summary>
    ExcludeNewline = 8,
}
