using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

/// <summary>Tells of one file system, the tree: as large as a run may hold bytes, and filled with what the tree holds.</summary>
internal sealed class DfCommand : ICommand
{
    private const int DepthMax = 1000;

    private static readonly OptionTable table = new(
        "df [OPTION]... [FILE]...",
        "Show information about the file system on which each FILE resides, or all file systems by default.",
        new('a', "all", "ignored: there is one file system"),
        new('B', "block-size", "scale sizes by SIZE before printing them", OptionArgument.Required, "SIZE"),
        new('h', "human-readable", "print sizes in powers of 1024"),
        new('H', "si", "print sizes in powers of 1000"),
        new('i', "inodes", "list inode information instead of block usage"),
        new('k', null, "like --block-size=1K"),
        new('l', "local", "ignored: all is local"),
        new('m', null, "like --block-size=1M"),
        new('P', "portability", "use the POSIX output format"),
        new('T', "print-type", "print file system type"),
        new('x', "exclude-type", "ignored: there is one type", OptionArgument.Required, "TYPE"));

    public string Name => "df";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        long unit = options.Last("B", "k", "m") switch
        {
            "m" => 1 << 20,
            "B" => SizeText.TryParse(options.Value('B')!, out long size) && size > 0 ? size : throw new CommandFailedException($"invalid -B argument {Latin.Quote(options.Value('B')!)}"),
            _ => 1024,
        };
        int found = 0;
        foreach (string operand in options.Operands)
        {
            FileError error = context.Files.Stat(context.Resolve(operand), followLinks: true, out _);
            if (error == FileError.None)
            {
                found++;
                continue;
            }

            context.Complain(operand, error);
            status = 1;
        }

        if (options.Operands.Count > 0 && found == 0) return status;
        var (bytes, files) = Count(context, "/", 0);
        long total = Math.Max(context.Budget.Limits.HeldBytesMax, bytes), all = options.Has('i') ? Math.Max(files, 1_048_576) : total;
        long used = options.Has('i') ? files : bytes, free = all - used;
        int radix = options.Last("h", "H") switch { "h" => 1024, "H" => 1000, _ => 0 };
        string Shown(long value) => radix > 0 ? HumanSize.Of(value, radix) : options.Has('i') ? value.ToString() : ((value + unit - 1) / unit).ToString();
        string heading = options.Has('i') ? "Inodes" : radix > 0 ? "Size" : unit switch { 1024 => options.Has('P') ? "1024-blocks" : "1K-blocks", 1 << 20 => "1M-blocks", _ => $"{unit}B-blocks" };
        List<string[]> rows = [["Filesystem", "Type", heading, options.Has('i') ? "IUsed" : "Used", options.Has('i') ? "IFree" : radix > 0 ? "Avail" : "Available", options.Has('i') ? "IUse%" : options.Has('P') ? "Capacity" : "Use%", "Mounted on"]];
        for (int i = 0; i < Math.Max(1, found); i++) rows.Add(["memory", "memory", Shown(all), Shown(used), Shown(free), $"{((used * 100) + all - 1) / all}%", "/"]);
        int[] widths = [.. Enumerable.Range(0, 6).Select(c => rows.Max(r => r[c].Length))];
        foreach (string[] row in rows)
        {
            context.Output.Write(row[0].PadRight(Math.Max(14, widths[0])));
            if (options.Has('T')) context.Output.Write(" " + row[1].PadRight(widths[1]));
            for (int c = 2; c < 6; c++) context.Output.Write(" " + row[c].PadLeft(Math.Max(c is 3 or 4 ? 5 : 4, widths[c])));
            context.Output.WriteLine(" " + row[6]);
        }

        return status;
    }

    private static (long Bytes, long Files) Count(CommandContext context, string path, int depth)
    {
        context.Check();
        long bytes = 0, files = 1;
        if (depth > DepthMax || context.Files.ReadDirectory(path, out var entries) != FileError.None) return (bytes, files);
        foreach (DirectoryEntry entry in entries)
        {
            string inner = PathText.Join(path, entry.Name);
            if (entry.Kind == FileKind.Directory)
            {
                var (below, count) = Count(context, inner, depth + 1);
                bytes += below;
                files += count;
                continue;
            }

            files++;
            if (entry.Kind == FileKind.Regular && context.Files.Stat(inner, followLinks: false, out FileStatus status) == FileError.None) bytes += status.Size;
        }

        return (bytes, files);
    }
}
