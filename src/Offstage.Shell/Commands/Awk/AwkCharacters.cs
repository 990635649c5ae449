namespace Offstage.Shell.Commands.Awk;

/// <summary>Characters of UTF-8 text that stands in strings of one char for each byte. What is no UTF-8 counts byte by byte.</summary>
internal static class AwkCharacters
{
    public static int Count(string text)
    {
        int count = 0;
        for (int i = 0; i < text.Length; i += LengthAt(text, i)) count++;
        return count;
    }

    /// <param name="start">In characters, from 0.</param>
    public static string Substring(string text, int start, int count)
    {
        int from = Offset(text, 0, start);
        return text[from..Offset(text, from, count)];
    }

    /// <summary>The byte offset of a character that stands <paramref name="count"/> characters behind <paramref name="from"/>.</summary>
    public static int Offset(string text, int from, int count)
    {
        while (count-- > 0 && from < text.Length) from += LengthAt(text, from);
        return from;
    }

    public static int LengthAt(string text, int at)
    {
        char c = text[at];
        int length = c < 0xC2 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 1;
        for (int i = 1; i < length; i++)
        {
            if (at + i >= text.Length || (text[at + i] & 0xC0) != 0x80) return 1;
        }

        return length;
    }
}
