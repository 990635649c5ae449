using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Identity;

internal sealed class UnameCommand : ICommand
{
    private static readonly OptionTable table = new(
        "uname [OPTION]...",
        "Print certain system information.",
        new('a', "all", "print all information"),
        new('s', "kernel-name", "print the kernel name"),
        new('n', "nodename", "print the network node hostname"),
        new('r', "kernel-release", "print the kernel release"),
        new('v', "kernel-version", "print the kernel version"),
        new('m', "machine", "print the machine hardware name"),
        new('p', "processor", "print the processor type"),
        new('i', "hardware-platform", "print the hardware platform"),
        new('o', "operating-system", "print the operating system"));

    public string Name => "uname";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count > 0) return Usage.ExtraOperand(context, options.Operands[0]);
        (char Letter, string Value)[] facts = [('s', "Linux"), ('n', "sandbox"), ('r', "6.1.0"), ('v', "#1 SMP"), ('m', "x86_64"), ('p', "unknown"), ('i', "unknown"), ('o', "GNU/Linux")];
        bool all = options.Has('a');
        var shown = facts.Where(f => all ? f.Letter is not ('p' or 'i') : options.Has(f.Letter) || (options.Given.Count == 0 && f.Letter == 's')).Select(f => f.Value);
        context.Output.WriteLine(string.Join(' ', shown));
        return 0;
    }
}
