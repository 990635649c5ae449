using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class MkdirCommand : ICommand
{
    private static readonly OptionTable table = new(
        "mkdir [OPTION]... DIRECTORY...",
        "Create the DIRECTORY(ies), if they do not already exist.",
        new('m', "mode", "set file mode (as in chmod), not a=rwx - umask", OptionArgument.Required, "MODE"),
        new('p', "parents", "no error if existing, make parent directories as needed"),
        new('v', "verbose", "print a message for each created directory"),
        new('Z', null, "ignored"));

    public string Name => "mkdir";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        ModeChange? mode = null;
        if (options.Value('m') is { } text) mode = ModeChange.Parse(text) ?? throw new CommandFailedException($"invalid mode {Latin.Quote(text)}");
        int plain = 0b111_111_111 & ~context.Umask;
        foreach (string operand in options.Operands)
        {
            if (options.Has('p') && !Parents(context, operand, options.Has('v')))
            {
                status = 1;
                continue;
            }

            string path = context.Resolve(operand);
            var error = context.Files.MakeDirectory(path, plain);
            if (error == FileError.Exists && options.Has('p') && context.Files.Stat(path, followLinks: true, out var existing) == FileError.None && existing.IsDirectory) continue;
            if (error != FileError.None)
            {
                context.Complain($"cannot create directory {Latin.Quote(operand)}: {error.Message()}");
                status = 1;
                continue;
            }

            if (mode is not null) _ = context.Files.ChangeMode(path, mode.Apply(0b111_111_111, isDirectory: true, context.Umask));
            if (options.Has('v')) context.Output.WriteLine($"{context.Name}: created directory {Latin.Quote(operand)}");
        }

        return status;
    }

    private static bool Parents(CommandContext context, string operand, bool verbose)
    {
        string trimmed = operand.TrimEnd('/');
        for (int slash = trimmed.IndexOf('/', 1 <= trimmed.Length ? 1 : 0); slash > 0; slash = trimmed.IndexOf('/', slash + 1))
        {
            string parent = trimmed[..slash];
            var error = context.Files.MakeDirectory(context.Resolve(parent), (0b111_111_111 & ~context.Umask) | 0b011_000_000);
            if (error == FileError.None && verbose) context.Output.WriteLine($"{context.Name}: created directory {Latin.Quote(parent)}");
            if (error is FileError.None or FileError.IsDirectory) continue;
            if (error == FileError.Exists && context.Files.Stat(context.Resolve(parent), followLinks: true, out var status) == FileError.None)
            {
                if (status.IsDirectory) continue;
                error = FileError.NotDirectory;
            }

            context.Complain($"cannot create directory {Latin.Quote(parent)}: {error.Message()}");
            return false;
        }

        return true;
    }
}
