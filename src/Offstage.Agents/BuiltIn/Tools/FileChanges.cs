using System.Text;
using Offstage.Agents.Processes;
using Offstage.Contracts;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>One file's change: told, asked for where the mode wants it, and made.</summary>
internal static class FileChanges
{
    private const string ApprovedInWorkspace = "changes in the workspace";

    /// <param name="done">What the model is told when it is made.</param>
    public static async Task<ToolOutcome> MakeAsync(
        ToolContext context, string path, AbsolutePath place, FileState before, string after, string done, CancellationToken cancellationToken)
    {
        string kind = before is FileState.Missing ? "add" : "update";
        string old = (before as FileState.Present)?.Text ?? "";
        var file = new ChangedFile(path, kind, TextDiff.Make(old, after));
        var item = new Item(context.Items.NextId("change"), ItemStatus.InProgress, new ItemBody.FileChange([file]));
        await context.Items.BeginAsync(item);
        if (Asks(context.Mode, before.IsInside))
        {
            var approval = new RequestBody.ApproveFileChange([file], before.IsInside ? null : $"It is outside the workspace: {place.Value}");
            string memory = before.IsInside ? ApprovedInWorkspace : $"change {place.Value}";
            if (!await context.Requests.ApproveAsync(item.Id, approval, memory, cancellationToken))
            {
                await context.Items.CompleteAsync(item with { Status = ItemStatus.Declined });
                return ToolOutcome.Declined($"the change to {path}");
            }
        }

        string? failure = await context.Files.WriteAsync(place, Encoding.UTF8.GetBytes(after), before, cancellationToken);
        await context.Items.CompleteAsync(item with { Status = failure is null ? ItemStatus.Completed : ItemStatus.Failed });
        return failure is null ? new ToolOutcome(done) : new ToolOutcome(failure, IsError: true);
    }

    /// <summary>A change that is refused before it is one: the person sees that it was tried.</summary>
    public static async Task<ToolOutcome> RefuseAsync(ToolContext context, string path, string why)
    {
        var item = new Item(context.Items.NextId("change"), ItemStatus.Failed, new ItemBody.FileChange([new ChangedFile(path, "update")]));
        await context.Items.CompleteAsync(item);
        return new ToolOutcome($"{path}: {why}", IsError: true);
    }

    private static bool Asks(AgentMode mode, bool isInside) => mode switch
    {
        AgentMode.Auto => false,
        AgentMode.Edit => !isInside,
        _ => true,
    };
}
