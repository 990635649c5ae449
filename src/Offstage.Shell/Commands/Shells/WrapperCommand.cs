namespace Offstage.Shell.Commands;

/// <summary>nohup and stdbuf: commands that run another with surroundings that are always so here, where there is no terminal and every output is flushed in time.</summary>
internal sealed class WrapperCommand(string name, string summary, bool wantsOption, params Option[] known) : ICommand
{
    private readonly OptionTable table = new($"{name} [OPTION]... COMMAND [ARG]...", summary, known) { UsageErrorStatus = 125, StopsAtOperand = true };

    public string Name => name;

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return table.Hint(context, "missing operand");
        if (wantsOption && options.Given.Count == 0) return table.Hint(context, "you must specify a buffering mode option");
        int status = context.Run(new CommandCall(options.Operands));
        if (status == 127) context.Complain($"failed to run command '{options.Operands[0]}': No such file or directory");
        return status;
    }
}
