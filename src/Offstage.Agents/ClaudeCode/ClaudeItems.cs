using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.ClaudeCode;

/// <summary>Calls of Claude's tools, and their results, in our vocabulary.</summary>
internal static partial class ClaudeItems
{
    private const int OutputCharsMax = 256 * 1024;

    public static bool IsChange(string tool) => tool is "Edit" or "MultiEdit" or "Write" or "NotebookEdit";

    /// <summary>Tools that look and change nothing outside Claude.</summary>
    public static bool IsHarmless(string tool) => tool is "Read" or "Glob" or "Grep" or "LS" or "NotebookRead" or "WebSearch" or "WebFetch"
        or "Skill" or "TaskGet" or "TaskList" or "TaskOutput" or "ListMcpResources" or "ReadMcpResource";

    /// <param name="workingDirectory">Where its commands run.</param>
    public static ItemBody Begun(string tool, JsonElement input, string? workingDirectory) => tool switch
    {
        "Bash" => new ItemBody.Command(input.FindText("command") ?? "", workingDirectory, null, null, null),
        "WebSearch" => new ItemBody.WebSearch(input.FindText("query") ?? ""),
        "ExitPlanMode" => new ItemBody.ProposedPlan(input.FindText("plan") ?? ""),
        _ when IsChange(tool) => new ItemBody.FileChange(ChangesOf(tool, input)),
        _ => Call(tool, input),
    };

    /// <param name="result">The block in the conversation.</param>
    /// <param name="detail">What Claude tells beside it, in a shape of the tool's own; text for an error.</param>
    public static ItemBody Ended(ItemBody begun, JsonElement result, JsonElement detail)
    {
        var failed = result.IsTrue("is_error");
        return begun switch
        {
            ItemBody.Command command => Ended(command, TextOf(result), detail, failed),
            ItemBody.FileChange change when detail.ValueKind == JsonValueKind.Object => new ItemBody.FileChange(
                [.. change.Files.Select(file => Ended(file, detail))]),
            ItemBody.ToolCall call => failed ? call with { Error = Cut(TextOf(result)) } : call with { Result = Cut(TextOf(result)) },
            _ => begun,
        };
    }

    /// <summary>What an editing tool is about to do, as far as its call says.</summary>
    public static IReadOnlyList<ChangedFile> ChangesOf(string tool, JsonElement input)
    {
        var path = input.FindText("file_path") ?? input.FindText("notebook_path") ?? "";
        return tool switch
        {
            "Write" => [new ChangedFile(path, "add", input.FindText("content"))],
            "NotebookEdit" => [new ChangedFile(path, "update", Marked('+', input.FindText("new_source")))],
            _ => [new ChangedFile(path, "update", string.Concat(
                input.List("edits").DefaultIfEmpty(input).Select(
                    edit => Marked('-', edit.FindText("old_string")) + Marked('+', edit.FindText("new_string")))))],
        };
    }

    public static string TextOf(JsonElement result)
    {
        if (result.FindText("content") is { } text)
            return text;
        return string.Join('\n', result.List("content").Select(part => part.FindText("text") ?? $"[{part.FindText("type")}]"));
    }

    private static ItemBody.ToolCall Call(string tool, JsonElement input)
    {
        JsonElement? arguments = input.ValueKind == JsonValueKind.Undefined ? null : input;

        // mcp__server__tool
        var parts = tool.Split("__", 3);
        return parts is ["mcp", var server, var name]
            ? new ItemBody.ToolCall(name, server, arguments, null, null)
            : new ItemBody.ToolCall(tool, null, arguments, null, null);
    }

    /// <summary>Claude tells the exit code of a failed command only, in words before its output.</summary>
    private static ItemBody.Command Ended(ItemBody.Command command, string text, JsonElement detail, bool failed)
    {
        if (failed)
        {
            var said = ExitCodePattern().Match(text);
            return said.Success
                ? command with { ExitCode = int.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture), Output = Cut(text[said.Length..]) }
                : command with { Output = Cut(text) };
        }

        string[] streams = [detail.FindText("stdout") ?? "", detail.FindText("stderr") ?? ""];
        var output = detail.Find("stdout") is null ? text : string.Join('\n', streams.Where(one => one.Length > 0));
        return command with { ExitCode = detail.IsTrue("interrupted") ? null : 0, Output = Cut(output) };
    }

    private static ChangedFile Ended(ChangedFile file, JsonElement detail)
    {
        var kind = detail.FindText("type") switch
        {
            "create" => "add",
            "update" => "update",
            _ => file.Kind,
        };
        var diff = new StringBuilder();
        foreach (var hunk in detail.List("structuredPatch"))
        {
            diff.Append(
                CultureInfo.InvariantCulture,
                $"@@ -{hunk.FindNumber("oldStart")},{hunk.FindNumber("oldLines")} +{hunk.FindNumber("newStart")},{hunk.FindNumber("newLines")} @@\n");
            foreach (var line in hunk.List("lines"))
                diff.Append(line.AsText()).Append('\n');
        }

        return file with { Kind = kind, Diff = diff.Length == 0 ? file.Diff : diff.ToString() };
    }

    private static string Marked(char mark, string? text) => string.IsNullOrEmpty(text)
        ? ""
        : string.Concat(text.TrimEnd('\n').Split('\n').Select(line => $"{mark}{line}\n"));

    private static string Cut(string text) => text.Length <= OutputCharsMax
        ? text
        : string.Concat(text.AsSpan(0, OutputCharsMax / 2), "\n… cut …\n", text.AsSpan(text.Length - OutputCharsMax / 2));

    [GeneratedRegex(@"\AExit code (\d{1,9})\n?")]
    private static partial Regex ExitCodePattern();
}
