using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class TreeCommand : ICommand
{
    private static readonly OptionTable table = new(
        "tree [options] [directory ...]",
        "List contents of directories in a tree-like format.",
        new('a', null, "all files are listed"),
        new('d', null, "list directories only"),
        new('f', null, "print the full path prefix for each file"),
        new('F', null, "append '/' to directories and '*' to executables"),
        new('i', null, "don't print indentation lines"),
        new('I', null, "do not list files that match the given pattern", OptionArgument.Required, "pattern"),
        new('L', null, "descend only level directories deep", OptionArgument.Required, "level"),
        new('n', null, "ignored"),
        new('P', null, "list only those files that match the pattern given", OptionArgument.Required, "pattern"),
        new('r', null, "reverse the order of the sort"),
        new('\0', "dirsfirst", "list directories before files"),
        new('\0', "noreport", "turn off file/directory count at end of tree listing"),
        new('\0', "charset", "lines are drawn in ASCII unless it is UTF-8", OptionArgument.Required, "X"));

    public string Name => "tree";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var drawing = new Drawing(context, options);
        foreach (string operand in options.Operands.Count == 0 ? ["."] : options.Operands) drawing.Root(operand);
        if (!options.Has("noreport")) drawing.Report();
        return drawing.Status;
    }

    private sealed class Drawing(CommandContext context, ParsedOptions options)
    {
        private readonly bool utf8 = options.Value("charset") is { } set ? set.StartsWith("utf", StringComparison.OrdinalIgnoreCase) : context.IsUtf8;
        private readonly int levels = options.Value('L') is { } level ? int.TryParse(level, out int value) && value > 0 ? value : throw new CommandFailedException("Invalid level, must be greater than 0.") : 1000;
        private int directories;
        private int files;

        public int Status { get; private set; }

        public void Root(string path)
        {
            if (!CopyPaths.IsDirectory(context, path))
            {
                context.Output.WriteLine($"{path}  [error opening dir]");
                Status = 2;
                return;
            }

            context.Output.WriteLine(options.Has('F') && !path.EndsWith('/') ? path + "/" : path);
            directories++;
            Descend(path, "", 1);
        }

        public void Report()
        {
            string text = $"\n{directories} director{(directories == 1 ? "y" : "ies")}";
            context.Output.WriteLine(options.Has('d') ? text : $"{text}, {files} file{(files == 1 ? "" : "s")}");
        }

        private void Descend(string directory, string indentation, int level)
        {
            context.Check();
            if (context.Files.ReadDirectory(context.Resolve(directory), out var entries) != FileError.None) return;
            var shown = entries.Where(Counts).OrderBy(e => e.Name, StringComparer.Ordinal).ToList();
            if (options.Has('r')) shown.Reverse();
            if (options.Has("dirsfirst")) shown = [.. shown.OrderBy(e => e.Kind == FileKind.Directory ? 0 : 1)];
            for (int i = 0; i < shown.Count; i++)
            {
                bool last = i == shown.Count - 1;
                string path = PathText.Join(directory, shown[i].Name);
                string branch = utf8 ? (last ? "└── " : "├── ") : last ? "`-- " : "|-- ";
                context.Output.Write(options.Has('i') ? "" : Latin.FromUnicode(indentation + branch));
                context.Output.WriteLine((options.Has('f') ? path : shown[i].Name) + Tail(path, shown[i].Kind));
                if (shown[i].Kind != FileKind.Directory)
                {
                    files++;
                    continue;
                }

                directories++;
                if (level < levels) Descend(path, indentation + (last ? "    " : utf8 ? "│   " : "|   "), level + 1);
            }
        }

        private bool Counts(DirectoryEntry entry)
        {
            if (entry.Name.StartsWith('.') && !options.Has('a')) return false;
            if (options.Values('I').SelectMany(p => p.Split('|')).Any(p => Glob.Matches(p.TrimEnd('/'), entry.Name))) return false;
            if (entry.Kind == FileKind.Directory) return true;
            return !options.Has('d') && (!options.Has('P') || options.Values('P').SelectMany(p => p.Split('|')).Any(p => Glob.Matches(p, entry.Name)));
        }

        private string Tail(string path, FileKind kind)
        {
            if (kind == FileKind.SymbolicLink && context.Files.ReadLink(context.Resolve(path), out string target) == FileError.None) return " -> " + target;
            if (!options.Has('F')) return "";
            if (kind == FileKind.Directory) return "/";
            return context.Files.Stat(context.Resolve(path), followLinks: true, out var status) == FileError.None && (status.Mode & 0b001_001_001) != 0 ? "*" : "";
        }
    }
}
