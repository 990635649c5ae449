using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class ReadlinkCommand : ICommand
{
    private static readonly OptionTable table = new(
        "readlink [OPTION]... FILE...",
        "Print value of a symbolic link or canonical file name.",
        new('f', "canonicalize", "canonicalize by following every symlink; all but the last component must exist"),
        new('e', "canonicalize-existing", "all components must exist"),
        new('m', "canonicalize-missing", "without requirements on components existence"),
        new('n', "no-newline", "do not output the trailing delimiter"),
        new('q', "quiet", "suppress most error messages"),
        new('s', "silent", "suppress most error messages"),
        new('v', "verbose", "report error messages"),
        new('z', "zero", "end each output line with NUL, not newline"));

    public string Name => "readlink";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        string? mode = options.Last("f", "e", "m");
        foreach (string operand in options.Operands)
        {
            string value;
            var error = mode is null
                ? context.Files.ReadLink(context.Resolve(operand), out value)
                : Canonical.Resolve(context, operand, mode == "f" ? Existing.AllButLast : mode == "e" ? Existing.All : Existing.Nothing, out value);
            if (error != FileError.None)
            {
                if (options.Has('v')) context.Complain(operand, error);
                status = 1;
                continue;
            }

            context.Output.Write(value);
            if (!options.Has('n') || options.Operands.Count > 1) context.Output.WriteByte(options.Has('z') ? (byte)0 : (byte)'\n');
        }

        return status;
    }
}
