namespace Offstage.Shell.Expansion;

/// <summary>Changes of case: of ASCII letters, or of characters where the locale is UTF-8.</summary>
internal static class CaseText
{
    public static string ToUpper(string text, bool isUtf8)
        => isUtf8 && Utf8Text.IsNeeded(text) ? Utf8Text.Encode(Utf8Text.Decode(text).ToUpperInvariant()) : Map(text, char.IsAsciiLetterLower);

    public static string ToLower(string text, bool isUtf8)
        => isUtf8 && Utf8Text.IsNeeded(text) ? Utf8Text.Encode(Utf8Text.Decode(text).ToLowerInvariant()) : Map(text, char.IsAsciiLetterUpper);

    /// <summary>One character with its case changed as an operator says.</summary>
    public static char Change(char c, Syntax.ParameterOperator operation) => operation switch
    {
        Syntax.ParameterOperator.UpperFirst or Syntax.ParameterOperator.UpperAll => Single(c, upper: true),
        Syntax.ParameterOperator.LowerFirst or Syntax.ParameterOperator.LowerAll => Single(c, upper: false),
        _ => Single(c, upper: !char.IsUpper(c)),
    };

    private static char Single(char c, bool upper) => upper ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c);

    private static string Map(string text, Func<char, bool> changes)
        => text.Any(changes) ? string.Create(text.Length, (text, changes), static (span, s) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = s.changes(s.text[i]) ? (char)(s.text[i] ^ 0x20) : s.text[i];
        }) : text;
}
