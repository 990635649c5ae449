using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

/// <summary>Where the operands of cp, mv, ln and install go: to one name, or into a directory.</summary>
internal static class CopyPaths
{
    /// <returns>Null after an error that was told.</returns>
    public static IReadOnlyList<(string Source, string Target)>? Pair(CommandContext context, ParsedOptions options, string? directory, bool noDirectory, out int status)
    {
        status = 1;
        var operands = options.Operands;
        if (operands.Count == 0)
        {
            Usage.Error(context, "missing file operand");
            return null;
        }

        if (directory is not null)
        {
            if (IsDirectory(context, directory)) return [.. operands.Select(o => (o, Into(directory, o)))];
            context.Complain($"target directory {Latin.Quote(directory)}: {(Exists(context, directory) ? "Not a directory" : "No such file or directory")}");
            return null;
        }

        if (operands.Count == 1)
        {
            Usage.Error(context, $"missing destination file operand after {Latin.Quote(operands[0])}");
            return null;
        }

        string last = operands[^1];
        if (noDirectory)
        {
            if (operands.Count == 2) return [(operands[0], last)];
            Usage.Error(context, $"extra operand {Latin.Quote(operands[2])}");
            return null;
        }

        if (IsDirectory(context, last)) return [.. operands.Take(operands.Count - 1).Select(o => (o, Into(last, o)))];
        if (operands.Count == 2) return [(operands[0], last)];
        context.Complain($"target {Latin.Quote(last)}: {(Exists(context, last) ? "Not a directory" : "No such file or directory")}");
        return null;
    }

    public static bool IsDirectory(CommandContext context, string path)
        => context.Files.Stat(context.Resolve(path), followLinks: true, out var status) == FileError.None && status.IsDirectory;

    private static bool Exists(CommandContext context, string path) => context.Files.Stat(context.Resolve(path), followLinks: true, out _) == FileError.None;

    private static string Into(string directory, string operand) => PathText.Join(directory, PathText.Name(operand));
}
