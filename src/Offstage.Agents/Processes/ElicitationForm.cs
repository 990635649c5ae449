using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Contracts;

namespace Offstage.Agents.Processes;

/// <summary>A form that a person is to fill in, as the Model Context Protocol describes it and others took it over: a JSON schema of
/// flat fields in <c>requestedSchema</c>.</summary>
internal static class ElicitationForm
{
    public static IReadOnlyList<JsonProperty> Fields(JsonElement parameters) =>
        parameters.Find("requestedSchema") is { } schema ? [.. schema.Members("properties")] : [];

    public static IReadOnlyList<QuestionOption> OptionsOf(JsonElement field)
    {
        if (field.FindText("type") == "boolean")
            return [new QuestionOption("true"), new QuestionOption("false")];
        var holder = field.Find("items") ?? field;
        var titled = holder.Find("oneOf") is null ? holder.List("anyOf") : holder.List("oneOf");
        return
        [
            .. holder.List("enum").Select(value => new QuestionOption(value.AsText())),
            .. titled.Select(value => new QuestionOption(value.FindText("const") ?? "", value.FindText("title"))),
        ];
    }

    /// <summary>The filled form: field to value, each of the kind that the field wants.</summary>
    public static JsonObject Content(JsonElement parameters, RequestAnswer.Answers answers)
    {
        var content = new JsonObject();
        foreach (var field in Fields(parameters))
        {
            if (answers.ByQuestion.TryGetValue(field.Name, out var values) && values.Count > 0)
                content[field.Name] = ValueOf(field.Value.FindText("type"), values);
        }

        return content;
    }

    private static JsonNode ValueOf(string? type, IReadOnlyList<string> values) => type switch
    {
        "array" => new JsonArray([.. values.Select(value => (JsonNode)value)]),
        "boolean" => values[0] == "true",
        "integer" when long.TryParse(values[0], out var whole) => whole,
        "number" when double.TryParse(values[0], out var number) => number,
        _ => values[0],
    };
}
