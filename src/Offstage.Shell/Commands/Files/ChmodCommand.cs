using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class ChmodCommand : ICommand
{
    private static readonly OptionTable table = new(
        "chmod [OPTION]... MODE[,MODE]... FILE...\nchmod [OPTION]... OCTAL-MODE FILE...\nchmod [OPTION]... --reference=RFILE FILE...",
        "Change the mode of each FILE to MODE.",
        new('c', "changes", "like verbose but report only when a change is made"),
        new('f', "silent", "suppress most error messages"),
        new('\0', "quiet", "the same as --silent"),
        new('v', "verbose", "output a diagnostic for every file processed"),
        new('\0', "no-preserve-root", "ignored"),
        new('\0', "preserve-root", "ignored"),
        new('\0', "reference", "use RFILE's mode instead of MODE values", OptionArgument.Required, "RFILE"),
        new('R', "recursive", "change files and directories recursively"));

    public string Name => "chmod";

    public int Run(CommandContext context)
    {
        // A mode such as -x is no option.
        string? dashed = context.Arguments.FirstOrDefault(a => a.Length > 1 && a[0] == '-' && "rwxXst01234567".Contains(a[1], StringComparison.Ordinal) && ModeChange.Parse(a) is not null);
        var options = table.Parse(context, [.. context.Arguments.Where(a => !ReferenceEquals(a, dashed))], out int usage);
        if (options is null) return usage;
        var operands = options.Operands;
        if (dashed is not null) operands.Insert(0, dashed);
        ModeChange mode;
        if (options.Value("reference") is { } reference)
        {
            var error = context.Files.Stat(context.Resolve(reference), followLinks: true, out var status);
            if (error != FileError.None) throw new CommandFailedException($"failed to get attributes of {Latin.Quote(reference)}: {error.Message()}");
            mode = ModeChange.Parse(Convert.ToString(status.Mode, 8))!;
        }
        else
        {
            if (operands.Count == 0) return Usage.MissingOperand(context);
            if (operands.Count == 1) return Usage.MissingOperandAfter(context, operands[0]);
            mode = ModeChange.Parse(operands[0])!;
            if (mode is null) return Usage.Error(context, $"invalid mode: {Latin.Quote(operands[0])}");
            operands.RemoveAt(0);
        }

        bool ok = true;
        foreach (string operand in operands) ok &= Change(context, options, mode, operand, operand: true);
        return ok ? 0 : 1;
    }

    private static bool Change(CommandContext context, ParsedOptions options, ModeChange mode, string shown, bool operand)
    {
        context.Check();
        string path = context.Resolve(shown);
        bool quiet = options.Has('f') || options.Has("quiet");
        var error = context.Files.Stat(path, followLinks: operand, out var status);
        if (error == FileError.None && status.IsSymbolicLink) return true;
        int wanted = mode.Apply(status.Mode, status.IsDirectory, context.Umask);
        if (error != FileError.None)
        {
            bool dangling = context.Files.Stat(path, followLinks: false, out var link) == FileError.None && link.IsSymbolicLink;
            if (!quiet) context.Complain(dangling ? $"cannot operate on dangling symlink {Latin.Quote(shown)}" : $"cannot access {Latin.Quote(shown)}: {error.Message()}");
            return false;
        }

        error = context.Files.ChangeMode(path, wanted);
        if (error != FileError.None)
        {
            if (!quiet) context.Complain($"changing permissions of {Latin.Quote(shown)}: {error.Message()}");
            return false;
        }

        bool changed = wanted != status.Mode;
        if (options.Has('v') || (options.Has('c') && changed))
        {
            context.Output.WriteLine(changed
                ? $"mode of {Latin.Quote(shown)} changed from {Shown(status.Mode)} to {Shown(wanted)}"
                : $"mode of {Latin.Quote(shown)} retained as {Shown(wanted)}");
        }

        if (!options.Has('R') || !status.IsDirectory) return true;
        bool ok = true;
        _ = context.Files.ReadDirectory(path, out var entries);
        foreach (var entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal)) ok &= Change(context, options, mode, PathText.Join(shown, entry.Name), operand: false);
        return ok;
    }

    private static string Shown(int mode) => $"{Convert.ToString(mode, 8).PadLeft(4, '0')} ({ModeChange.Text(mode)})";
}
