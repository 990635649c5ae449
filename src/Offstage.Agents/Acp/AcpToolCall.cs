using System.Text;
using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.Acp;

/// <summary>What is known of a terminal's command, for the tool call that shows it.</summary>
/// <param name="ExitCode">Null while it runs.</param>
internal sealed record AcpTerminalState(string CommandLine, string? WorkingDirectory, string Output, int? ExitCode);

/// <summary>A tool call by all that was said of it. Each update replaces the members it names.</summary>
internal sealed class AcpToolCall(string id)
{
    private const int OutputCharsMax = 256 * 1024;

    private JsonElement content;
    private JsonElement locations;
    private JsonElement rawInput;
    private JsonElement rawOutput;
    private JsonElement shownOutput;
    private string? kind;
    private string? status;

    public string Id { get; } = id;

    public string Title { get; private set; } = "";

    /// <summary>Somebody said yes to it: a person, or the mode.</summary>
    public bool Approved { get; set; }

    public bool Declined { get; set; }

    /// <summary>The one command that an approval covers was started.</summary>
    public bool CommandStarted { get; set; }

    public bool HasEnded => status is "completed" or "failed";

    public bool SwitchesMode => kind == "switch_mode";

    public AcpDeed Deed => kind switch
    {
        "read" or "search" or "fetch" or "think" => AcpDeed.Look,
        "edit" or "delete" or "move" => AcpDeed.Change,
        "execute" => AcpDeed.Command,
        "switch_mode" => AcpDeed.Other,
        _ when Contents("diff").Any() => AcpDeed.Change,
        _ when Contents("terminal").Any() => AcpDeed.Command,
        _ => AcpDeed.Other,
    };

    /// <summary>The text of its content: the plan, of a call that presents one.</summary>
    public string Text => string.Join("\n", Contents("content").Select(one => TextOf(one.Find("content") ?? default)).Where(text => text.Length > 0));

    public string? PlanText => rawInput.FindText("plan") is { Length: > 0 } plan ? plan : Text is { Length: > 0 } text ? text : null;

    public IEnumerable<string> Terminals => Contents("terminal").Select(one => one.FindText("terminalId")).OfType<string>();

    public string CommandLine => CommandOf(rawInput) ?? Title.Trim('`');

    public void Merge(JsonElement told)
    {
        Title = told.FindText("title") ?? Title;
        kind = told.FindText("kind") ?? kind;
        status = told.FindText("status") ?? status;
        content = told.Find("content") ?? content;
        locations = told.Find("locations") ?? locations;
        rawInput = told.Find("rawInput") ?? rawInput;
        rawOutput = told.Find("rawOutput") ?? rawOutput;

        // Agents that run commands themselves show the output so, when the client says that it understands it.
        if (told.Find("_meta") is { } beside && (beside.Find("terminal_output") ?? beside.Find("terminal_exit")) is not null)
            shownOutput = beside;
    }

    public IReadOnlyList<ChangedFile> Changes
    {
        get
        {
            var diffs = Contents("diff").Select(ChangeOf).ToList();
            return diffs.Count > 0 ? diffs : [.. Paths.Select(path => new ChangedFile(path, kind is "delete" or "move" ? kind : "update"))];
        }
    }

    /// <summary>It was said to be about this file.</summary>
    /// <param name="workspace">What relative paths begin at.</param>
    public bool IsAbout(string path, string workspace) =>
        Paths.Concat(Contents("diff").Select(one => one.FindText("path")).OfType<string>())
            .Any(one => one == path || $"{workspace}/{one}" == path);

    public Item ToItem(ItemStatus itemStatus, Func<string, AcpTerminalState?> findTerminal) => new(Id, itemStatus, Body(itemStatus, findTerminal));

    /// <summary>How it ended by its own account.</summary>
    public ItemStatus EndStatus => Declined ? ItemStatus.Declined : status == "completed" ? ItemStatus.Completed : ItemStatus.Failed;

    private IEnumerable<string> Paths => ListOf(locations).Select(one => one.FindText("path")).OfType<string>();

    private ItemBody Body(ItemStatus itemStatus, Func<string, AcpTerminalState?> findTerminal) => Deed switch
    {
        AcpDeed.Command => CommandBody(itemStatus, Terminals.Select(findTerminal).FirstOrDefault(one => one is not null)),
        AcpDeed.Change when Changes is { Count: > 0 } changes => new ItemBody.FileChange(changes),
        _ => new ItemBody.ToolCall(
            Title, null, rawInput.ValueKind == JsonValueKind.Undefined ? null : rawInput,
            itemStatus == ItemStatus.Completed ? Cut(ResultText) : null,
            itemStatus == ItemStatus.Failed ? Cut(ResultText) : null),
    };

    private ItemBody.Command CommandBody(ItemStatus itemStatus, AcpTerminalState? terminal)
    {
        if (terminal is not null)
        {
            return new(
                CommandOf(rawInput) ?? terminal.CommandLine, terminal.WorkingDirectory, itemStatus == ItemStatus.InProgress ? null : Cut(terminal.Output),
                terminal.ExitCode, null);
        }

        var output = shownOutput.Find("terminal_output")?.FindText("data") ?? ResultText;
        var exitCode = shownOutput.Find("terminal_exit")?.FindNumber("exit_code") ?? rawOutput.FindNumber("exitCode") ?? rawOutput.FindNumber("exit_code");
        return new(
            CommandLine, rawInput.FindText("cwd"), itemStatus == ItemStatus.InProgress ? null : Cut(output),
            exitCode is >= int.MinValue and <= int.MaxValue ? (int)exitCode : null, null);
    }

    private string? ResultText => Text is { Length: > 0 } text ? text
        : rawOutput.ValueKind == JsonValueKind.Undefined ? null
        : rawOutput.FindText("output") ?? rawOutput.AsText();

    private IEnumerable<JsonElement> Contents(string type) => ListOf(content).Where(one => one.FindText("type") == type);

    private static IEnumerable<JsonElement> ListOf(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    /// <summary>A block of content in words.</summary>
    public static string TextOf(JsonElement block) => block.FindText("type") switch
    {
        "text" => block.FindText("text") ?? "",
        "resource_link" => block.FindText("uri") ?? block.FindText("name") ?? "",
        "resource" => block.Find("resource") is { } resource ? resource.FindText("text") ?? resource.FindText("uri") ?? "" : "",
        { } other => $"[{other}]",
        null => "",
    };

    private static ChangedFile ChangeOf(JsonElement diff)
    {
        string after = diff.FindText("newText") ?? "";
        string path = diff.FindText("path") ?? "";
        return diff.FindText("oldText") is { } before
            ? new ChangedFile(path, "update", TextDiff.Make(before, after))
            : new ChangedFile(path, "add", Cut(after));
    }

    private static string? CommandOf(JsonElement input) => input.Find("command") switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { ValueKind: JsonValueKind.Array } parts => new StringBuilder().AppendJoin(' ', parts.EnumerateArray().Select(part => part.AsText())).ToString(),
        _ => null,
    };

    public static string? Cut(string? text) => text is null || text.Length <= OutputCharsMax
        ? text
        : string.Concat(text.AsSpan(0, OutputCharsMax / 2), "\n… cut …\n", text.AsSpan(text.Length - OutputCharsMax / 2));
}
