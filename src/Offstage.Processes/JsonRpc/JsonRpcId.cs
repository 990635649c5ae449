using System.Globalization;
using System.Text.Json;

namespace Offstage.Processes.JsonRpc;

/// <summary>Names a request within one direction of a connection. A number or a string; the two never equal.</summary>
/// <remarks>Each side counts its own: the same id may be in use in both directions at once.</remarks>
public readonly record struct JsonRpcId
{
    private readonly string? text;
    private readonly long number;

    public JsonRpcId(long number) => this.number = number;

    public JsonRpcId(string text) => this.text = text;

    /// <summary>As it stands on the wire: <c>7</c> or <c>"7"</c>. Unique among the ids of its direction.</summary>
    public override string ToString() =>
        text is null ? number.ToString(CultureInfo.InvariantCulture) : $"\"{JsonEncodedText.Encode(text)}\"";

    internal void WriteTo(Utf8JsonWriter writer)
    {
        if (text is null)
            writer.WriteNumber("id"u8, number);
        else
            writer.WriteString("id"u8, text);
    }

    /// <summary>Null when the element is neither a whole number nor a string.</summary>
    internal static JsonRpcId? Find(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => new JsonRpcId(element.GetString()!),
        JsonValueKind.Number when element.TryGetInt64(out var number) => new JsonRpcId(number),
        _ => null,
    };
}
