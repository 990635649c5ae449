using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class LnCommand : ICommand
{
    private static readonly OptionTable table = new(
        "ln [OPTION]... [-T] TARGET LINK_NAME\nln [OPTION]... TARGET\nln [OPTION]... TARGET... DIRECTORY\nln [OPTION]... -t DIRECTORY TARGET...",
        "Create a link to TARGET with the name LINK_NAME.",
        new('b', null, "make a backup of each existing destination file"),
        new('f', "force", "remove existing destination files"),
        new('i', "interactive", "ignored"),
        new('L', "logical", "dereference TARGETs that are symbolic links"),
        new('n', "no-dereference", "treat LINK_NAME as a normal file if it is a symbolic link to a directory"),
        new('P', "physical", "make hard links directly to symbolic links"),
        new('r', "relative", "with -s, create links relative to link location"),
        new('s', "symbolic", "make symbolic links instead of hard links"),
        new('t', "target-directory", "specify the DIRECTORY in which to create the links", OptionArgument.Required, "DIRECTORY"),
        new('T', "no-target-directory", "treat LINK_NAME as a normal file always"),
        new('v', "verbose", "print name of each linked file"));

    public string Name => "ln";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var operands = options.Operands;
        if (operands.Count == 0) return Usage.Error(context, "missing file operand");
        var pairs = new List<(string Target, string Link)>();
        string? directory = options.Value('t');
        if (directory is null && operands.Count == 1 && !options.Has('T')) directory = ".";
        else if (directory is null && operands.Count > 1 && !options.Has('T') && IsDirectory(context, operands[^1], options.Has('n')))
        {
            directory = operands[^1];
            operands.RemoveAt(operands.Count - 1);
        }

        if (directory is not null) pairs.AddRange(operands.Select(o => (o, directory == "." ? PathText.Name(o) : PathText.Join(directory, PathText.Name(o)))));
        else if (operands.Count == 2) pairs.Add((operands[0], operands[1]));
        else if (operands.Count == 1) return Usage.Error(context, $"missing destination file operand after {Latin.Quote(operands[0])}");
        else if (options.Has('T')) return Usage.ExtraOperand(context, operands[2]);
        else throw new CommandFailedException($"target {Latin.Quote(operands[^1])}: No such file or directory");

        int status = 0;
        foreach (var (target, link) in pairs)
        {
            if (!Link(context, options, target, link)) status = 1;
        }

        return status;
    }

    private static bool IsDirectory(CommandContext context, string path, bool notThroughLink)
        => context.Files.Stat(context.Resolve(path), followLinks: !notThroughLink, out var status) == FileError.None && status.IsDirectory;

    private static bool Link(CommandContext context, ParsedOptions options, string target, string link)
    {
        bool symbolic = options.Has('s');
        string path = context.Resolve(link);
        string existing = context.Resolve(target);
        if (!symbolic)
        {
            var found = context.Files.Stat(existing, followLinks: options.Has('L'), out var status);
            if (found != FileError.None)
            {
                context.Complain($"failed to access {Latin.Quote(target)}: {found.Message()}");
                return false;
            }

            if (status.IsDirectory)
            {
                context.Complain($"{target}: hard link not allowed for directory");
                return false;
            }

            if (options.Has('L') && Canonical.Resolve(context, target, Existing.All, out string real) == FileError.None) existing = real;
        }

        string value = symbolic && options.Has('r') ? Relative(context, target, link) : target;
        if (options.Has('b')) _ = context.Files.Rename(path, path + "~");
        if (options.Has('f') && context.Files.Stat(path, followLinks: false, out var old) == FileError.None && !old.IsDirectory)
        {
            if (!symbolic && context.Files.Stat(existing, followLinks: false, out var source) == FileError.None && source.IsSameFile(old))
            {
                if (PathText.Normalize(existing) != PathText.Normalize(path)) return true;
                context.Complain($"{Latin.Quote(target)} and {Latin.Quote(link)} are the same file");
                return false;
            }

            _ = context.Files.Unlink(path);
        }

        var error = symbolic ? context.Files.MakeSymbolicLink(value, path) : context.Files.MakeHardLink(existing, path);
        if (error != FileError.None)
        {
            context.Complain($"failed to create {(symbolic ? "symbolic" : "hard")} link {Latin.Quote(link)}{(symbolic || error == FileError.Exists ? "" : $" => {Latin.Quote(target)}")}: {error.Message()}");
            return false;
        }

        if (options.Has('v')) context.Output.WriteLine($"{Latin.Quote(link)} {(symbolic ? "->" : "=>")} {Latin.Quote(value)}");
        return true;
    }

    private static string Relative(CommandContext context, string target, string link)
    {
        if (Canonical.Resolve(context, target, Existing.Nothing, out string to) != FileError.None || Canonical.Resolve(context, PathText.Directory(link), Existing.Nothing, out string from) != FileError.None) return target;
        string[] a = from.Split('/', StringSplitOptions.RemoveEmptyEntries), b = to.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int common = 0;
        while (common < a.Length && common < b.Length && a[common] == b[common]) common++;
        string result = string.Join('/', Enumerable.Repeat("..", a.Length - common).Concat(b.Skip(common)));
        return result.Length == 0 ? "." : result;
    }
}
