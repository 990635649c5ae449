using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class DuCommand : ICommand
{
    private static readonly OptionTable table = new(
        "du [OPTION]... [FILE]...",
        "Summarize device usage of the set of FILEs, recursively for directories.",
        new('0', "null", "end each output line with NUL, not newline"),
        new('a', "all", "write counts for all files, not just directories"),
        new('\0', "apparent-size", "print apparent sizes rather than device usage"),
        new('b', "bytes", "equivalent to '--apparent-size --block-size=1'"),
        new('B', "block-size", "scale sizes by SIZE before printing them", OptionArgument.Required, "SIZE"),
        new('c', "total", "produce a grand total"),
        new('D', "dereference-args", "dereference only symlinks that are listed on the command line"),
        new('d', "max-depth", "print the total for a directory only if it is N or fewer levels below", OptionArgument.Required, "N"),
        new('h', "human-readable", "print sizes in human readable format"),
        new('k', null, "like --block-size=1K"),
        new('L', "dereference", "dereference all symbolic links"),
        new('m', null, "like --block-size=1M"),
        new('\0', "exclude", "exclude files that match PATTERN", OptionArgument.Required, "PATTERN"),
        new('s', "summarize", "display only a total for each argument"),
        new('S', "separate-dirs", "for directories do not include size of subdirectories"),
        new('x', "one-file-system", "ignored"));

    public string Name => "du";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var walk = new Walk(context, options);
        long total = 0;
        foreach (string operand in options.Operands.Count == 0 ? ["."] : options.Operands) total += walk.Measure(operand, 0) ?? 0;
        if (options.Has('c')) walk.Print(total, "total");
        return walk.Status;
    }

    private sealed class Walk
    {
        private readonly CommandContext context;
        private readonly ParsedOptions options;
        private readonly bool apparent;
        private readonly long unit;
        private readonly int depthMax;
        private readonly HashSet<long> seen = [];

        public Walk(CommandContext context, ParsedOptions options)
        {
            (this.context, this.options) = (context, options);
            apparent = options.Has('b') || options.Has("apparent-size");
            unit = options.Last("b", "B", "k", "m") switch
            {
                "b" => 1,
                "m" => 1 << 20,
                "B" => SizeText.TryParse(options.Value('B')!, out long size) && size > 0 ? size : throw new CommandFailedException($"invalid --block-size argument {Latin.Quote(options.Value('B')!)}"),
                _ => 1024,
            };
            depthMax = options.Has('s') ? 0 : options.Value('d') is { } d ? int.TryParse(d, out int depth) && depth >= 0 ? depth : throw new CommandFailedException($"invalid maximum depth {Latin.Quote(d)}") : int.MaxValue;
        }

        public int Status { get; private set; }

        /// <returns>Null for what is not counted.</returns>
        public long? Measure(string path, int depth)
        {
            context.Check();
            string absolute = context.Resolve(path);
            var error = context.Files.Stat(absolute, options.Has('L') || (options.Has('D') && depth == 0), out var status);
            if (error != FileError.None)
            {
                context.Complain($"cannot access {Latin.Quote(path)}: {error.Message()}");
                Status = 1;
                return null;
            }

            if (options.Given.Any(g => g.Key == "exclude" && (Glob.Matches(g.Value!, PathText.Name(path)) || Glob.Matches(g.Value!, path)))) return null;
            // A file with several names is counted once.
            if (!status.IsDirectory && status.Links > 1 && !seen.Add(status.Inode)) return null;
            long own = apparent ? status.Size : status.IsDirectory ? 4096 : status.IsRegular ? (status.Size + 4095) / 4096 * 4096 : 0;
            long size = own, below = 0;
            if (status.IsDirectory && depth < 1000)
            {
                _ = context.Files.ReadDirectory(absolute, out var entries);
                foreach (var entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal))
                {
                    long found = Measure(PathText.Join(path, entry.Name), depth + 1) ?? 0;
                    size += found;
                    if (entry.Kind == FileKind.Directory) below += found;
                }
            }

            if (depth == 0 || (depth <= depthMax && (status.IsDirectory || options.Has('a')))) Print(options.Has('S') && status.IsDirectory ? size - below : size, path);
            return size;
        }

        public void Print(long size, string name)
        {
            context.Output.Write(options.Has('h') ? HumanSize.Of(size) : ((size + unit - 1) / unit).ToString());
            context.Output.Write("\t" + name);
            context.Output.WriteByte(options.Has('0') ? (byte)0 : (byte)'\n');
        }
    }
}
