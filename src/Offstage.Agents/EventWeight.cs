using System.Runtime.InteropServices;
using System.Text.Json;
using Offstage.Contracts;

namespace Offstage.Agents;

/// <summary>How much an event takes in memory, in bytes, near enough for a bound.</summary>
public static class EventWeight
{
    private const int Overhead = 200;

    public static int Of(AgentEvent e) => Overhead + (e switch
    {
        AgentEvent.Delta d => Text(d.Text),
        AgentEvent.ItemStarted i => Of(i.Item.Body),
        AgentEvent.ItemUpdated i => Of(i.Item.Body),
        AgentEvent.ItemCompleted i => Of(i.Item.Body),
        AgentEvent.DiffReported d => Text(d.UnifiedDiff),
        AgentEvent.Notice n => Text(n.Text),
        AgentEvent.Raw r => Of(r.Payload),
        AgentEvent.RequestOpened { Request: RequestBody.ApproveFileChange change } => change.Files.Sum(Of),
        AgentEvent.RequestOpened { Request: RequestBody.ApproveCommand command } => Text(command.CommandLine),
        AgentEvent.RequestOpened { Request: RequestBody.ApprovePermissions permissions } => Text(permissions.Detail),
        _ => 0,
    });

    private static int Of(ItemBody body) => body switch
    {
        ItemBody.UserMessage m => Text(m.Text),
        ItemBody.Message m => Text(m.Text),
        ItemBody.Reasoning r => Text(r.Text),
        ItemBody.ProposedPlan p => Text(p.Text),
        ItemBody.Command c => Text(c.CommandLine) + Text(c.Output),
        ItemBody.FileChange f => f.Files.Sum(Of),
        ItemBody.ToolCall t => (t.Arguments is { } arguments ? Of(arguments) : 0) + Text(t.Result) + Text(t.Error),
        ItemBody.Plan p => p.Steps.Sum(step => Text(step.Text)),
        ItemBody.Raw r => Of(r.Payload),
        _ => 0,
    };

    private static int Of(ChangedFile file) => Text(file.Path) + Text(file.Diff);

    private static int Of(JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? 0 : JsonMarshal.GetRawUtf8Value(json).Length;

    private static int Text(string? text) => 2 * (text?.Length ?? 0);
}
