using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Nodes;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.OpenCode;

/// <summary>
/// What OpenCode asks. It asks before all that matters; the mode of the turn decides here what is answered at once and what a person is
/// asked, and approvals for the session are kept here too: OpenCode's own would go before the rules of a turn that plans.
/// </summary>
internal sealed class OpenCodeRequests
{
    private static readonly JsonObject Once = new() { ["reply"] = "once" };

    /// <summary>What changes nothing.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "read", "glob", "grep", "list", "webfetch", "websearch", "codesearch", "lsp", "skill", "todowrite", "todoread", "question", "task",
        "external_directory",
    };

    private readonly Dictionary<string, JsonElement> waiting = [];
    private readonly Dictionary<string, string> calls = [];
    private readonly HashSet<string> unclosed = [];
    private readonly HashSet<(string Permission, string Pattern)> approved = [];

    public IReadOnlyCollection<string> Unclosed => unclosed;

    public bool IsOpen(string key) => unclosed.Contains(key);

    /// <returns>The reply that needs nobody; null when a person is to be asked.</returns>
    public OpenCodeReply? FindReply(JsonElement asked, AgentMode mode)
    {
        var permission = asked.FindText("permission") ?? "";
        bool? allowed = mode switch
        {
            AgentMode.Auto => true,
            AgentMode.Plan => Harmless.Contains(permission),
            AgentMode.Edit when permission == "edit" => true,
            _ => IsApproved(asked, permission) ? true : null,
        };
        return allowed switch
        {
            true => new OpenCodeReply(PermissionPath(asked), Once.DeepClone().AsObject()),
            false => Rejection(asked, "This turn only plans: nothing may be changed or run."),
            null => null,
        };
    }

    /// <summary>Nobody is there to be asked.</summary>
    public static OpenCodeReply Rejection(JsonElement asked, string reason) =>
        new(PermissionPath(asked), new JsonObject { ["reply"] = "reject", ["message"] = reason });

    /// <summary>The tool call that the request stands before.</summary>
    public string? CallOf(string key) => calls.GetValueOrDefault(key);

    public void Open(string key, JsonElement asked)
    {
        waiting[key] = asked;
        unclosed.Add(key);
        if (asked.Find("tool")?.FindText("callID") is { } call)
            calls[key] = call;
    }

    /// <returns>True when it was open.</returns>
    public bool Close(string key)
    {
        waiting.Remove(key);
        calls.Remove(key);
        return unclosed.Remove(key);
    }

    public void CloseAll()
    {
        waiting.Clear();
        calls.Clear();
        unclosed.Clear();
    }

    /// <summary>What to post to answer an open request, once.</summary>
    /// <returns>Null when nothing waits for it.</returns>
    /// <exception cref="ArgumentException">An answer of the wrong kind; the request stays open.</exception>
    public OpenCodeReply? Take(string key, RequestAnswer answer)
    {
        if (!waiting.TryGetValue(key, out var asked))
            return null;
        var isQuestion = asked.Find("questions") is not null;
        OpenCodeReply reply = (isQuestion, answer) switch
        {
            (false, RequestAnswer.Approve) => new(PermissionPath(asked), Once.DeepClone().AsObject()),
            (false, RequestAnswer.Decline) => Rejection(asked, "declined by the person"),
            (true, RequestAnswer.Answers answers) => new(QuestionPath(asked, "reply"), new JsonObject { ["answers"] = Chosen(asked, answers) }),
            (true, RequestAnswer.Decline) => new(QuestionPath(asked, "reject"), []),
            _ => throw new ArgumentException($"The request cannot be answered by {answer.GetType().Name}.", nameof(answer)),
        };
        waiting.Remove(key);
        if (answer is RequestAnswer.Approve { ForSession: true })
        {
            foreach (var pattern in asked.List("always"))
                approved.Add((asked.FindText("permission") ?? "", pattern.AsText()));
        }

        return reply;
    }

    public static bool OffersSession(JsonElement asked) => asked.List("always").Any();

    /// <param name="diff">The change that is asked for, where the request tells it.</param>
    public static RequestBody BodyOf(JsonElement asked, string? diff)
    {
        if (asked.Find("questions") is not null)
            return new RequestBody.Questions([.. asked.List("questions").Select(QuestionOf)]);
        var metadata = asked.Find("metadata") ?? default;
        var patterns = string.Join('\n', asked.List("patterns").Select(pattern => pattern.AsText()));
        return asked.FindText("permission") switch
        {
            "bash" => new RequestBody.ApproveCommand(metadata.FindText("command") ?? patterns, metadata.FindText("workdir"), Reason: null),
            "edit" => new RequestBody.ApproveFileChange(FilesOf(metadata, diff), Reason: null),
            var permission => new RequestBody.ApprovePermissions($"{permission}: {patterns}", Reason: null),
        };
    }

    private static IReadOnlyList<ChangedFile> FilesOf(JsonElement metadata, string? diff) =>
        OpenCodeItems.BodyOf(metadata.Find("files") is null ? "edit" : "patch", metadata, diff) is ItemBody.FileChange change ? change.Files : [];

    private static Question QuestionOf(JsonElement question, int index) => new(
        $"q{index}",
        question.FindText("question") ?? question.FindText("header") ?? "",
        [.. question.List("options").Select(option => new QuestionOption(option.FindText("label") ?? "", option.FindText("description")))],
        AllowsMany: question.IsTrue("multiple"));

    // One list of labels or free text for each question, in their order.
    private static JsonArray Chosen(JsonElement asked, RequestAnswer.Answers answers) => new([.. asked.List("questions").Select((_, index) =>
        (JsonNode)new JsonArray([.. answers.ByQuestion.GetValueOrDefault($"q{index}", []).Select(value => (JsonNode)value)]))]);

    private bool IsApproved(JsonElement asked, string permission)
    {
        var patterns = asked.List("patterns").Select(pattern => pattern.AsText()).ToList();
        return patterns.Count > 0 && patterns.TrueForAll(pattern => approved.Any(one => one.Permission == permission && Matches(one.Pattern, pattern)));
    }

    // As OpenCode reads its rules: a pattern that ends in " *" also stands for the command without arguments.
    private static bool Matches(string pattern, string text) =>
        FileSystemName.MatchesSimpleExpression(Escape(pattern), text, ignoreCase: false)
        || (pattern.EndsWith(" *", StringComparison.Ordinal) && FileSystemName.MatchesSimpleExpression(Escape(pattern[..^2]), text, ignoreCase: false));

    private static string Escape(string pattern) => pattern.Replace("\\", "\\\\", StringComparison.Ordinal);

    private static string PermissionPath(JsonElement asked) => $"/permission/{Id(asked)}/reply";

    private static string QuestionPath(JsonElement asked, string verb) => $"/question/{Id(asked)}/{verb}";

    private static string Id(JsonElement asked) => Uri.EscapeDataString(asked.FindText("id") ?? "");
}

/// <summary>What to post to the server.</summary>
internal sealed record OpenCodeReply(string Path, JsonObject Body);
