using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Codex;

/// <summary>Codex's thread items in our vocabulary.</summary>
internal static class CodexItems
{
    private const int OutputCharsMax = 256 * 1024;

    /// <param name="completed">Decides the status of items that carry none.</param>
    /// <returns>Null when it has no id.</returns>
    public static Item? Find(JsonElement item, bool completed, string? parentId)
    {
        if (item.FindText("id") is not { } id || item.FindText("type") is not { } type)
            return null;
        var status = StatusOf(item.FindText("status"), completed ? ItemStatus.Completed : ItemStatus.InProgress);
        return new Item(id, status, BodyOf(type, item), parentId);
    }

    public static IReadOnlyList<ChangedFile> ChangesOf(JsonElement holder) =>
        [.. holder.List("changes").Select(ChangeOf)];

    /// <summary>The older shape: path to change.</summary>
    public static IReadOnlyList<ChangedFile> ChangesByPathOf(JsonElement holder) =>
    [
        .. holder.Members("fileChanges").Select(change => new ChangedFile(
            change.Name,
            change.Value.FindText("move_path") is null ? change.Value.FindText("type") ?? "update" : "move",
            change.Value.FindText("unified_diff") ?? change.Value.FindText("content"))),
    ];

    public static ItemBody.Plan PlanOf(JsonElement update) => new(
        update.FindText("explanation"),
        [
            .. update.List("plan").Select(step => new PlanStep(
                step.FindText("step") ?? "",
                step.FindText("status") == "completed" ? ItemStatus.Completed : ItemStatus.InProgress)),
        ]);

    private static ItemBody BodyOf(string type, JsonElement item) => type switch
    {
        "userMessage" => new ItemBody.UserMessage(string.Join("\n", item.List("content").Select(InputText))),
        "agentMessage" => new ItemBody.Message(item.FindText("text") ?? ""),
        "plan" => new ItemBody.Plan(item.FindText("text"), []),
        "reasoning" => new ItemBody.Reasoning(ReasoningText(item)),
        "commandExecution" => new ItemBody.Command(
            item.FindText("command") ?? "",
            item.FindText("cwd"),
            Cut(item.FindText("aggregatedOutput")),
            (int?)item.FindNumber("exitCode"),
            item.FindNumber("durationMs")),
        "fileChange" => new ItemBody.FileChange(ChangesOf(item)),
        "mcpToolCall" => new ItemBody.ToolCall(
            item.FindText("tool") ?? "",
            item.FindText("server"),
            item.Find("arguments"),
            item.Find("result") is { } result ? ContentText(result.List("content")) : null,
            item.Find("error") is { } error ? error.FindText("message") ?? error.AsText() : null),
        "dynamicToolCall" => new ItemBody.ToolCall(
            item.FindText("tool") ?? "", item.FindText("namespace"), item.Find("arguments"),
            item.Find("contentItems") is null ? null : ContentText(item.List("contentItems")), null),
        "functionCallOutput" => new ItemBody.ToolCall(
            item.FindText("name") ?? "", item.FindText("namespace"), null, item.Find("output")?.AsText(), null),
        "collabAgentToolCall" => new ItemBody.ToolCall(
            item.FindText("tool") ?? "", "agents", item, null, null),
        "webSearch" => new ItemBody.WebSearch(item.FindText("query") ?? ""),
        "contextCompaction" => new ItemBody.Compaction(),
        _ => new ItemBody.Raw(type, item),
    };

    private static ItemStatus StatusOf(string? status, ItemStatus otherwise) => status switch
    {
        "inProgress" => ItemStatus.InProgress,
        "completed" => ItemStatus.Completed,
        "failed" or "interrupted" => ItemStatus.Failed,
        "declined" => ItemStatus.Declined,
        _ => otherwise,
    };

    private static ChangedFile ChangeOf(JsonElement change)
    {
        var kind = change.Find("kind") ?? default;
        var moved = kind.FindText("move_path");
        return new ChangedFile(
            moved ?? change.FindText("path") ?? "", moved is null ? kind.FindText("type") ?? "update" : "move", change.FindText("diff"));
    }

    private static string InputText(JsonElement input) =>
        input.FindText("text") ?? $"[{input.FindText("type")}: {input.FindText("path") ?? input.FindText("name") ?? "attached"}]";

    private static string ReasoningText(JsonElement item)
    {
        var content = Texts(item.List("content"));
        return content.Length > 0 ? content : Texts(item.List("summary"));

        static string Texts(IEnumerable<JsonElement> parts) => string.Join("\n\n", parts.Select(part => part.AsText()));
    }

    private static string ContentText(IEnumerable<JsonElement> content) =>
        string.Join("\n", content.Select(part => part.FindText("text") ?? part.AsText()));

    private static string? Cut(string? text) => text is null || text.Length <= OutputCharsMax
        ? text
        : string.Concat(text.AsSpan(0, OutputCharsMax / 2), "\n… cut …\n", text.AsSpan(text.Length - OutputCharsMax / 2));
}
