using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Offstage.Shell.Commands.Jq;

/// <summary>Writes values as JSON into bytes that grow.</summary>
/// <param name="indent">Text of one level; null for all in one line.</param>
/// <param name="check">Called now and then; throws when the run is to end.</param>
internal sealed class JsonWriter(string? indent, bool sortKeys, bool asciiOnly, JsonColors? colors, Action? check = null)
{
    private const int DepthMax = 10_000;
    private static readonly SearchValues<char> special = SearchValues.Create([.. Enumerable.Range(0, 32).Append(127).Select(c => (char)c), '"', '\\']);

    private byte[] buffer = new byte[256];
    private int count;
    private int values;

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, count);

    public void Clear() => count = 0;

    /// <summary>The compact form.</summary>
    public static string ToText(JsonValue value)
    {
        if (value is JsonNumber number) return NumberText.Format(number);
        var writer = new JsonWriter(null, sortKeys: false, asciiOnly: false, colors: null);
        writer.Write(value);
        return Encoding.UTF8.GetString(writer.Written);
    }

    public void Write(JsonValue value) => Write(value, 0);

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(count));
        count += bytes.Length;
    }

    public void Raw(string text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        count += Encoding.UTF8.GetBytes(text, buffer.AsSpan(count));
    }

    /// <summary>A text without quotes, what is beyond ASCII escaped.</summary>
    public void RawAscii(string text)
    {
        foreach (char c in text)
        {
            if (c < 128) Raw(c.ToString());
            else Escape(c);
        }
    }

    private void Write(JsonValue value, int depth)
    {
        if (depth > DepthMax)
        {
            Raw("\"<skipped: too deep>\""u8);
            return;
        }

        if ((++values & 0xFF) == 0) check?.Invoke();
        string? color = colors?.Of(value.Kind);
        if (color is not null) Raw(color);
        switch (value)
        {
            case JsonNumber number:
                Number(number);
                break;
            case JsonString text:
                String(text.Value);
                break;
            case JsonArray array:
                System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
                Array(array, depth, color);
                break;
            case JsonObject members:
                System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
                Object(members, depth, color);
                break;
            default:
                Raw(value.ToString()!);
                break;
        }

        if (color is not null) Raw(JsonColors.End);
    }

    private void Number(JsonNumber number)
    {
        Reserve(32);
        if (number.Literal is null && Math.Abs(number.Value) < 1e15 && number.Value == Math.Truncate(number.Value) && (number.Value != 0 || !double.IsNegative(number.Value))
            && Utf8Formatter.TryFormat((long)number.Value, buffer.AsSpan(count), out int written))
        {
            count += written;
            return;
        }

        Raw(NumberText.Format(number));
    }

    private void Array(JsonArray array, int depth, string? color)
    {
        Raw(array.Count == 0 ? "[]"u8 : "["u8);
        if (array.Count == 0) return;
        for (int i = 0; i < array.Count; i++)
        {
            if (i > 0)
            {
                if (color is not null) Raw(color);
                Raw(","u8);
            }

            Line(depth + 1);
            Write(array[i], depth + 1);
        }

        if (color is not null) Raw(color);
        Line(depth);
        if (color is not null) Raw(color);
        Raw("]"u8);
    }

    private void Object(JsonObject members, int depth, string? color)
    {
        Raw(members.Count == 0 ? "{}"u8 : "{"u8);
        if (members.Count == 0) return;
        string[]? sorted = sortKeys ? members.SortedKeys() : null;
        for (int i = 0; i < members.Count; i++)
        {
            string key = sorted is null ? members.Keys[i] : sorted[i];
            JsonValue value = sorted is null ? members.Values[i] : members.Find(key)!;
            if (i > 0)
            {
                if (color is not null) Raw(color);
                Raw(","u8);
            }

            Line(depth + 1);
            if (color is not null)
            {
                Raw(JsonColors.End);
                Raw(colors!.ObjectKey);
            }

            String(key);
            if (color is not null)
            {
                Raw(JsonColors.End);
                Raw(color);
            }

            Raw(indent is null ? ":"u8 : ": "u8);
            if (color is not null) Raw(JsonColors.End);
            Write(value, depth + 1);
        }

        if (color is not null) Raw(color);
        Line(depth);
        if (color is not null) Raw(color);
        Raw("}"u8);
    }

    private void Line(int depth)
    {
        if (indent is null) return;
        Raw("\n"u8);
        for (int i = 0; i < depth; i++) Raw(indent);
    }

    private void String(string text)
    {
        Raw("\""u8);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int plain = asciiOnly ? PlainAscii(rest) : rest.IndexOfAny(special);
            if (plain < 0) plain = rest.Length;
            Reserve(Encoding.UTF8.GetMaxByteCount(plain));
            count += Encoding.UTF8.GetBytes(rest[..plain], buffer.AsSpan(count));
            if (plain == rest.Length) break;
            Escape(rest[plain]);
            rest = rest[(plain + 1)..];
        }

        Raw("\""u8);
    }

    private static int PlainAscii(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is < ' ' or >= (char)127 or '"' or '\\') return i;
        }

        return -1;
    }

    private void Escape(char c)
    {
        switch (c)
        {
            case '"':
                Raw("\\\""u8);
                break;
            case '\\':
                Raw("\\\\"u8);
                break;
            case '\b':
                Raw("\\b"u8);
                break;
            case '\f':
                Raw("\\f"u8);
                break;
            case '\n':
                Raw("\\n"u8);
                break;
            case '\r':
                Raw("\\r"u8);
                break;
            case '\t':
                Raw("\\t"u8);
                break;
            default:
                Raw($"\\u{(int)c:x4}");
                break;
        }
    }

    private void Reserve(int more)
    {
        if (buffer.Length - count >= more) return;
        long wanted = Math.Max(count + (long)more, buffer.Length * 2L);
        if (wanted > System.Array.MaxLength) wanted = count + (long)more;
        if (wanted > System.Array.MaxLength) throw new JqMemoryException();
        System.Array.Resize(ref buffer, (int)wanted);
    }
}
