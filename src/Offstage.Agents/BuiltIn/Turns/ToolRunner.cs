using Offstage.Agents.BuiltIn.Conversations;
using Offstage.Agents.BuiltIn.Tools;
using Offstage.Contracts;
using Offstage.Sandboxes;

namespace Offstage.Agents.BuiltIn.Turns;

/// <summary>Runs the calls of one answer: those that only look at once, all others one after the other, in the model's order.</summary>
internal sealed class ToolRunner(ToolContext context, FailureGuard guard)
{
    private const int AtOnceMax = 8;

    /// <param name="calls">With arguments as the model wrote them.</param>
    /// <param name="onResult">In the order of the calls. What it throws ends the run.</param>
    public async Task RunAsync(IReadOnlyList<Part.Call> calls, Func<Entry.Result, Task> onResult, CancellationToken cancellationToken)
    {
        for (int at = 0; at < calls.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var group = calls.Skip(at).TakeWhile(Looks).Take(AtOnceMax).ToList();
            if (group.Count == 0)
                group.Add(calls[at]);
            var outcomes = await Task.WhenAll(group.Select(call => RunAsync(call, cancellationToken)));
            foreach (var (call, outcome) in group.Zip(outcomes))
            {
                await onResult(new Entry.Result(call.Id, outcome.Text, outcome.IsError));
                guard.See(call, outcome.IsError);
            }

            at += group.Count;
        }
    }

    private bool Looks(Part.Call call) => Toolbox.Find(call.Tool, context.Mode)?.Nature == ToolNature.Looks;

    private async Task<ToolOutcome> RunAsync(Part.Call call, CancellationToken cancellationToken)
    {
        try
        {
            if (Toolbox.Find(call.Tool, context.Mode) is { } tool)
                return await tool.RunAsync(ToolArguments.Parse(call.Arguments), context, cancellationToken);
            return await RefuseAsync(call, Toolbox.Has(call.Tool)
                ? $"'{call.Tool}' cannot be used in mode plan: look around, and end with the plan."
                : $"There is no tool '{call.Tool}'. There are: {string.Join(", ", Toolbox.For(context.Mode).Select(known => known.Spec.Name))}.");
        }
        catch (ToolArgumentException wrong)
        {
            return await RefuseAsync(call, wrong.Message);
        }
        catch (SandboxException broken)
        {
            return await RefuseAsync(call, $"The sandbox could not run it: {broken.Message}");
        }
    }

    private async Task<ToolOutcome> RefuseAsync(Part.Call call, string why)
    {
        var body = new ItemBody.ToolCall(call.Tool, null, null, null, why);
        await context.Items.CompleteAsync(new Item(context.Items.NextId("call"), ItemStatus.Failed, body));
        return new ToolOutcome(why, IsError: true);
    }
}
