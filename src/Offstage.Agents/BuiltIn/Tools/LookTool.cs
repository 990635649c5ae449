using System.Text.Json;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>A tool that looks and changes nothing: free in every mode, shown as a call with its result.</summary>
internal abstract class LookTool : Tool
{
    protected static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    public override ToolNature Nature => ToolNature.Looks;

    public sealed override async Task<ToolOutcome> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        var body = new ItemBody.ToolCall(Spec.Name, null, arguments.Json.Clone(), null, null);
        var item = new Item(context.Items.NextId("call"), ItemStatus.InProgress, body);
        await context.Items.BeginAsync(item);
        var outcome = await TryLookAsync(arguments, context, cancellationToken);
        await context.Items.CompleteAsync(item with
        {
            Status = outcome.IsError ? ItemStatus.Failed : ItemStatus.Completed,
            Body = outcome.IsError ? body with { Error = outcome.Text } : body with { Result = outcome.Text },
        });
        return outcome;
    }

    private async Task<ToolOutcome> TryLookAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await LookAsync(arguments, context, cancellationToken);
        }
        catch (ToolArgumentException wrong)
        {
            return new ToolOutcome(wrong.Message, IsError: true);
        }
    }

    protected abstract Task<ToolOutcome> LookAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken);
}
