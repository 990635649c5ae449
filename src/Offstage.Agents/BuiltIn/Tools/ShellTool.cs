using Offstage.Agents.BuiltIn.Models;
using Offstage.Contracts;

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

        var said = new CommandOutput(ItemBytesMax, context.Limits.ToolOutputBytesMax);
        try
        {
            var result = await context.Commands.RunAsync(
                ["/bin/sh", "-c", Script, command], default, limit,
                piece => said.Add(piece.Span) is { Length: > 0 } text ? context.Items.DeltaAsync(item.Id, DeltaKind.CommandOutput, text) : ValueTask.CompletedTask,
                cancellationToken);
            bool failed = result.ExitCode != 0;
            await context.Items.CompleteAsync(item with
            {
                Status = failed ? ItemStatus.Failed : ItemStatus.Completed,
                Body = body with { Output = said.Shown, ExitCode = result.ExitCode, DurationMs = (long)result.Elapsed.TotalMilliseconds },
            });
            string end = result.ExitCode is { } code ? $"[exit code {code}]" : $"[killed after {limit.TotalSeconds:0} s: its time was over]";
            string output = said.Told.TrimEnd();
            return new ToolOutcome(output.Length == 0 ? end : $"{output}\n{end}", failed);
        }
        catch (OperationCanceledException)
        {
            await context.Items.CompleteAsync(item with { Status = ItemStatus.Failed, Body = body with { Output = said.Shown } });
            throw;
        }
    }
}
