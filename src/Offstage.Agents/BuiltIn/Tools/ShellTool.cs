using System.Text;
using Offstage.Agents.BuiltIn.Models;
using Offstage.Contracts;
using Offstage.Processes;

namespace Offstage.Agents.BuiltIn.Tools;

internal sealed class ShellTool : Tool
{
    private const int ItemBytesMax = 256 * 1024;

    // Bash where there is one: that is what models write. Its errors stand in order with its output.
    private const string Script = "exec 2>&1\nif command -v bash >/dev/null; then exec bash -c \"$0\"; else exec sh -c \"$0\"; fi";

    public override ToolSpec Spec { get; } = new(
        "shell",
        "Runs a command by bash in the workspace and tells its output and exit code. Each call is a new shell, without standard input; "
        + "what it leaves in the background ends with it.",
        """
        {"type":"object","properties":{
          "command":{"type":"string"},
          "timeout_seconds":{"type":"integer","description":"Kill it after this long; 120 when not given"}},
         "required":["command"]}
        """);

    public override ToolNature Nature => ToolNature.Runs;

    public override async Task<ToolOutcome> RunAsync(ToolArguments arguments, ToolContext context, CancellationToken cancellationToken)
    {
        string command = arguments.Text("command");
        if (command.Trim().Length == 0 || command.Contains('\0', StringComparison.Ordinal))
            throw new ToolArgumentException("'command' is empty.");
        var limit = arguments.FindNumber("timeout_seconds", 1, (int)context.Limits.ShellTimeMax.TotalSeconds) is { } seconds
            ? TimeSpan.FromSeconds(seconds)
            : context.Limits.ShellTime;
        var body = new ItemBody.Command(command, context.WorkspacePath, null, null, null);
        var item = new Item(context.Items.NextId("command"), ItemStatus.InProgress, body);
        await context.Items.BeginAsync(item);
        if (context.Mode != AgentMode.Auto
            && !await context.Requests.ApproveAsync(
                item.Id, new RequestBody.ApproveCommand(command, context.WorkspacePath, null), $"command {command}", cancellationToken))
        {
            await context.Items.CompleteAsync(item with { Status = ItemStatus.Declined });
            return ToolOutcome.Declined("to run this command");
        }

        var shown = new BoundedCapture(ItemBytesMax);
        var told = new BoundedCapture(context.Limits.ToolOutputBytesMax);
        try
        {
            var result = await context.Commands.RunAsync(
                ["/bin/sh", "-c", Script, command], default, limit, Follow(context, item.Id, shown, told), cancellationToken);
            bool failed = result.ExitCode != 0;
            await context.Items.CompleteAsync(item with
            {
                Status = failed ? ItemStatus.Failed : ItemStatus.Completed,
                Body = body with { Output = shown.ToString(), ExitCode = result.ExitCode, DurationMs = (long)result.Elapsed.TotalMilliseconds },
            });
            string end = result.ExitCode is { } code ? $"[exit code {code}]" : $"[killed after {limit.TotalSeconds:0} s: its time was over]";
            string output = told.ToString().TrimEnd();
            return new ToolOutcome(output.Length == 0 ? end : $"{output}\n{end}", failed);
        }
        catch (OperationCanceledException)
        {
            await context.Items.CompleteAsync(item with { Status = ItemStatus.Failed, Body = body with { Output = shown.ToString() } });
            throw;
        }
    }

    /// <summary>Live output ends where the item's own is cut.</summary>
    private static Func<ReadOnlyMemory<byte>, ValueTask> Follow(ToolContext context, string item, BoundedCapture shown, BoundedCapture told)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        return async piece =>
        {
            shown.Append(piece.Span);
            told.Append(piece.Span);
            if (shown.IsTruncated)
                return;
            char[] text = new char[Encoding.UTF8.GetMaxCharCount(piece.Length)];
            int count = decoder.GetChars(piece.Span, text, flush: false);
            if (count > 0)
                await context.Items.DeltaAsync(item, DeltaKind.CommandOutput, new string(text, 0, count));
        };
    }
}
