namespace Offstage.Shell.Expansion;

/// <summary>
/// Text under expansion in which quoted characters are marked: a byte's char with the bit above set. What is marked is never special to a pattern.
/// </summary>
internal static class MarkedText
{
    public const char Mark = '\u0100';

    public static bool IsMarked(char c) => (c & Mark) != 0;

    public static string Unmark(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\u0100', '\u01ff'))
            return text;
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = (char)(source[i] & 0xFF);
        });
    }

    public static string MarkAll(string text) => string.Create(text.Length, text, static (span, source) =>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = (char)(source[i] | Mark);
    });

    /// <summary>Whether a character means something in a pattern or a regular expression.</summary>
    public static bool IsSpecial(char c) => c is '*' or '?' or '[' or ']' or '\\' or '!' or '^' or '-' or '+' or '@' or '(' or ')' or '|' or '~' or ':' or '.' or '=' or '$' or '{' or '}';
}
