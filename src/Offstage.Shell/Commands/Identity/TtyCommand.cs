using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Identity;

/// <summary>There is no terminal.</summary>
internal sealed class TtyCommand : ICommand
{
    private static readonly OptionTable table = new(
        "tty [OPTION]...",
        "Print the file name of the terminal connected to standard input.",
        new('s', "silent", "print nothing, only return an exit status"),
        new('\0', "quiet", "print nothing, only return an exit status"))
    {
        UsageErrorStatus = 2,
    };

    public string Name => "tty";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count > 0) return Usage.Error(context, $"extra operand {Latin.Quote(options.Operands[0])}", 2);
        if (!options.Has('s') && !options.Has("silent") && !options.Has("quiet")) context.Output.WriteLine("not a tty");
        return 1;
    }
}
