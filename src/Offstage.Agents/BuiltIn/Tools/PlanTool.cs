using System.Text.Json;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Tools;

internal sealed class PlanTool : Tool
{
    public const string ToolName = "plan";

    private const int StepsMax = 100;

    public override ToolSpec Spec { get; } = new(
        ToolName,
        "Shows the person the steps of a longer task and how far they are. Tell all steps each time, and keep exactly one in progress.",
        """
        {"type":"object","properties":{
          "explanation":{"type":"string","description":"Why the plan changed, when it did"},
          "steps":{"type":"array","items":{"type":"object","properties":{
            "text":{"type":"string"},
            "status":{"type":"string","enum":["pending","in_progress","completed"]}},
           "required":["text","status"]}}},
         "required":["steps"]}
        """);

    public override ToolNature Nature => ToolNature.Tells;

    public override async Task<ToolOutcome> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        var steps = Read(arguments.Json);
        if (steps.Count is 0 or > StepsMax)
            throw new ToolArgumentException($"'steps' must be a list of 1 to {StepsMax} objects with 'text' and 'status'.");
        await context.Items.ShowPlanAsync(new ItemBody.Plan(arguments.FindText("explanation"), [.. steps.Select(step => new PlanStep(step.Text, StatusOf(step.Status)))]));
        return new ToolOutcome("The plan is shown.");
    }

    /// <summary>As text for the model, from the arguments of a call; null when they hold no plan.</summary>
    public static string? Describe(string arguments)
    {
        try
        {
            var steps = Read(JsonElement.Parse(arguments));
            return steps.Count == 0 ? null : string.Join('\n', steps.Select(step => $"- [{step.Status}] {step.Text}"));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<(string Text, string Status)> Read(JsonElement arguments) =>
        [.. arguments.List("steps").Where(step => step.FindText("text") is not null).Select(step => (step.FindText("text")!, step.FindText("status") ?? "pending"))];

    // Items know no step that has not begun; the other adapters tell it as in progress, too.
    private static ItemStatus StatusOf(string status) => status switch
    {
        "completed" => ItemStatus.Completed,
        _ => ItemStatus.InProgress,
    };
}
