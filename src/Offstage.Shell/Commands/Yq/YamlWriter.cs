using System.Text;
using Offstage.Shell.Commands.Jq;

namespace Offstage.Shell.Commands.Yq;

/// <summary>Writes values as YAML in blocks, as yq lays them out.</summary>
/// <param name="indent">Spaces of one level.</param>
/// <param name="check">Called now and then; throws when the run is to end.</param>
internal sealed class YamlWriter(int indent, Action check)
{
    private readonly StringBuilder text = new();
    private int values;

    public static string ToText(JsonValue value, int indent, bool unwrapScalar, Action check)
    {
        var writer = new YamlWriter(indent, check);
        if (unwrapScalar && value is JsonString scalar) return scalar.Value + "\n";
        writer.Write(value, 0, afterKey: false);
        return writer.text.ToString();
    }

    private void Write(JsonValue value, int depth, bool afterKey)
    {
        if ((++values & 0xFF) == 0) check();
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case JsonObject { Count: > 0 } members:
                if (afterKey) text.Append('\n');
                Members(members, depth, startsLine: true);
                break;
            case JsonArray { Count: > 0 } items:
                if (afterKey) text.Append('\n');
                Items(items, depth, startsLine: true);
                break;
            default:
                if (afterKey) text.Append(' ');
                text.Append(value is JsonObject ? "{}" : value is JsonArray ? "[]" : Scalar(value, depth)).Append('\n');
                break;
        }
    }

    private void Members(JsonObject members, int depth, bool startsLine)
    {
        for (int i = 0; i < members.Count; i++)
        {
            if (i > 0 || startsLine) text.Append(' ', depth);
            text.Append(Key(members.Keys[i])).Append(':');
            JsonValue value = members.Values[i];
            Write(value, depth + indent, afterKey: true);
        }
    }

    private void Items(JsonArray items, int depth, bool startsLine)
    {
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0 || startsLine) text.Append(' ', depth);
            text.Append('-').Append(' ');
            switch (items[i])
            {
                case JsonObject { Count: > 0 } members:
                    Members(members, depth + 2, startsLine: false);
                    break;
                case JsonArray { Count: > 0 } inner:
                    Items(inner, depth + 2, startsLine: false);
                    break;
                default:
                    Write(items[i], depth + 2, afterKey: false);
                    break;
            }
        }
    }

    private static string Key(string key) => key.Contains('\n') ? JsonWriter.ToText(JsonValue.Of(key)) : Quoted(key);

    private static string Scalar(JsonValue value, int depth) => value switch
    {
        JsonNumber number when double.IsNaN(number.Value) => ".nan",
        JsonNumber number when double.IsInfinity(number.Value) => number.Value > 0 ? ".inf" : "-.inf",
        JsonString s when s.Value.Contains('\n') && s.Value.All(c => c is '\n' or '\t' or >= ' ') && !s.Value.StartsWith(' ') => Block(s.Value, depth),
        JsonString s => Quoted(s.Value),
        _ => Formats.Text(value).Value,
    };

    private static string Block(string value, int depth)
    {
        string body = value.TrimEnd('\n');
        int ends = value.Length - body.Length;
        string head = ends == 0 ? "|-" : ends == 1 ? "|" : "|+";
        string prefix = new(' ', Math.Max(2, depth));
        IEnumerable<string> lines = (ends > 1 ? value[..^1] : body).Split('\n').Select(l => l.Length == 0 ? "" : prefix + l);
        return head + "\n" + string.Join('\n', lines);
    }

    /// <summary>Plain where it reads back as the same text; in quotes otherwise.</summary>
    private static string Quoted(string value)
    {
        if (value.Length == 0 || YamlReader.Plain(value) is not JsonString) return $"\"{value}\"";
        if (value.Any(c => c < ' ' || c == 127)) return JsonWriter.ToText(JsonValue.Of(value));
        bool special = "!&*-?:,[]{}#|>@`\"'%".Contains(value[0]) && !(value[0] is '-' or '?' or ':' && value.Length > 1 && value[1] != ' ');
        bool plain = !special && value[0] != ' ' && value[^1] is not (' ' or ':') && !value.Contains(": ", StringComparison.Ordinal) && !value.Contains(" #", StringComparison.Ordinal);
        if (plain && value is not ("---" or "...") && !value.StartsWith("--- ", StringComparison.Ordinal) && value is not ("yes" or "no" or "on" or "off" or "Yes" or "No" or "On" or "Off" or "YES" or "NO" or "ON" or "OFF")) return value;
        return value.Contains('\'') ? JsonWriter.ToText(JsonValue.Of(value)) : $"'{value}'";
    }
}
