namespace Offstage.Shell.Commands.Jq;

/// <summary>Values as jq's messages show them: <c>object ({"a":1...)</c>.</summary>
internal static class ErrorText
{
    private const int LengthMax = 15;

    public static string Of(JsonValue value) => $"{value.TypeName} ({Cut(value, LengthMax)})";

    /// <summary>The value's JSON, at most so many bytes.</summary>
    public static string Cut(JsonValue value, int max)
    {
        string text = JsonWriter.ToText(value);
        int bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        if (bytes <= max - 1) return text;
        int kept = 0, room = max - 4;
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            if (rune.Utf8SequenceLength > room) break;
            room -= rune.Utf8SequenceLength;
            kept += rune.Utf16SequenceLength;
        }

        return text[..kept] + "...";
    }
}
