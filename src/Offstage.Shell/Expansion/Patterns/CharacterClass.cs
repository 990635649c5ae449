namespace Offstage.Shell.Expansion;

/// <summary>The classes of POSIX in the C locale.</summary>
internal static class CharacterClass
{
    public static Func<char, bool>? Find(string name) => name switch
    {
        "alnum" => char.IsAsciiLetterOrDigit,
        "alpha" => char.IsAsciiLetter,
        "ascii" => char.IsAscii,
        "blank" => static c => c is ' ' or '\t',
        "cntrl" => static c => c < 32 || c == 127,
        "digit" => char.IsAsciiDigit,
        "graph" => static c => c is > ' ' and < '\x7f',
        "lower" => char.IsAsciiLetterLower,
        "print" => static c => c is >= ' ' and < '\x7f',
        "punct" => static c => c is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(c),
        "space" => static c => c is ' ' or (>= '\t' and <= '\r'),
        "upper" => char.IsAsciiLetterUpper,
        "word" => static c => char.IsAsciiLetterOrDigit(c) || c == '_',
        "xdigit" => char.IsAsciiHexDigit,
        _ => null,
    };
}
