namespace Offstage.Shell.RegularExpressions;

/// <summary>What stands on one side of a position, as far as assertions ask.</summary>
[Flags]
internal enum Surroundings : byte
{
    None = 0,
    Edge = 1,
    Newline = 2,
    Word = 4,
}

internal static class Assertions
{
    public static bool Hold(AssertionKind kind, Surroundings left, Surroundings right, bool multiline)
    {
        bool wordLeft = (left & Surroundings.Word) != 0;
        bool wordRight = (right & Surroundings.Word) != 0;
        return kind switch
        {
            AssertionKind.LineStart => (left & Surroundings.Edge) != 0 || (multiline && (left & Surroundings.Newline) != 0),
            AssertionKind.LineEnd => (right & Surroundings.Edge) != 0 || (multiline && (right & Surroundings.Newline) != 0),
            AssertionKind.TextStart => (left & Surroundings.Edge) != 0,
            AssertionKind.TextEnd => (right & Surroundings.Edge) != 0,
            AssertionKind.WordBoundary => wordLeft != wordRight,
            AssertionKind.NotWordBoundary => wordLeft == wordRight,
            AssertionKind.WordStart => !wordLeft && wordRight,
            AssertionKind.WordEnd => wordLeft && !wordRight,
            AssertionKind.NotAfterWord => !wordLeft,
            _ => !wordRight,
        };
    }

    /// <summary>What a neighbouring byte is. In UTF-8 every byte of a longer character counts as part of a word.</summary>
    public static Surroundings Of(byte value, bool utf8)
        => value == (byte)'\n' ? Surroundings.Newline
            : value == (byte)'_' || char.IsAsciiLetterOrDigit((char)value) || (utf8 && value >= 0x80) ? Surroundings.Word
            : Surroundings.None;

    public static Surroundings LeftOf(ReadOnlySpan<byte> text, int position, bool utf8)
        => position == 0 ? Surroundings.Edge : Of(text[position - 1], utf8);

    public static Surroundings RightOf(ReadOnlySpan<byte> text, int position, bool utf8)
        => position == text.Length ? Surroundings.Edge : Of(text[position], utf8);
}
