using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class RmdirCommand : ICommand
{
    private static readonly OptionTable table = new(
        "rmdir [OPTION]... DIRECTORY...",
        "Remove the DIRECTORY(ies), if they are empty.",
        new('\0', "ignore-fail-on-non-empty", "ignore each failure that is solely because a directory is non-empty"),
        new('p', "parents", "remove DIRECTORY and its ancestors"),
        new('v', "verbose", "output a diagnostic for every directory processed"));

    public string Name => "rmdir";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        foreach (string operand in options.Operands)
        {
            string path = operand;
            bool first = true;
            while (true)
            {
                if (options.Has('v')) context.Output.WriteLine($"{context.Name}: removing directory, {Latin.Quote(path)}");
                var error = context.Files.RemoveDirectory(context.Resolve(path));
                if (error == FileError.NotEmpty && options.Has("ignore-fail-on-non-empty")) break;
                if (error != FileError.None)
                {
                    context.Complain($"failed to remove {(first ? "" : "directory ")}{Latin.Quote(path)}: {error.Message()}");
                    status = 1;
                    break;
                }

                first = false;
                string parent = PathText.Directory(path);
                if (!options.Has('p') || parent is "." or "/") break;
                path = parent;
            }
        }

        return status;
    }
}
