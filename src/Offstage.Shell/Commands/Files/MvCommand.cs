using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class MvCommand : ICommand
{
    private static readonly OptionTable table = new(
        "mv [OPTION]... [-T] SOURCE DEST\nmv [OPTION]... SOURCE... DIRECTORY\nmv [OPTION]... -t DIRECTORY SOURCE...",
        "Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.",
        new('b', null, "like --backup but does not accept an argument"),
        Backup.Option,
        new('f', "force", "do not prompt before overwriting"),
        new('i', "interactive", "prompt before overwrite"),
        new('n', "no-clobber", "do not overwrite an existing file"),
        new('\0', "strip-trailing-slashes", "remove any trailing slashes from each SOURCE argument"),
        new('S', "suffix", "override the usual backup suffix", OptionArgument.Required, "SUFFIX"),
        new('t', "target-directory", "move all SOURCE arguments into DIRECTORY", OptionArgument.Required, "DIRECTORY"),
        new('T', "no-target-directory", "treat DEST as a normal file"),
        new('u', "update", "move only when the SOURCE file is newer than the destination file or when the destination file is missing"),
        new('v', "verbose", "explain what is being done"));

    public string Name => "mv";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var pairs = CopyPaths.Pair(context, options, options.Value('t'), options.Has('T'), out int status);
        if (pairs is null) return status;
        var backup = Backup.Of(context, options);
        var confirmation = options.Last("n", "f", "i") == "i" ? new Confirmation(context) : null;
        bool ok = true;
        foreach (var (source, target) in pairs) ok &= Move(context, options, backup, confirmation, source, target);
        return ok ? 0 : 1;
    }

    private static bool Move(CommandContext context, ParsedOptions options, Backup? backup, Confirmation? confirmation, string source, string target)
    {
        string from = context.Resolve(source), to = context.Resolve(target);
        bool Fail(string message)
        {
            context.Complain(message);
            return false;
        }

        var error = context.Files.Stat(from, followLinks: false, out var status);
        if (error != FileError.None) return Fail($"cannot stat {Latin.Quote(source)}: {error.Message()}");
        if (context.Files.Stat(to, followLinks: false, out var there) == FileError.None)
        {
            if (options.Last("n", "f", "i") == "n") return true;
            if (options.Has('u') && there.ModifiedAt >= status.ModifiedAt) return true;
            if (status.IsSameFile(there) && status.Links < 2) return Fail($"{Latin.Quote(source)} and {Latin.Quote(target)} are the same file");
            if (status.IsDirectory && !there.IsDirectory) return Fail($"cannot overwrite non-directory {Latin.Quote(target)} with directory {Latin.Quote(source)}");
            if (!status.IsDirectory && there.IsDirectory) return Fail($"cannot overwrite directory {Latin.Quote(target)} with non-directory");
            if (confirmation?.Asks($"overwrite {Latin.Quote(target)}") == false) return true;
            if (backup is not null && backup.Make(context, to) is not FileError.None and var problem) return Fail($"cannot backup {Latin.Quote(target)}: {problem.Message()}");
        }

        if (!status.IsDirectory && target.EndsWith('/') && !CopyPaths.IsDirectory(context, target)) return Fail($"cannot move {Latin.Quote(source)} to {Latin.Quote(target)}: Not a directory");
        error = context.Files.Rename(from, to);
        if (error == FileError.CrossDevice) return Across(context, source, target);
        if (error == FileError.InvalidArgument) return Fail($"cannot move {Latin.Quote(source)} to a subdirectory of itself, {Latin.Quote(target)}");
        if (error != FileError.None) return Fail($"cannot move {Latin.Quote(source)} to {Latin.Quote(target)}: {error.Message()}");
        if (options.Has('v')) context.Output.WriteLine($"renamed {Latin.Quote(source)} -> {Latin.Quote(target)}");
        return true;
    }

    /// <summary>Between trees a move is a copy and a removal.</summary>
    private static bool Across(CommandContext context, string source, string target)
    {
        var copy = new FileCopy(context, new CopySettings { Recursive = true, Follow = FollowLinks.Never, PreserveMode = true, PreserveTimes = true });
        return copy.Copy(source, target) && context.Run(new CommandCall(["rm", "-rf", "--", source])) == 0;
    }
}
