using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Codex;

/// <summary>What Codex asks of a person, and how each is answered on the wire.</summary>
internal static class CodexRequests
{
    /// <param name="changes">The files of an item that was started before, for requests that only name it.</param>
    /// <returns>Null: nothing that a person can answer.</returns>
    public static RequestBody? FindBody(string method, JsonElement parameters, IReadOnlyList<ChangedFile> changes) => method switch
    {
        "item/commandExecution/requestApproval" => new RequestBody.ApproveCommand(
            parameters.FindText("command") ?? NetworkTarget(parameters), parameters.FindText("cwd"), parameters.FindText("reason")),
        "execCommandApproval" => new RequestBody.ApproveCommand(
            string.Join(' ', parameters.List("command").Select(part => part.AsText())),
            parameters.FindText("cwd"), parameters.FindText("reason")),
        "item/fileChange/requestApproval" => new RequestBody.ApproveFileChange(changes, parameters.FindText("reason")),
        "applyPatchApproval" => new RequestBody.ApproveFileChange(
            CodexItems.ChangesByPathOf(parameters), parameters.FindText("reason")),
        "item/permissions/requestApproval" => new RequestBody.ApprovePermissions(
            parameters.Find("permissions")?.AsText() ?? "", parameters.FindText("reason")),
        "item/tool/requestUserInput" => new RequestBody.Questions(
            [.. parameters.List("questions").Select(QuestionOf)]),
        "mcpServer/elicitation/request" => Elicitation(parameters),
        _ => null,
    };

    /// <exception cref="ArgumentException">An answer of the wrong kind for the request.</exception>
    public static JsonObject Answer(string method, JsonElement parameters, RequestAnswer answer) => (method, answer) switch
    {
        ("item/commandExecution/requestApproval", RequestAnswer.Approve approve) =>
            new JsonObject { ["decision"] = approve.ForSession ? ForSession(parameters) : "accept" },
        ("item/fileChange/requestApproval", RequestAnswer.Approve approve) =>
            new JsonObject { ["decision"] = approve.ForSession ? "acceptForSession" : "accept" },
        ("item/commandExecution/requestApproval" or "item/fileChange/requestApproval", RequestAnswer.Decline) =>
            new JsonObject { ["decision"] = "decline" },
        ("execCommandApproval" or "applyPatchApproval", RequestAnswer.Approve approve) =>
            new JsonObject { ["decision"] = approve.ForSession ? "approved_for_session" : "approved" },
        ("execCommandApproval" or "applyPatchApproval", RequestAnswer.Decline) =>
            new JsonObject { ["decision"] = new JsonObject { ["denied"] = new JsonObject { ["rejection"] = "declined by the person" } } },
        ("item/permissions/requestApproval", RequestAnswer.Approve approve) => new JsonObject
        {
            ["permissions"] = Granted(parameters),
            ["scope"] = approve.ForSession ? "session" : "turn",
        },
        ("item/permissions/requestApproval", RequestAnswer.Decline) =>
            new JsonObject { ["permissions"] = new JsonObject(), ["scope"] = "turn" },
        ("item/tool/requestUserInput", RequestAnswer.Answers answers) => new JsonObject { ["answers"] = Chosen(answers) },
        ("item/tool/requestUserInput", RequestAnswer.Decline) => new JsonObject { ["answers"] = new JsonObject() },
        ("mcpServer/elicitation/request", RequestAnswer.Answers answers) =>
            new JsonObject { ["action"] = "accept", ["content"] = Content(parameters, answers) },
        ("mcpServer/elicitation/request", RequestAnswer.Approve) =>
            new JsonObject { ["action"] = "accept", ["content"] = new JsonObject() },
        ("mcpServer/elicitation/request", RequestAnswer.Decline) => new JsonObject { ["action"] = "decline" },
        _ => throw new ArgumentException($"'{method}' cannot be answered by {answer.GetType().Name}.", nameof(answer)),
    };

    private static string NetworkTarget(JsonElement parameters) =>
        parameters.Find("networkApprovalContext") is { } network ? $"network access: {network.AsText()}" : "";

    // Not every command can be accepted for the session; where Codex offers a rule for the like of it instead, that
    // is what the person meant.
    private static JsonNode ForSession(JsonElement parameters)
    {
        var offered = parameters.List("availableDecisions").ToList();
        if (offered.Count == 0 || offered.Any(one => one.ValueKind == JsonValueKind.String && one.GetString() == "acceptForSession"))
            return "acceptForSession";
        foreach (var one in offered)
        {
            if (one.Find("acceptWithExecpolicyAmendment") is not null)
                return JsonNode.Parse(one.GetRawText())!;
        }

        return "accept";
    }

    private static JsonObject Granted(JsonElement parameters) =>
        parameters.Find("permissions") is { ValueKind: JsonValueKind.Object } asked
            ? JsonNode.Parse(asked.GetRawText())!.AsObject()
            : [];

    private static Question QuestionOf(JsonElement question) => new(
        question.FindText("id") ?? "",
        question.FindText("question") ?? question.FindText("header") ?? "",
        [.. question.List("options").Select(option => new QuestionOption(option.FindText("label") ?? "", option.FindText("description")))],
        AllowsMany: false,
        Secret: question.IsTrue("isSecret"));

    private static JsonObject Chosen(RequestAnswer.Answers answers)
    {
        var chosen = new JsonObject();
        foreach (var (question, values) in answers.ByQuestion)
            chosen[question] = new JsonObject { ["answers"] = new JsonArray([.. values.Select(value => (JsonNode)value)]) };
        return chosen;
    }

    /// <summary>A form becomes questions; a form without fields, or a page to visit, is a matter of yes or no.</summary>
    private static RequestBody Elicitation(JsonElement parameters)
    {
        var message = parameters.FindText("message") ?? "";
        var fields = Fields(parameters).ToList();
        if (fields.Count == 0)
        {
            var url = parameters.FindText("url");
            return new RequestBody.ApprovePermissions(url is null ? message : $"{message} {url}", parameters.FindText("serverName"));
        }

        return new RequestBody.Questions([.. fields.Select(field => new Question(
            field.Name,
            $"{message}: {field.Value.FindText("title") ?? field.Name}",
            [.. OptionsOf(field.Value)],
            AllowsMany: field.Value.FindText("type") == "array"))]);
    }

    private static IEnumerable<JsonProperty> Fields(JsonElement parameters) =>
        parameters.Find("requestedSchema") is { } schema ? schema.Members("properties") : [];

    private static IEnumerable<QuestionOption> OptionsOf(JsonElement field)
    {
        if (field.FindText("type") == "boolean")
            return [new QuestionOption("true"), new QuestionOption("false")];
        var holder = field.Find("items") ?? field;
        var titled = holder.Find("oneOf") is null ? holder.List("anyOf") : holder.List("oneOf");
        return holder.List("enum").Select(value => new QuestionOption(value.AsText()))
            .Concat(titled.Select(value => new QuestionOption(value.FindText("const") ?? "", value.FindText("title"))));
    }

    private static JsonObject Content(JsonElement parameters, RequestAnswer.Answers answers)
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
