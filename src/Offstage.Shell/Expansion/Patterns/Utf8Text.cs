using System.Text;

namespace Offstage.Shell.Expansion;

/// <summary>Byte strings seen as UTF-8. A byte that is part of no valid sequence is kept as a code of its own, so that nothing is lost.</summary>
internal static class Utf8Text
{

    private const char Invalid = '\uDC00';
    private const char QuotedBase = '\uE000';

    public static bool IsNeeded(string text) => text.AsSpan().ContainsAnyExceptInRange('\0', '\x7f');

    /// <summary>The number of characters.</summary>
    public static int Length(string text)
    {
        if (!IsNeeded(text))
            return text.Length;
        string decoded = Decode(text);
        int count = 0;
        for (int i = 0; i < decoded.Length; i++)
            count += char.IsLowSurrogate(decoded[i]) && i > 0 && char.IsHighSurrogate(decoded[i - 1]) ? 0 : 1;
        return count;
    }

    public static string Decode(string text)
    {
        if (!IsNeeded(text))
            return text;
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        var decoded = new StringBuilder(text.Length);
        ReadOnlySpan<byte> left = bytes;
        while (!left.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(left, out Rune rune, out int taken) == System.Buffers.OperationStatus.Done)
            {
                decoded.Append(rune.ToString());
            }
            else
            {
                for (int i = 0; i < taken; i++)
                    decoded.Append((char)(Invalid + left[i]));
            }

            left = left[taken..];
        }

        return decoded.ToString();
    }

    public static string Encode(string decoded)
    {
        if (!IsNeeded(decoded))
            return decoded;
        var bytes = new StringBuilder(decoded.Length * 2);
        for (int i = 0; i < decoded.Length; i++)
        {
            char c = decoded[i];
            if (char.IsHighSurrogate(c) && i + 1 < decoded.Length && char.IsLowSurrogate(decoded[i + 1]))
                AnsiEscapes.AppendCodePoint(bytes, char.ConvertToUtf32(c, decoded[++i]));
            else if (c is >= '\uDC80' and <= '\uDCFF')
                bytes.Append((char)(c - Invalid));
            else
                AnsiEscapes.AppendCodePoint(bytes, c);
        }

        return bytes.ToString();
    }

    /// <summary>A pattern's text decoded; quoted ASCII characters become codes of their own.</summary>
    public static string DecodeMarked(string marked)
    {
        var decoded = new StringBuilder(marked.Length);
        int i = 0;
        while (i < marked.Length)
        {
            int start = i;
            while (i < marked.Length && (marked[i] & 0xFF) >= 0x80)
                i++;
            if (i > start)
            {
                decoded.Append(Decode(MarkedText.Unmark(marked[start..i])));
                continue;
            }

            char c = marked[i++];
            decoded.Append(MarkedText.IsMarked(c) ? (char)(QuotedBase + (c & 0xFF)) : c);
        }

        return decoded.ToString();
    }

    public static char Unquote(char c) => c is >= QuotedBase and < (char)(QuotedBase + 0x80) ? (char)(c - QuotedBase) : c;
}
