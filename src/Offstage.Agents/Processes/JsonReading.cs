using System.Text.Json;

namespace Offstage.Agents.Processes;

/// <summary>Reading of foreign JSON that never throws: what is absent or of another kind is null.</summary>
internal static class JsonReading
{
    extension(JsonElement element)
    {
        public JsonElement? Find(string name) =>
            element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
                ? value
                : null;

        public string? FindText(string name) =>
            element.Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

        public long? FindNumber(string name) =>
            element.Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

        public bool IsTrue(string name) => element.Find(name) is { ValueKind: JsonValueKind.True };

        /// <summary>Empty when absent.</summary>
        public IEnumerable<JsonElement> List(string name) =>
            element.Find(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];

        /// <summary>Empty when absent.</summary>
        public IEnumerable<JsonProperty> Members(string name) =>
            element.Find(name) is { ValueKind: JsonValueKind.Object } value ? value.EnumerateObject() : [];

        /// <summary>A string as it is, anything else as JSON.</summary>
        public string AsText() =>
            element.ValueKind switch
            {
                JsonValueKind.String => element.GetString()!,
                JsonValueKind.Undefined => "",
                _ => element.GetRawText(),
            };
    }
}
