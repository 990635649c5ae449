using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

/// <summary>link: the call of POSIX, a hard link and nothing else.</summary>
internal sealed class LinkCommand : ICommand
{
    private static readonly OptionTable table = new("link FILE1 FILE2", "Call the link function to create a link named FILE2 to an existing FILE1.");

    public string Name => "link";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        if (options.Operands.Count == 1) return Usage.MissingOperandAfter(context, options.Operands[0]);
        if (options.Operands.Count > 2) return Usage.ExtraOperand(context, options.Operands[2]);
        var error = context.Files.MakeHardLink(context.Resolve(options.Operands[0]), context.Resolve(options.Operands[1]));
        if (error == FileError.None) return 0;
        context.Complain($"cannot create link {Latin.Quote(options.Operands[1])} to {Latin.Quote(options.Operands[0])}: {error.Message()}");
        return 1;
    }
}

/// <summary>unlink: the call of POSIX.</summary>
internal sealed class UnlinkCommand : ICommand
{
    private static readonly OptionTable table = new("unlink FILE", "Call the unlink function to remove the specified FILE.");

    public string Name => "unlink";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        if (options.Operands.Count > 1) return Usage.ExtraOperand(context, options.Operands[1]);
        var error = context.Files.Unlink(context.Resolve(options.Operands[0]));
        if (error == FileError.None) return 0;
        context.Complain($"cannot unlink {Latin.Quote(options.Operands[0])}: {error.Message()}");
        return 1;
    }
}
