using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class DirnameCommand : ICommand
{
    private static readonly OptionTable table = new(
        "dirname [OPTION] NAME...",
        "Output each NAME with its last non-slash component and trailing slashes removed.",
        new Option('z', "zero", "end each output line with NUL, not newline"))
    { StopsAtOperand = true };

    public string Name => "dirname";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        foreach (string operand in options.Operands)
        {
            context.Output.Write(PathText.Directory(operand));
            context.Output.WriteByte(options.Has('z') ? (byte)0 : (byte)'\n');
        }

        return 0;
    }
}
