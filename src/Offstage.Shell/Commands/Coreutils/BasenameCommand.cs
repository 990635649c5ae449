using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class BasenameCommand : ICommand
{
    private static readonly OptionTable table = new(
        "basename NAME [SUFFIX]\nbasename OPTION... NAME...",
        "Print NAME with any leading directory components removed. If specified, also remove a trailing SUFFIX.",
        new('a', "multiple", "support multiple arguments and treat each as a NAME"),
        new('s', "suffix", "remove a trailing SUFFIX; implies -a", OptionArgument.Required, "SUFFIX"),
        new('z', "zero", "end each output line with NUL, not newline"))
    { StopsAtOperand = true };

    public string Name => "basename";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var operands = options.Operands;
        if (operands.Count == 0) return Usage.MissingOperand(context);
        bool multiple = options.Has('a') || options.Has('s');
        if (!multiple && operands.Count > 2) return Usage.ExtraOperand(context, operands[2]);
        string suffix = options.Value('s') ?? (!multiple && operands.Count == 2 ? operands[1] : "");
        foreach (string operand in multiple ? operands : operands.Take(1))
        {
            string name = PathText.Name(operand);
            if (suffix.Length > 0 && name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)) name = name[..^suffix.Length];
            context.Output.Write(name);
            context.Output.WriteByte(options.Has('z') ? (byte)0 : (byte)'\n');
        }

        return 0;
    }
}
