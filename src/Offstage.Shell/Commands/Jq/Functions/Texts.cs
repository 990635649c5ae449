using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Functions of strings.</summary>
internal static class Texts
{
    public static JsonArray Split(string text, string separator)
    {
        if (text.Length == 0) return JsonArray.Empty;
        if (separator.Length > 0) return JsonArray.Own([.. text.Split(separator).Select(JsonValue.Of)]);
        return JsonArray.Own([.. text.EnumerateRunes().Select(r => (JsonValue)JsonValue.Of(r.ToString()))]);
    }

    /// <returns>Null on an error.</returns>
    public static JsonValue? Implode(JqRun run, JsonValue value)
    {
        if (value is not JsonArray array) return run.Fail("implode input must be an array");
        var text = new StringBuilder();
        foreach (JsonValue item in array.Items)
        {
            if (item is not JsonNumber number) return run.Fail("Unicode codepoint must be numeric");
            text.Append(number.Value is >= 0 and <= 0x10FFFF && Rune.IsValid((int)number.Value) ? new Rune((int)number.Value).ToString() : "\uFFFD");
        }

        return JsonValue.Of(text.ToString());
    }

    /// <summary>Where a text stands in another, in code points.</summary>
    public static JsonValue Indexes(string text, string wanted)
    {
        var found = new List<JsonValue>();
        if (wanted.Length == 0) return JsonValue.Null;
        int at = 0, points = 0, counted = 0;
        while ((at = text.IndexOf(wanted, at, StringComparison.Ordinal)) >= 0)
        {
            points += CodePoints.Length(text.AsSpan(counted, at - counted));
            counted = at;
            found.Add(JsonValue.Of(points));
            at++;
        }

        return JsonArray.Of(found);
    }

    public static string ChangeCase(string text, bool upper)
        => string.Create(text.Length, (text, upper), static (span, state) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                char c = state.text[i];
                span[i] = state.upper ? (char.IsAsciiLetterLower(c) ? (char)(c - 32) : c) : char.IsAsciiLetterUpper(c) ? (char)(c + 32) : c;
            }
        });

    public static JsonValue? ToNumber(JqRun run, JsonValue value)
    {
        if (value is JsonNumber) return value;
        if (value is not JsonString text) return run.Fail($"{ErrorText.Of(value)} cannot be parsed as a number");
        if (NumberText.Parse(text.Value.AsSpan().Trim(" \t\r\n")) is { } number) return number;
        if (text.Value.Equals("nan", StringComparison.OrdinalIgnoreCase)) return JsonValue.Of(double.NaN);
        return FromJson(run, text.Value, requireNumber: true);
    }

    public static JsonValue? FromJson(JqRun run, string text, bool requireNumber = false)
    {
        byte[]? bytes = Encoding.UTF8.GetBytes(text);
        bool ByteSource(out ReadOnlySpan<byte> block)
        {
            block = bytes;
            bool any = bytes is { Length: > 0 };
            bytes = null;
            return any;
        }

        try
        {
            var reader = new JsonReader(ByteSource, run.Context.Check);
            JsonValue? value = reader.Read();
            if (value is not null && reader.Read() is not null) return run.Fail($"Unexpected extra JSON values (while parsing '{text}')");
            if (requireNumber && value is not JsonNumber) return run.Fail($"{ErrorText.Of(JsonValue.Of(text))} cannot be parsed as a number");
            return value ?? JsonValue.Null;
        }
        catch (JsonSyntaxException error)
        {
            return run.Fail($"{error.Message} (while parsing '{text}')");
        }
    }
}
