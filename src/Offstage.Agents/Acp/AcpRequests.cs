using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;
using Offstage.Processes.JsonRpc;

namespace Offstage.Agents.Acp;

/// <summary>What the agent asks of a person, and how each is answered on the wire.</summary>
internal static class AcpRequests
{
    public const string Permission = "session/request_permission";
    public const string Elicitation = "elicitation/create";
    public const string ReadFile = "fs/read_text_file";
    public const string WriteFile = "fs/write_text_file";
    public const string CreateTerminal = "terminal/create";

    private const string Custom = "_custom";

    public static RequestBody BodyOf(AcpToolCall call) => call.Deed switch
    {
        AcpDeed.Command => new RequestBody.ApproveCommand(call.CommandLine, null, call.Text is { Length: > 0 } text ? text : null),
        AcpDeed.Change => new RequestBody.ApproveFileChange(call.Changes, call.Title),
        _ => new RequestBody.ApprovePermissions(call.PlanText is { } plan ? $"{call.Title}\n\n{plan}" : call.Title, null),
    };

    public static bool OffersSession(JsonElement parameters) => FindOption(parameters, "allow_always") is not null;

    /// <summary>The form's questions; a form without fields is a matter of yes or no.</summary>
    public static RequestBody BodyOf(JsonElement elicitation)
    {
        var form = FormOf(elicitation);
        if (form.ToRequest() is not RequestBody.Questions questions)
            return form.ToRequest();
        var asked = questions.Items.Where(question => !IsCustom(question.Id, questions.Items)).ToList();
        return new RequestBody.Questions([.. asked.Select(question => question with
        {
            Text = asked.Count == 1 ? form.Message : TextOf(form.Schema.Find("properties")?.Find(question.Id) ?? default) ?? question.Id,
        })]);
    }

    /// <summary>Yes or no to a tool call, by the options that the agent offers.</summary>
    public static JsonObject Decide(JsonElement parameters, bool allow, bool forSession = false)
    {
        var option = allow
            ? (forSession ? FindOption(parameters, "allow_always") : null) ?? FindOption(parameters, "allow_once") ?? FindOption(parameters, "allow_always")
            : FindOption(parameters, "reject_once") ?? FindOption(parameters, "reject_always");
        return option is null ? Cancelled() : Outcome(new JsonObject { ["outcome"] = "selected", ["optionId"] = option });
    }

    public static JsonObject Cancelled() => Outcome(new JsonObject { ["outcome"] = "cancelled" });

    /// <exception cref="ArgumentException">An answer of the wrong kind for the request.</exception>
    public static AcpWork Answer(JsonRpcMessage.Request request, RequestAnswer answer) => (request.Method, answer) switch
    {
        (Permission, RequestAnswer.Approve approve) => new AcpWork.Reply(request.Id, Decide(request.Params, allow: true, approve.ForSession)),
        (Permission, RequestAnswer.Decline) => new AcpWork.Reply(request.Id, Decide(request.Params, allow: false)),
        (Elicitation, RequestAnswer.Answers answers) => new AcpWork.Reply(
            request.Id, new JsonObject { ["action"] = "accept", ["content"] = FormOf(request.Params).ToContent(WithCustom(request.Params, answers)) }),
        (Elicitation, RequestAnswer.Approve) when BodyOf(request.Params) is RequestBody.ApprovePermissions => new AcpWork.Reply(
            request.Id, new JsonObject { ["action"] = "accept", ["content"] = new JsonObject() }),
        (Elicitation, RequestAnswer.Decline) => new AcpWork.Reply(request.Id, new JsonObject { ["action"] = "decline" }),
        (WriteFile or CreateTerminal, RequestAnswer.Approve) => new AcpWork.Serve(request),
        (WriteFile or CreateTerminal, RequestAnswer.Decline) => new AcpWork.Refuse(request.Id, JsonRpcError.InvalidRequest, "The person declined it."),
        _ => throw new ArgumentException($"'{request.Method}' cannot be answered by {answer.GetType().Name}.", nameof(answer)),
    };

    /// <summary>Nobody answers any more.</summary>
    public static AcpWork Cancel(JsonRpcMessage.Request request) => request.Method switch
    {
        Permission => new AcpWork.Reply(request.Id, Cancelled()),
        Elicitation => new AcpWork.Reply(request.Id, new JsonObject { ["action"] = "cancel" }),
        _ => new AcpWork.Refuse(request.Id, AcpErrors.RequestCancelled, "The turn was cancelled."),
    };

    public static string CommandLineOf(JsonElement parameters) =>
        string.Join(' ', parameters.List("args").Select(argument => argument.AsText()).Prepend(parameters.FindText("command") ?? ""));

    private static JsonObject Outcome(JsonObject outcome) => new() { ["outcome"] = outcome };

    private static string? FindOption(JsonElement parameters, string kind) =>
        parameters.List("options").FirstOrDefault(option => option.FindText("kind") == kind).FindText("optionId");

    private static McpElicitation FormOf(JsonElement parameters) => new(
        parameters.FindText("message") ?? "", null, null, parameters.Find("requestedSchema") ?? default);

    private static string? TextOf(JsonElement field) => field.FindText("description") ?? field.FindText("title");

    // Some agents put a field for an answer in own words beside each choice. Offstage takes own words for any question.
    private static bool IsCustom(string name, IReadOnlyList<Question> all) =>
        name.EndsWith(Custom, StringComparison.Ordinal) && all.Any(one => one.Id == name[..^Custom.Length]);

    private static RequestAnswer.Answers WithCustom(JsonElement parameters, RequestAnswer.Answers answers)
    {
        if (FormOf(parameters).ToRequest() is not RequestBody.Questions form)
            return answers;
        var sorted = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var (question, values) in answers.ByQuestion)
        {
            sorted[question] = values;
            if (form.Items.All(one => one.Id != question + Custom) || form.Items.FirstOrDefault(one => one.Id == question) is not { } choice)
                continue;
            var offered = choice.Options.Select(option => option.Label).ToHashSet(StringComparer.Ordinal);
            sorted[question] = [.. values.Where(offered.Contains)];
            if (values.FirstOrDefault(value => !offered.Contains(value)) is { } words)
                sorted[question + Custom] = [words];
        }

        return new RequestAnswer.Answers(sorted);
    }
}
