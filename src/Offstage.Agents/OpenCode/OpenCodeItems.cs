using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.OpenCode;

/// <summary>OpenCode's tool parts in our vocabulary.</summary>
internal static class OpenCodeItems
{
    private const int OutputCharsMax = 256 * 1024;

    /// <summary>What OpenCode puts in the place of no output.</summary>
    private const string NoOutput = "(no output)";

    /// <param name="part">A part of type <c>tool</c>.</param>
    public static ItemBody BodyOf(JsonElement part, OpenCodeCall call)
    {
        var state = part.Find("state") ?? default;
        var tool = part.FindText("tool") ?? call.Tool ?? "";
        return BodyOf(tool, state.Find("input") ?? default, state, call.Diff);
    }

    /// <summary>What is known of a tool call that waits for an approval.</summary>
    public static ItemBody BodyOf(string tool, JsonElement asked, string? diff) => BodyOf(tool, asked, default, diff);

    public static ItemStatus StatusOf(JsonElement part, ItemBody body, bool declined) => (part.Find("state")?.FindText("status"), body) switch
    {
        ("completed", ItemBody.Command { ExitCode: not 0 }) => ItemStatus.Failed,
        ("completed", _) => ItemStatus.Completed,
        ("error", _) => declined ? ItemStatus.Declined : ItemStatus.Failed,
        _ => ItemStatus.InProgress,
    };

    /// <summary>Output of a command so far.</summary>
    public static string? LiveOutput(JsonElement part)
    {
        var state = part.Find("state") ?? default;
        return state.FindText("status") is "running" or "completed" ? Output(state.Find("metadata")?.FindText("output")) : null;
    }

    public static IReadOnlyList<ChangedFile> ChangesOf(JsonElement told, string? diff, string kind) =>
        (told.FindText("filepath") ?? told.FindText("filePath")) is { } path ? [new ChangedFile(path, kind, Headless(diff ?? told.FindText("diff")))] : [];

    private static ItemBody BodyOf(string tool, JsonElement input, JsonElement state, string? diff)
    {
        var metadata = state.Find("metadata") ?? default;
        var ended = state.FindText("status") is "completed" or "error";
        return tool switch
        {
            "bash" => new ItemBody.Command(
                input.FindText("command") ?? "",
                input.FindText("workdir"),
                ended ? Cut(Output(state.FindText("output") ?? state.FindText("error")) ?? "") : null,
                (int?)metadata.FindNumber("exit"),
                Duration(state)),
            "write" => new ItemBody.FileChange(ChangesOf(
                metadata.Find("filepath") is null ? input : metadata, diff, metadata.IsTrue("exists") ? "update" : IsAddition(diff) ? "add" : "update")),
            "edit" or "multiedit" => new ItemBody.FileChange(ChangesOf(
                input, metadata.FindText("diff") ?? diff, IsAddition(metadata.FindText("diff") ?? diff) ? "add" : "update")),
            "patch" or "apply_patch" => new ItemBody.FileChange(PatchedFiles(metadata, input, diff)),
            "todowrite" => new ItemBody.Plan(null, [.. input.List("todos").Select(StepOf)]),
            "webfetch" or "websearch" or "codesearch" => new ItemBody.WebSearch(input.FindText("query") ?? input.FindText("url") ?? ""),
            _ => new ItemBody.ToolCall(
                tool, null, input.ValueKind == JsonValueKind.Undefined ? null : input, Cut(state.FindText("output")), state.FindText("error")),
        };
    }

    private static IReadOnlyList<ChangedFile> PatchedFiles(JsonElement metadata, JsonElement input, string? diff)
    {
        var files = (metadata.Find("files") is null ? input : metadata).List("files").Select(file => new ChangedFile(
            file.FindText("movePath") ?? file.FindText("filePath") ?? file.FindText("relativePath") ?? "",
            file.FindText("type") ?? "update",
            Headless(file.FindText("patch") ?? file.FindText("diff")))).ToList();
        return files.Count > 0 ? files : ChangesOf(input, diff, "update");
    }

    // A diff against nothing begins with a hunk of no lines.
    private static bool IsAddition(string? diff) => diff is not null && diff.Contains("\n@@ -0,0 ", StringComparison.Ordinal);

    /// <summary>Without the lines before the header of a unified diff.</summary>
    private static string? Headless(string? diff)
    {
        var start = diff?.IndexOf("--- ", StringComparison.Ordinal) ?? -1;
        return start > 0 && diff!.StartsWith("Index: ", StringComparison.Ordinal) ? diff[start..] : diff;
    }

    private static PlanStep StepOf(JsonElement todo) => new(todo.FindText("content") ?? "", todo.FindText("status") switch
    {
        "completed" => ItemStatus.Completed,
        "cancelled" => ItemStatus.Declined,
        _ => ItemStatus.InProgress,
    });

    private static long? Duration(JsonElement state)
    {
        var time = state.Find("time") ?? default;
        return time.FindNumber("end") - time.FindNumber("start");
    }

    private static string? Output(string? output) => output == NoOutput ? "" : output;

    private static string? Cut(string? text) => text is null || text.Length <= OutputCharsMax
        ? text
        : string.Concat(text.AsSpan(0, OutputCharsMax / 2), "\n… cut …\n", text.AsSpan(text.Length - OutputCharsMax / 2));
}
