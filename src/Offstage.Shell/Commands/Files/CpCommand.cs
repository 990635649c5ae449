using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class CpCommand : ICommand
{
    private static readonly OptionTable table = new(
        "cp [OPTION]... [-T] SOURCE DEST\ncp [OPTION]... SOURCE... DIRECTORY\ncp [OPTION]... -t DIRECTORY SOURCE...",
        "Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.",
        new('a', "archive", "same as -dR --preserve=all"),
        new('\0', "attributes-only", "don't copy the file data, just the attributes"),
        new('b', null, "like --backup but does not accept an argument"),
        Backup.Option,
        new('d', null, "same as --no-dereference --preserve=links"),
        new('f', "force", "if an existing destination file cannot be opened, remove it and try again"),
        new('i', "interactive", "prompt before overwrite"),
        new('H', null, "follow command-line symbolic links in SOURCE"),
        new('l', "link", "hard link files instead of copying"),
        new('L', "dereference", "always follow symbolic links in SOURCE"),
        new('n', "no-clobber", "do not overwrite an existing file"),
        new('P', "no-dereference", "never follow symbolic links in SOURCE"),
        new('p', null, "same as --preserve=mode,ownership,timestamps"),
        new('\0', "preserve", "preserve the specified attributes", OptionArgument.Optional, "ATTR_LIST"),
        new('\0', "no-preserve", "don't preserve the specified attributes", OptionArgument.Required, "ATTR_LIST"),
        new('\0', "parents", "use full source file name under DIRECTORY"),
        new('R', "recursive", "copy directories recursively"),
        new('r', null, "the same as -R"),
        new('\0', "reflink", "ignored", OptionArgument.Optional, "WHEN"),
        new('\0', "remove-destination", "remove each existing destination file before attempting to open it"),
        new('\0', "sparse", "ignored", OptionArgument.Required, "WHEN"),
        new('\0', "strip-trailing-slashes", "remove any trailing slashes from each SOURCE argument"),
        new('s', "symbolic-link", "make symbolic links instead of copying"),
        new('S', "suffix", "override the usual backup suffix", OptionArgument.Required, "SUFFIX"),
        new('t', "target-directory", "copy all SOURCE arguments into DIRECTORY", OptionArgument.Required, "DIRECTORY"),
        new('T', "no-target-directory", "treat DEST as a normal file"),
        new('u', "update", "copy only when the SOURCE file is newer than the destination file"),
        new('v', "verbose", "explain what is being done"),
        new('x', "one-file-system", "ignored"));

    public string Name => "cp";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        bool archive = options.Has('a'), recursive = archive || options.Has('R') || options.Has('r');
        string preserve = options.Has("preserve") ? options.Value("preserve") ?? "mode,timestamps" : "";
        bool all = archive || options.Has('p') || preserve.Contains("all", StringComparison.Ordinal);
        var settings = new CopySettings
        {
            Recursive = recursive,
            Follow = options.Last("a", "d", "P", "L", "H") switch { "L" => FollowLinks.Always, "H" => FollowLinks.Operands, null => recursive ? FollowLinks.Never : FollowLinks.Always, _ => FollowLinks.Never },
            PreserveMode = all || preserve.Contains("mode", StringComparison.Ordinal),
            PreserveTimes = all || preserve.Contains("timestamps", StringComparison.Ordinal),
            Force = options.Has('f') || options.Has("remove-destination"),
            NoClobber = options.Last("n", "i") == "n",
            Update = options.Has('u'),
            Verbose = options.Has('v'),
            HardLink = options.Has('l'),
            SymbolicLink = options.Has('s'),
            Backup = Backup.Of(context, options),
            Confirmation = options.Last("n", "i") == "i" ? new Confirmation(context) : null,
            AttributesOnly = options.Has("attributes-only"),
        };
        var copy = new FileCopy(context, settings);
        bool ok = true;
        if (options.Has("parents"))
        {
            string? directory = options.Value('t') ?? options.Operands.LastOrDefault();
            if (directory is null || !CopyPaths.IsDirectory(context, directory)) return Usage.Error(context, "with --parents, the destination must be a directory");
            foreach (string source in options.Operands.Take(options.Operands.Count - (options.Has('t') ? 0 : 1)))
            {
                string target = PathText.Join(directory, source.TrimStart('/'));
                ok &= context.Run(new CommandCall(["mkdir", "-p", PathText.Directory(target)])) == 0 && copy.Copy(source, target);
            }

            return ok ? 0 : 1;
        }

        var pairs = CopyPaths.Pair(context, options, options.Value('t'), options.Has('T'), out int status);
        if (pairs is null) return status;
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (source, target) in pairs)
        {
            if (!made.Add(target) && !CopyPaths.IsDirectory(context, target))
            {
                context.Complain($"will not overwrite just-created {Latin.Quote(target)} with {Latin.Quote(source)}");
                ok = false;
                continue;
            }

            ok &= copy.Copy(source, target);
        }

        return ok ? 0 : 1;
    }
}
