using System.Text;
using Offstage.Shell.Commands.Jq;

namespace Offstage.Shell.Commands.Yq;

/// <summary>Values in the formats of <c>-o</c>.</summary>
internal static class YqOutput
{
    public static readonly string[] Names = ["yaml", "y", "json", "j", "props", "p", "csv", "c", "tsv", "t"];

    /// <exception cref="CommandFailedException">The value cannot be written so.</exception>
    public static string ToText(JsonValue value, string format, int indent, bool unwrapScalar, Action check)
    {
        switch (format[0])
        {
            case 'j':
                if (unwrapScalar && value is JsonString raw) return raw.Value + "\n";
                var writer = new JsonWriter(indent == 0 ? null : new string(' ', indent), sortKeys: false, asciiOnly: false, colors: null, check);
                writer.Write(value);
                return Encoding.UTF8.GetString(writer.Written) + "\n";
            case 'p':
                var lines = new StringBuilder();
                Properties(value, "", lines, unwrapScalar);
                return lines.ToString();
            case 'c' or 't':
                return Table(value, format[0] == 'c' ? ',' : '\t');
            default:
                return YamlWriter.ToText(value, indent, unwrapScalar, check);
        }
    }

    private static void Properties(JsonValue value, string path, StringBuilder lines, bool unwrap)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        string Below(string key) => path.Length == 0 ? key : $"{path}.{key}";
        switch (value)
        {
            case JsonObject members:
                for (int i = 0; i < members.Count; i++) Properties(members.Values[i], Below(members.Keys[i]), lines, unwrap);
                break;
            case JsonArray items:
                for (int i = 0; i < items.Count; i++) Properties(items[i], Below(i.ToString()), lines, unwrap);
                break;
            default:
                string shown = value.IsNull ? "" : Formats.Text(value).Value.Replace("\n", "\\n", StringComparison.Ordinal);
                if (!unwrap && value is JsonString) shown = $"\"{shown}\"";
                lines.Append(path.Length == 0 ? shown : $"{path} = {shown}").Append('\n');
                break;
        }
    }

    private static string Table(JsonValue value, char separator)
    {
        if (value is not JsonArray rows) throw new CommandFailedException($"Error: {(separator == ',' ? "csv" : "tsv")} encoding only works for arrays, got: {Tag(value)}");
        string Cell(JsonValue v)
        {
            if (v.Kind >= JsonKind.Array) throw new CommandFailedException($"Error: csv encoding only works for arrays of scalars, got: {Tag(v)}");
            string text = v.IsNull ? "" : Formats.Text(v).Value;
            return text.Any(c => c == separator || c is '"' or '\n' or '\r') || text.StartsWith(' ') ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
        }

        var lines = new StringBuilder();
        void Row(IEnumerable<JsonValue> cells) => lines.AppendJoin(separator, cells.Select(Cell)).Append('\n');
        if (rows.Count == 0) return "";
        if (rows[0] is JsonObject first)
        {
            string[] keys = first.Keys.ToArray();
            Row(keys.Select(JsonValue.Of));
            foreach (JsonValue row in rows.Items.ToArray()) Row(keys.Select(k => (row as JsonObject)?.Find(k) ?? JsonValue.Null));
        }
        else if (rows[0] is JsonArray)
        {
            foreach (JsonValue row in rows.Items.ToArray()) Row(row is JsonArray cells ? cells.Items.ToArray() : [row]);
        }
        else
        {
            Row(rows.Items.ToArray());
        }

        return lines.ToString();
    }

    public static string Tag(JsonValue value) => value switch
    {
        JsonObject => "!!map",
        JsonArray => "!!seq",
        JsonString => "!!str",
        JsonNumber n => NumberText.Format(n).AsSpan().ContainsAny('.', 'e', 'E') || !double.IsFinite(n.Value) ? "!!float" : "!!int",
        { IsNull: true } => "!!null",
        _ => "!!bool",
    };
}
