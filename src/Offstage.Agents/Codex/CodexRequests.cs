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
        "mcpServer/elicitation/request" => ElicitationOf(parameters).ToRequest(),
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
            new JsonObject { ["action"] = "accept", ["content"] = ElicitationOf(parameters).ToContent(answers) },
        ("mcpServer/elicitation/request", RequestAnswer.Approve) =>
            new JsonObject { ["action"] = "accept", ["content"] = new JsonObject() },
        ("mcpServer/elicitation/request", RequestAnswer.Decline) => new JsonObject { ["action"] = "decline" },
        _ => throw new ArgumentException($"'{method}' cannot be answered by {answer.GetType().Name}.", nameof(answer)),
    };

    private static McpElicitation ElicitationOf(JsonElement parameters) => new(
        parameters.FindText("message") ?? "",
        parameters.FindText("serverName"),
        parameters.FindText("url"),
        parameters.Find("requestedSchema") ?? default);

    /// <summary>It can be approved for the like of it, too, by an answer of its own or by a rule.</summary>
    public static bool OffersSession(string method, JsonElement parameters) => method switch
    {
        "item/commandExecution/requestApproval" => ForSession(parameters) is not JsonValue one || one.GetValue<string>() != "accept",
        "item/tool/requestUserInput" or "mcpServer/elicitation/request" => false,
        _ => true,
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
}
