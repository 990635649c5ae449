using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>The string formats: <c>@json @text @csv @tsv @html @uri @sh @base64 @base64d @base32 @base32d</c>.</summary>
internal static class Formats
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <param name="name">Without its at sign.</param>
    public static JsonValue? Apply(JqRun run, string name, JsonValue value) => name switch
    {
        "text" => Text(value),
        "json" => JsonValue.Of(JsonWriter.ToText(value)),
        "csv" => Row(run, value, "csv", ",", static s => $"\"{s.Replace("\"", "\"\"", StringComparison.Ordinal)}\""),
        "tsv" => Row(run, value, "tsv", "\t", static s => s.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)),
        "html" => JsonValue.Of(Text(value).Value.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal)),
        "uri" => JsonValue.Of(Uri(Text(value).Value)),
        "urid" => JsonValue.Of(System.Uri.UnescapeDataString(Text(value).Value)),
        "sh" => Shell(run, value),
        "base64" => JsonValue.Of(Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(value).Value))),
        "base64d" => FromBase64(run, value),
        "base32" => JsonValue.Of(ToBase32(Encoding.UTF8.GetBytes(Text(value).Value))),
        "base32d" => JsonValue.Of(FromBase32(Text(value).Value)),
        _ => run.Fail($"{name} is not a valid format"),
    };

    public static JsonString Text(JsonValue value) => value as JsonString ?? JsonValue.Of(JsonWriter.ToText(value));

    private static JsonValue? Row(JqRun run, JsonValue value, string name, string separator, Func<string, string> quote)
    {
        if (value is not JsonArray row) return run.Fail($"{ErrorText.Of(value)} cannot be {name}-formatted, only array");
        string[] cells = new string[row.Count];
        for (int i = 0; i < cells.Length; i++)
        {
            switch (row[i])
            {
                case JsonString text:
                    cells[i] = quote(text.Value);
                    break;
                case JsonNumber number:
                    cells[i] = double.IsNaN(number.Value) ? "" : NumberText.Format(number);
                    break;
                case { Kind: <= JsonKind.True } constant:
                    cells[i] = constant.IsNull ? "" : constant.ToString()!;
                    break;
                default:
                    return run.Fail($"{ErrorText.Of(row[i])} is not valid in a csv row");
            }
        }

        return JsonValue.Of(string.Join(separator, cells));
    }

    private static string Uri(string text)
    {
        var result = new StringBuilder();
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~') result.Append(c);
            else result.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return result.ToString();
    }

    private static JsonValue? Shell(JqRun run, JsonValue value)
    {
        JsonValue[] words = value is JsonArray array ? array.Items.ToArray() : [value];
        var result = new StringBuilder();
        foreach (JsonValue word in words)
        {
            if (word.Kind >= JsonKind.Array) return run.Fail($"{ErrorText.Of(word)} can not be escaped for shell");
            if (result.Length > 0) result.Append(' ');
            if (word is JsonString text) result.Append('\'').Append(text.Value.Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'');
            else result.Append(JsonWriter.ToText(word));
        }

        return JsonValue.Of(result.ToString());
    }

    private static JsonValue? FromBase64(JqRun run, JsonValue value)
    {
        string text = Text(value).Value;
        var bytes = new List<byte>();
        int bits = 0, count = 0, significant = 0;
        foreach (char c in text)
        {
            if (c == '=') break;
            int digit = c switch { >= 'A' and <= 'Z' => c - 'A', >= 'a' and <= 'z' => c - 'a' + 26, >= '0' and <= '9' => c - '0' + 52, '+' => 62, '/' => 63, _ => -1 };
            if (digit < 0) return run.Fail($"{ErrorText.Of(JsonValue.Of(text))} is not valid base64 data");
            significant++;
            bits = (bits << 6) | digit;
            count += 6;
            if (count < 8) continue;
            count -= 8;
            bytes.Add((byte)(bits >> count));
            bits &= (1 << count) - 1;
        }

        if (significant % 4 == 1) return run.Fail($"{ErrorText.Of(JsonValue.Of(text))} trailing base64 byte found");
        return JsonValue.Of(Encoding.UTF8.GetString([.. bytes]));
    }

    private static string ToBase32(byte[] bytes)
    {
        var result = new StringBuilder();
        int bits = 0, count = 0;
        foreach (byte b in bytes)
        {
            bits = (bits << 8) | b;
            for (count += 8; count >= 5; count -= 5) result.Append(Base32[(bits >> (count - 5)) & 31]);
            bits &= (1 << count) - 1;
        }

        if (count > 0) result.Append(Base32[(bits << (5 - count)) & 31]);
        while (result.Length % 8 != 0) result.Append('=');
        return result.ToString();
    }

    private static string FromBase32(string text)
    {
        var bytes = new List<byte>();
        int bits = 0, count = 0;
        foreach (char c in text)
        {
            int digit = Base32.IndexOf(c);
            if (digit < 0) break;
            bits = (bits << 5) | digit;
            count += 5;
            if (count < 8) continue;
            count -= 8;
            bytes.Add((byte)(bits >> count));
            bits &= (1 << count) - 1;
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
