using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class RmCommand : ICommand
{
    private const int DepthMax = 1000;

    private static readonly OptionTable table = new(
        "rm [OPTION]... [FILE]...",
        "Remove (unlink) the FILE(s).",
        new('f', "force", "ignore nonexistent files and arguments, never prompt"),
        new('i', null, "prompt before every removal"),
        new('I', null, "prompt once before removing more than three files"),
        new('\0', "interactive", "prompt according to WHEN", OptionArgument.Optional, "WHEN"),
        new('\0', "one-file-system", "ignored"),
        new('\0', "no-preserve-root", "do not treat '/' specially"),
        new('\0', "preserve-root", "do not remove '/'", OptionArgument.Optional, "all"),
        new('r', "recursive", "remove directories and their contents recursively"),
        new('R', null, "the same as -r"),
        new('d', "dir", "remove empty directories"),
        new('v', "verbose", "explain what is being done"));

    public string Name => "rm";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        bool force = options.Last("f", "i") == "f";
        if (options.Operands.Count == 0) return force ? 0 : Usage.MissingOperand(context);
        bool recursive = options.Has('r') || options.Has('R'), asks = options.Last("f", "i") == "i" || options.Value("interactive") is "always";
        var answers = asks ? new Confirmation(context) : null;
        bool once = options.Last("f", "i", "I") == "I" || options.Value("interactive") is "once";
        if (once && (recursive || options.Operands.Count > 3))
        {
            string what = options.Operands.Count == 1 ? "1 argument" : $"{options.Operands.Count} arguments";
            if (!new Confirmation(context).Asks($"remove {what}{(recursive ? " recursively" : "")}")) return 0;
        }

        bool ok = true;
        foreach (string operand in options.Operands)
        {
            string name = PathText.Name(operand);
            if (recursive && name is "." or "..")
            {
                context.Complain($"refusing to remove '.' or '..' directory: skipping {Latin.Quote(operand)}");
                ok = false;
                continue;
            }

            if (recursive && PathText.Normalize(context.Resolve(operand)) == "/" && !options.Has("no-preserve-root"))
            {
                context.Complain("it is dangerous to operate recursively on '/'");
                context.Complain("use --no-preserve-root to override this failsafe");
                ok = false;
                continue;
            }

            ok &= Remove(context, options, operand, force, recursive, answers, 0);
        }

        return ok ? 0 : 1;
    }

    private static bool Remove(CommandContext context, ParsedOptions options, string shown, bool force, bool recursive, Confirmation? answers, int depth)
    {
        context.Check();
        string path = context.Resolve(shown);
        var error = context.Files.Stat(path, followLinks: false, out var status);
        if (error != FileError.None)
        {
            if (force && error is FileError.NotFound or FileError.NotDirectory) return true;
            context.Complain($"cannot remove {Latin.Quote(shown)}: {error.Message()}");
            return false;
        }

        bool ok = true;
        if (status.IsDirectory)
        {
            if (!recursive && !options.Has('d'))
            {
                context.Complain($"cannot remove {Latin.Quote(shown)}: Is a directory");
                return false;
            }

            if (recursive && depth < DepthMax)
            {
                error = context.Files.ReadDirectory(path, out var entries);
                if (entries.Count > 0 && answers is not null && !answers.Asks($"descend into directory {Latin.Quote(shown)}")) return true;
                foreach (var entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal)) ok &= Remove(context, options, PathText.Join(shown, entry.Name), force, recursive, answers, depth + 1);
                if (!ok) return false;
            }

            if (answers is not null && !answers.Asks($"remove directory {Latin.Quote(shown)}")) return true;
            error = context.Files.RemoveDirectory(path);
        }
        else
        {
            if (answers is not null && !answers.Asks($"remove regular {(status.Size == 0 ? "empty " : "")}file {Latin.Quote(shown)}")) return true;
            error = context.Files.Unlink(path);
        }

        if (error != FileError.None)
        {
            context.Complain($"cannot remove {Latin.Quote(shown)}: {error.Message()}");
            return false;
        }

        if (options.Has('v')) context.Output.WriteLine($"removed {(status.IsDirectory ? "directory " : "")}{Latin.Quote(shown)}");
        return ok;
    }
}
