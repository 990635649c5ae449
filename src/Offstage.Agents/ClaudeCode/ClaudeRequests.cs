using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.ClaudeCode;

/// <summary>What Claude asks of a person, and how each is answered on the wire.</summary>
internal static class ClaudeRequests
{
    public const string Declined = "The person does not want this. Do not try it in another way; go on without it, or ask.";
    public const string PlanTaken =
        "The plan is with the person now, who will read it and then say how to go on. End your turn without doing anything else.";

    public const string Planning = "Only plans are made now: nothing may be changed, and no command run that could change anything.";
    public const string NoTurn = "Nobody asked for this: no turn is running.";

    /// <returns>Null: nothing that a person can answer.</returns>
    public static RequestBody? FindBody(JsonElement request, string? workingDirectory) => request.FindText("subtype") switch
    {
        "can_use_tool" => BodyOf(request.FindText("tool_name") ?? "", request.Find("input") ?? default, request, workingDirectory),
        "elicitation" => ElicitationOf(request).ToRequest(),
        _ => null,
    };

    /// <summary>Claude can take rules of its own for its session; changes of files are remembered by us.</summary>
    public static bool OffersSession(JsonElement request) =>
        request.FindText("subtype") == "can_use_tool"
        && (ClaudeItems.IsChange(request.FindText("tool_name") ?? "") || Rules(request).Any());

    /// <exception cref="ArgumentException">An answer of the wrong kind for the request.</exception>
    public static JsonObject Answer(JsonElement request, RequestAnswer answer)
    {
        var input = request.Find("input") ?? default;
        return (request.FindText("subtype"), request.FindText("tool_name"), answer) switch
        {
            ("can_use_tool", _, RequestAnswer.Decline) => ClaudeWire.Deny(Declined),
            ("can_use_tool", "AskUserQuestion", RequestAnswer.Answers answers) => Answered(input, answers),
            ("can_use_tool", not "AskUserQuestion", RequestAnswer.Approve approve) => Approved(request, input, approve.ForSession),
            ("elicitation", _, RequestAnswer.Decline) => new JsonObject { ["action"] = "decline" },
            ("elicitation", _, RequestAnswer.Approve) => new JsonObject { ["action"] = "accept", ["content"] = new JsonObject() },
            ("elicitation", _, RequestAnswer.Answers answers) =>
                new JsonObject { ["action"] = "accept", ["content"] = ElicitationOf(request).ToContent(answers) },
            var (subtype, tool, _) => throw new ArgumentException(
                $"'{tool ?? subtype}' cannot be answered by {answer.GetType().Name}.", nameof(answer)),
        };
    }

    private static RequestBody BodyOf(string tool, JsonElement input, JsonElement request, string? workingDirectory)
    {
        var reason = request.FindText("decision_reason");
        return tool switch
        {
            "AskUserQuestion" => new RequestBody.Questions([.. input.List("questions").Select(QuestionOf)]),
            "Bash" => new RequestBody.ApproveCommand(input.FindText("command") ?? "", workingDirectory, reason),
            _ when ClaudeItems.IsChange(tool) => new RequestBody.ApproveFileChange(ClaudeItems.ChangesOf(tool, input), reason),
            _ => new RequestBody.ApprovePermissions($"{tool} {input.AsText()}", reason),
        };
    }

    private static Question QuestionOf(JsonElement question, int index) => new(
        IdOf(index),
        question.FindText("question") ?? "",
        [.. question.List("options").Select(option => new QuestionOption(option.FindText("label") ?? "", option.FindText("description")))],
        AllowsMany: question.IsTrue("multiSelect"));

    private static string IdOf(int index) => $"q{index + 1}";

    /// <summary>The tool takes its answers as part of its call, by the text of the question.</summary>
    private static JsonObject Answered(JsonElement input, RequestAnswer.Answers answers)
    {
        var chosen = new JsonObject();
        foreach (var (index, question) in input.List("questions").Index())
        {
            if (answers.ByQuestion.TryGetValue(IdOf(index), out var values) && question.FindText("question") is { } text)
                chosen[text] = string.Join(", ", values);
        }

        var allowed = ClaudeWire.Allow(input);
        allowed["updatedInput"]!["answers"] = chosen;
        return allowed;
    }

    private static JsonObject Approved(JsonElement request, JsonElement input, bool forSession)
    {
        var allowed = ClaudeWire.Allow(input);
        if (!forSession)
            return allowed;

        // Claude proposes to write a rule into the workspace's settings: it is kept for its session instead. Its other
        // proposals (another mode, more folders) allow more than the like of this.
        var rules = new JsonArray();
        foreach (var rule in Rules(request))
        {
            var copy = JsonNode.Parse(rule.GetRawText())!;
            copy["destination"] = "session";
            rules.Add(copy);
        }

        if (rules.Count > 0)
            allowed["updatedPermissions"] = rules;
        return allowed;
    }

    private static IEnumerable<JsonElement> Rules(JsonElement request) => request.List("permission_suggestions")
        .Where(one => one.FindText("type") == "addRules" && one.FindText("behavior") == "allow");

    private static McpElicitation ElicitationOf(JsonElement request) => new(
        request.FindText("message") ?? "",
        request.FindText("mcp_server_name"),
        request.FindText("url"),
        request.Find("requested_schema") ?? default);
}
