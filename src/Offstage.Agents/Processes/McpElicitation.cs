using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Contracts;

namespace Offstage.Agents.Processes;

/// <summary>What an MCP server asks of a person through an agent (MCP 2025-06-18, elicitation).</summary>
/// <param name="Url">A page to visit instead of a form.</param>
/// <param name="Schema">Of the form: an object of plain fields. Undefined when there is none.</param>
internal sealed record McpElicitation(string Message, string? Server, string? Url, JsonElement Schema)
{
    /// <summary>A form becomes questions; a form without fields, or a page to visit, is a matter of yes or no.</summary>
    public RequestBody ToRequest()
    {
        var fields = Schema.Members("properties").ToList();
        return fields.Count == 0
            ? new RequestBody.ApprovePermissions(Url is null ? Message : $"{Message} {Url}", Server)
            : new RequestBody.Questions([.. fields.Select(field => new Question(
                field.Name,
                $"{Message}: {field.Value.FindText("title") ?? field.Name}",
                [.. OptionsOf(field.Value)],
                AllowsMany: field.Value.FindText("type") == "array"))]);
    }

    /// <summary>The answers in the types that the form asks for.</summary>
    public JsonObject ToContent(RequestAnswer.Answers answers)
    {
        var content = new JsonObject();
        foreach (var field in Schema.Members("properties"))
        {
            if (answers.ByQuestion.TryGetValue(field.Name, out var values) && values.Count > 0)
                content[field.Name] = ValueOf(field.Value.FindText("type"), values);
        }

        return content;
    }

    private static IEnumerable<QuestionOption> OptionsOf(JsonElement field)
    {
        if (field.FindText("type") == "boolean")
            return [new QuestionOption("true"), new QuestionOption("false")];
        var holder = field.Find("items") ?? field;
        var titled = holder.Find("oneOf") is null ? holder.List("anyOf") : holder.List("oneOf");
        return holder.List("enum").Select(value => new QuestionOption(value.AsText()))
            .Concat(titled.Select(value => new QuestionOption(value.FindText("const") ?? "", value.FindText("title"))));
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
