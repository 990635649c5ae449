using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class InstallCommand : ICommand
{
    private static readonly OptionTable table = new(
        "install [OPTION]... [-T] SOURCE DEST\ninstall [OPTION]... SOURCE... DIRECTORY\ninstall [OPTION]... -t DIRECTORY SOURCE...\ninstall [OPTION]... -d DIRECTORY...",
        "Copy files while setting their modes, and create directories.",
        new('b', null, "make a backup of each existing destination file"),
        new('c', null, "ignored"),
        new('C', "compare", "do not change a destination that has the same content and mode"),
        new('d', "directory", "treat all arguments as directory names; create all components of the specified directories"),
        new('D', null, "create all leading components of DEST except the last, then copy SOURCE to DEST"),
        new('g', "group", "ignored: there is one group", OptionArgument.Required, "GROUP"),
        new('m', "mode", "set permission mode (as in chmod), instead of rwxr-xr-x", OptionArgument.Required, "MODE"),
        new('o', "owner", "ignored: there is one user", OptionArgument.Required, "OWNER"),
        new('p', "preserve-timestamps", "apply access/modification times of SOURCE files to corresponding destination files"),
        new('s', "strip", "ignored"),
        new('S', "suffix", "override the usual backup suffix", OptionArgument.Required, "SUFFIX"),
        new('t', "target-directory", "copy all SOURCE arguments into DIRECTORY", OptionArgument.Required, "DIRECTORY"),
        new('T', "no-target-directory", "treat DEST as a normal file"),
        new('v', "verbose", "print the name of each created file or directory"));

    public string Name => "install";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        int mode = 0b111_101_101;
        // The mode is meant as it stands: the umask plays no part, and neither does what is there.
        if (options.Value('m') is { } text) mode = (ModeChange.Parse(text) ?? throw new CommandFailedException($"invalid mode {Latin.Quote(text)}")).Apply(0, isDirectory: options.Has('d'), umask: 0);
        if (options.Has('d'))
        {
            if (options.Operands.Count == 0) return Usage.Error(context, "missing file operand");
            foreach (string operand in options.Operands)
            {
                if (!MakeDirectories(context, operand, mode, options.Has('v'))) status = 1;
            }

            return status;
        }

        string? into = options.Value('t');
        if (options.Has('D') && options.Operands.Count > 0)
        {
            string? wanted = into ?? (options.Operands.Count == 2 ? Parent(options.Operands[1]) : null);
            if (wanted is not null && !MakeDirectories(context, wanted, 0b111_101_101, options.Has('v'))) return 1;
        }

        var pairs = CopyPaths.Pair(context, options, into, options.Has('T'), out int wrong);
        if (pairs is null) return wrong;
        foreach (var (source, target) in pairs)
        {
            if (!Install(context, options, source, target, mode)) status = 1;
        }

        return status;
    }

    private static string? Parent(string path)
    {
        int slash = path.TrimEnd('/').LastIndexOf('/');
        return slash > 0 ? path[..slash] : null;
    }

    private static bool MakeDirectories(CommandContext context, string operand, int mode, bool verbose)
    {
        string trimmed = operand.Length > 1 ? operand.TrimEnd('/') : operand;
        for (int slash = trimmed.IndexOf('/', Math.Min(1, trimmed.Length)); ; slash = trimmed.IndexOf('/', slash + 1))
        {
            string part = slash < 0 ? trimmed : trimmed[..slash];
            FileError error = context.Files.MakeDirectory(context.Resolve(part), 0b111_101_101);
            if (error == FileError.Exists && !CopyPaths.IsDirectory(context, part)) error = slash < 0 ? FileError.Exists : FileError.NotDirectory;
            else if (error == FileError.None && verbose) context.Output.WriteLine($"install: creating directory {Latin.Quote(part)}");
            else if (error is FileError.Exists or FileError.IsDirectory) error = FileError.None;
            if (error != FileError.None)
            {
                context.Complain($"cannot create directory {Latin.Quote(part)}: {error.Message()}");
                return false;
            }

            if (slash >= 0) continue;
            _ = context.Files.ChangeMode(context.Resolve(part), mode);
            return true;
        }
    }

    private static bool Install(CommandContext context, ParsedOptions options, string source, string target, int mode)
    {
        string from = context.Resolve(source), to = context.Resolve(target);
        FileError error = context.Files.Stat(from, followLinks: true, out FileStatus status);
        if (error != FileError.None) return Fail(context, $"cannot stat {Latin.Quote(source)}: {error.Message()}");
        if (status.IsDirectory) return Fail(context, $"omitting directory {Latin.Quote(source)}");
        if (context.Files.Stat(to, followLinks: false, out FileStatus there) == FileError.None)
        {
            if (there.IsDirectory) return Fail(context, $"cannot overwrite directory {Latin.Quote(target)} with non-directory");
            if (there.IsSameFile(status)) return Fail(context, $"{Latin.Quote(source)} and {Latin.Quote(target)} are the same file");
            if (options.Has('C') && there.Mode == mode && there.IsRegular && IsSame(context, from, to, status, there)) return true;
            // The old file is not written over: who runs it keeps what it has.
            _ = options.Has('b') || options.Has('S') ? context.Files.Rename(to, to + (options.Value('S') ?? "~")) : context.Files.Unlink(to);
        }

        error = FileCopy.Bytes(context, from, to, 0b110_000_000, out bool reading);
        if (error != FileError.None) return Fail(context, reading ? $"cannot open {Latin.Quote(source)} for reading: {error.Message()}" : $"cannot create regular file {Latin.Quote(target)}: {error.Message()}");
        _ = context.Files.ChangeMode(to, mode);
        if (options.Has('p')) _ = context.Files.SetTimes(to, followLinks: true, status.AccessedAt, status.ModifiedAt);
        if (options.Has('v')) context.Output.WriteLine($"{Latin.Quote(source)} -> {Latin.Quote(target)}");
        return true;
    }

    private static bool IsSame(CommandContext context, string from, string to, FileStatus a, FileStatus b)
    {
        if (a.Size != b.Size || context.Files.Open(from, FileOpening.Read, 0, out IFileHandle? one) != FileError.None) return false;
        using (one)
        {
            if (context.Files.Open(to, FileOpening.Read, 0, out IFileHandle? two) != FileError.None) return false;
            using (two)
            {
                byte[] left = new byte[64 * 1024], right = new byte[64 * 1024];
                for (long at = 0; ;)
                {
                    context.Check();
                    if (one!.ReadAt(at, left, out int count) != FileError.None || two!.ReadAt(at, right, out int other) != FileError.None || count != other) return false;
                    if (count == 0) return true;
                    if (!left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, count))) return false;
                    at += count;
                }
            }
        }
    }

    private static bool Fail(CommandContext context, string message)
    {
        context.Complain(message);
        return false;
    }
}
