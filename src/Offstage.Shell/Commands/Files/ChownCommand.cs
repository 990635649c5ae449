using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

/// <summary>chown and chgrp: a tree has one owner, so they check their operands and change nothing.</summary>
internal sealed class ChownCommand(string name) : ICommand
{
    private static readonly OptionTable table = new(
        "chown [OPTION]... [OWNER][:[GROUP]] FILE...",
        "Accepted for the sake of scripts: every file belongs to the one user there is.",
        new('c', "changes", "ignored"),
        new('f', "silent", "suppress most error messages"),
        new('v', "verbose", "ignored"),
        new('h', "no-dereference", "affect symbolic links instead of any referenced file"),
        new('R', "recursive", "ignored"),
        new('H', null, "ignored"),
        new('L', null, "ignored"),
        new('P', null, "ignored"),
        new('\0', "from", "ignored", OptionArgument.Required, "OWNER"),
        new('\0', "reference", "ignored", OptionArgument.Required, "RFILE"));

    public string Name => name;

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        int skipped = options.Has("reference") ? 0 : 1;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        if (options.Operands.Count == skipped) return Usage.MissingOperandAfter(context, options.Operands[0]);
        foreach (string operand in options.Operands.Skip(skipped))
        {
            var error = context.Files.Stat(context.Resolve(operand), followLinks: !options.Has('h'), out _);
            if (error == FileError.None) continue;
            if (!options.Has('f')) context.Complain($"cannot access {Latin.Quote(operand)}: {error.Message()}");
            status = 1;
        }

        return status;
    }
}
