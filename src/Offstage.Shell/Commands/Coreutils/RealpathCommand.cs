using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class RealpathCommand : ICommand
{
    private static readonly OptionTable table = new(
        "realpath [OPTION]... FILE...",
        "Print the resolved absolute file name; all but the last component must exist.",
        new('e', "canonicalize-existing", "all components of the path must exist"),
        new('m', "canonicalize-missing", "no path components need exist or be a directory"),
        new('L', "logical", "resolve '..' components before symlinks"),
        new('P', "physical", "resolve symlinks as encountered (default)"),
        new('q', "quiet", "suppress most error messages"),
        new('\0', "relative-to", "print the resolved path relative to DIR", OptionArgument.Required, "DIR"),
        new('\0', "relative-base", "print absolute paths unless paths below DIR", OptionArgument.Required, "DIR"),
        new('s', "strip", "don't expand symlinks"),
        new('\0', "no-symlinks", "the same as --strip"),
        new('z', "zero", "end each output line with NUL, not newline"));

    public string Name => "realpath";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        var existing = options.Last("e", "m") switch { "e" => Existing.All, "m" => Existing.Nothing, _ => Existing.AllButLast };
        bool strip = options.Has('s') || options.Has("no-symlinks");
        FileError Resolve(string path, out string result)
        {
            result = PathText.Normalize(context.Resolve(path));
            if (path.Length == 0) return FileError.NotFound;
            if (!strip) return Canonical.Resolve(context, options.Has('L') ? result : path, existing, out result);
            return existing == Existing.All ? context.Files.Stat(result, followLinks: false, out _) : FileError.None;
        }

        string? relative = null, relativeBase = null;
        if (options.Value("relative-to") is { } to) relative = Resolve(to, out string r) == FileError.None ? r : to;
        if (options.Value("relative-base") is { } below) relativeBase = Resolve(below, out string b) == FileError.None ? b : below;
        relative ??= relativeBase;
        foreach (string operand in options.Operands)
        {
            var error = Resolve(operand, out string result);
            if (error != FileError.None)
            {
                if (!options.Has('q')) context.Complain(Shown(operand), error);
                status = 1;
                continue;
            }

            if (relative is not null && (relativeBase is null || IsBelow(result, relativeBase))) result = Relative(relative, result);
            context.Output.Write(result);
            context.Output.WriteByte(options.Has('z') ? (byte)0 : (byte)'\n');
        }

        return status;
    }

    private static string Shown(string operand) => operand.Length == 0 ? "''" : operand;

    private static bool IsBelow(string path, string directory) => path == directory || path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static string Relative(string from, string to)
    {
        string[] a = from.Split('/', StringSplitOptions.RemoveEmptyEntries), b = to.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int common = 0;
        while (common < a.Length && common < b.Length && a[common] == b[common]) common++;
        string result = string.Join('/', Enumerable.Repeat("..", a.Length - common).Concat(b.Skip(common)));
        return result.Length == 0 ? "." : result;
    }
}
