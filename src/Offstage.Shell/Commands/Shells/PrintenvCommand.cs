namespace Offstage.Shell.Commands;

internal sealed class PrintenvCommand : ICommand
{
    private static readonly OptionTable Options = new(
        "printenv [OPTION]... [VARIABLE]...",
        "Print the values of the specified environment VARIABLE(s).",
        new Option('0', "null", "end each output line with NUL, not newline"))
    {
        UsageErrorStatus = 2,
    };

    public string Name => "printenv";

    public int Run(CommandContext context)
    {
        if (Options.Parse(context, out int status) is not { } options)
            return status;
        byte end = options.Has('0') ? (byte)0 : (byte)'\n';
        if (options.Operands.Count == 0)
        {
            foreach ((string name, string value) in context.Environment)
            {
                context.Output.Write($"{name}={value}");
                context.Output.WriteByte(end);
            }
        }

        foreach (string name in options.Operands)
        {
            if (context.Environment.TryGetValue(name, out string? value))
            {
                context.Output.Write(value);
                context.Output.WriteByte(end);
            }
            else
            {
                status = 1;
            }
        }

        return status;
    }
}
