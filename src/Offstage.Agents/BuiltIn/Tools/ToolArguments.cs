using System.Text.Json;
using Offstage.Agents.Processes;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>A call's arguments as the model wrote them.</summary>
internal sealed class ToolArguments(JsonElement json)
{
    private const int PathCharsMax = 4_000;

    public JsonElement Json { get; } = json;

    /// <exception cref="ToolArgumentException">It is no JSON object.</exception>
    public static ToolArguments Parse(string text)
    {
        try
        {
            var json = JsonElement.Parse(text.Trim().Length == 0 ? "{}" : text);
            if (json.ValueKind == JsonValueKind.Object)
                return new ToolArguments(json);
        }
        catch (JsonException broken)
        {
            throw new ToolArgumentException($"The arguments are not JSON: {broken.Message} They were: {Cut(text)}");
        }

        throw new ToolArgumentException($"The arguments must be a JSON object. They were: {Cut(text)}");
    }

    public string Text(string name) => FindText(name) ?? throw new ToolArgumentException($"'{name}' is missing; it must be a string.");

    /// <returns>Null when absent.</returns>
    public string? FindText(string name) => Json.Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw new ToolArgumentException($"'{name}' must be a string."),
    };

    public int? FindNumber(string name, int min, int max)
    {
        if (Json.Find(name) is not { } value)
            return null;

        // Some models write numbers as text.
        double? number = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when double.TryParse(value.GetString(), System.Globalization.CultureInfo.InvariantCulture, out double parsed) => parsed,
            _ => null,
        };
        return number is { } given && given >= min && given <= max
            ? (int)given
            : throw new ToolArgumentException($"'{name}' must be a number from {min} to {max}.");
    }

    public bool IsTrue(string name) => Json.IsTrue(name);

    /// <returns>Null when absent.</returns>
    public string? FindPath(string name) => FindText(name) is { } path ? Checked(name, path) : null;

    public string Path(string name) => Checked(name, Text(name));

    private static string Checked(string name, string path) => path.Length is > 0 and <= PathCharsMax && !path.Contains('\0', StringComparison.Ordinal)
        ? path
        : throw new ToolArgumentException($"'{name}' is no path.");

    private static string Cut(string text) => text.Length <= 500 ? text : text[..500] + "…";
}
