using Offstage.Agents.BuiltIn.Models;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Tools;

internal sealed class AskTool : Tool
{
    private const string QuestionId = "answer";
    private const int OptionsMax = 20;

    public override ToolSpec Spec { get; } = new(
        "ask",
        "Asks the person a question and waits for the answer. Only for what you cannot find out and should not decide yourself.",
        """
        {"type":"object","properties":{
          "question":{"type":"string"},
          "options":{"type":"array","description":"Answers to choose from; the person may also write another","items":{"type":"object","properties":{
            "label":{"type":"string"},"description":{"type":"string"}},"required":["label"]}},
          "many":{"type":"boolean","description":"More than one option may be chosen"}},
         "required":["question"]}
        """);

    public override ToolNature Nature => ToolNature.Tells;

    public override async Task<ToolOutcome> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        var options = arguments.Json.List("options")
            .Select(option => new QuestionOption(option.FindText("label") ?? option.AsText(), option.FindText("description")))
            .Take(OptionsMax);
        var question = new Question(QuestionId, arguments.Text("question"), [.. options], AllowsMany: arguments.IsTrue("many"));
        var body = new ItemBody.ToolCall(Spec.Name, null, arguments.Json.Clone(), null, null);
        var item = new Item(context.Items.NextId("call"), ItemStatus.InProgress, body);
        await context.Items.BeginAsync(item);
        var answer = await context.Requests.AskAsync(item.Id, new RequestBody.Questions([question]), cancellationToken);
        if (answer is not RequestAnswer.Answers answers)
        {
            await context.Items.CompleteAsync(item with { Status = ItemStatus.Declined });
            return new ToolOutcome("The person did not answer. Decide yourself, and say what you decided.");
        }

        string text = string.Join(", ", answers.ByQuestion.GetValueOrDefault(QuestionId) ?? []);
        await context.Items.CompleteAsync(item with { Status = ItemStatus.Completed, Body = body with { Result = text } });
        return new ToolOutcome(text.Length > 0 ? $"The person answered: {text}" : "The person gave an empty answer.");
    }
}
