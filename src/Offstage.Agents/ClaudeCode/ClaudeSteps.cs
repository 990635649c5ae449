using System.Text.Json;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.ClaudeCode;

/// <summary>Claude's list of steps, from its tools for it. It lives as long as the conversation.</summary>
internal sealed class ClaudeSteps
{
    private readonly SortedDictionary<string, PlanStep> steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Tool, JsonElement Input)> calls = new(StringComparer.Ordinal);

    public ItemBody.Plan Plan => new(null, [.. steps.Values]);

    /// <returns>True when the tool is one for steps: it is told as the list and not as a call.</returns>
    public bool Begin(string callId, string tool, JsonElement input)
    {
        if (tool is not ("TodoWrite" or "TaskCreate" or "TaskUpdate"))
            return false;
        calls[callId] = (tool, input);
        return true;
    }

    public bool IsOpen(string callId) => calls.ContainsKey(callId);

    /// <returns>True when the list is another now.</returns>
    public bool End(string callId, JsonElement detail, bool failed)
    {
        if (!calls.Remove(callId, out var call) || failed)
            return false;
        switch (call.Tool)
        {
            case "TodoWrite":
                steps.Clear();
                foreach (var (index, step) in call.Input.List("todos").Index())
                    steps[$"{index:D6}"] = new PlanStep(step.FindText("content") ?? "", StatusOf(step.FindText("status")));
                return true;
            case "TaskCreate" when detail.Find("task")?.FindText("id") is { } id:
                steps[Key(id)] = new PlanStep(call.Input.FindText("subject") ?? "", ItemStatus.InProgress);
                return true;
            case "TaskUpdate" when call.Input.FindText("taskId") is { } id && steps.TryGetValue(Key(id), out var step):
                if (call.Input.FindText("status") == "deleted")
                    return steps.Remove(Key(id));
                steps[Key(id)] = new PlanStep(
                    call.Input.FindText("subject") ?? step.Text,
                    call.Input.FindText("status") is { } status ? StatusOf(status) : step.Status);
                return true;
            default:
                return false;
        }
    }

    private static string Key(string id) => id.PadLeft(6, '0');

    private static ItemStatus StatusOf(string? status) => status == "completed" ? ItemStatus.Completed : ItemStatus.InProgress;
}
