using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Text counted in code points.</summary>
internal static class CodePoints
{
    public static int Length(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDBFF') < 0) return text.Length;
        int count = 0;
        foreach (char c in text) count += char.IsHighSurrogate(c) ? 0 : 1;
        return count;
    }

    public static string Substring(string text, int from, int to)
    {
        int start = Units(text, 0, from);
        return text[start..Units(text, start, to - from)];
    }

    public static JsonArray Explode(string text)
    {
        JsonValue[] values = new JsonValue[Length(text)];
        int count = 0;
        foreach (Rune rune in text.EnumerateRunes()) values[count++] = JsonValue.Of(rune.Value);
        return JsonArray.Own(values);
    }

    /// <summary>Where so many code points after a position end.</summary>
    private static int Units(string text, int at, int count)
    {
        for (; count > 0 && at < text.Length; count--) at += char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
        return at;
    }
}
