using Offstage.Shell.Commands.Sort;
using Offstage.Shell.Commands.Text;
using Offstage.Shell.Commands.Time;

namespace Offstage.Shell.Commands.Files;

internal sealed class LsCommand(string name) : ICommand
{
    private const int DepthMax = 1000;

    private static readonly OptionTable table = new(
        "ls [OPTION]... [FILE]...",
        "List information about the FILEs (the current directory by default). Sort entries alphabetically if none of -cftuvSUX nor --sort is specified.",
        new('a', "all", "do not ignore entries starting with ."),
        new('A', "almost-all", "do not list implied . and .."),
        new('b', "escape", "print C-style escapes for nongraphic characters"),
        new('B', "ignore-backups", "do not list implied entries ending with ~"),
        new('c', null, "sort by, and show, time of last status change"),
        new('C', null, "list entries by columns"),
        new('\0', "color", "ignored", OptionArgument.Optional, "WHEN"),
        new('d', "directory", "list directories themselves, not their contents"),
        new('f', null, "do not sort"),
        new('F', "classify", "append indicator (one of */=>@|) to entries", OptionArgument.Optional, "WHEN"),
        new('\0', "file-type", "likewise, except do not append '*'"),
        new('\0', "format", "across, commas, long, single-column, verbose, vertical", OptionArgument.Required, "WORD"),
        new('\0', "full-time", "like -l --time-style=full-iso"),
        new('g', null, "like -l, but do not list owner"),
        new('\0', "group-directories-first", "group directories before files"),
        new('G', "no-group", "in a long listing, don't print group names"),
        new('h', "human-readable", "with -l and -s, print sizes like 1K 234M 2G etc."),
        new('\0', "si", "likewise, but use powers of 1000 not 1024"),
        new('H', "dereference-command-line", "follow symbolic links listed on the command line"),
        new('\0', "hide", "do not list implied entries matching shell PATTERN", OptionArgument.Required, "PATTERN"),
        new('i', "inode", "print the index number of each file"),
        new('I', "ignore", "do not list implied entries matching shell PATTERN", OptionArgument.Required, "PATTERN"),
        new('k', "kibibytes", "ignored"),
        new('l', null, "use a long listing format"),
        new('L', "dereference", "show information for the file the link references"),
        new('m', null, "fill width with a comma separated list of entries"),
        new('n', "numeric-uid-gid", "like -l, but list numeric user and group IDs"),
        new('N', "literal", "print entry names without quoting"),
        new('o', null, "like -l, but do not list group information"),
        new('p', null, "append / indicator to directories"),
        new('q', "hide-control-chars", "print ? instead of nongraphic characters"),
        new('Q', "quote-name", "enclose entry names in double quotes"),
        new('r', "reverse", "reverse order while sorting"),
        new('R', "recursive", "list subdirectories recursively"),
        new('s', "size", "print the allocated size of each file, in blocks"),
        new('S', null, "sort by file size, largest first"),
        new('\0', "sort", "none, size, time, version, extension", OptionArgument.Required, "WORD"),
        new('\0', "time", "atime, ctime, mtime", OptionArgument.Required, "WORD"),
        new('\0', "time-style", "full-iso, long-iso, iso, locale, or +FORMAT", OptionArgument.Required, "TIME_STYLE"),
        new('t', null, "sort by time, newest first"),
        new('u', null, "sort by, and show, access time"),
        new('U', null, "do not sort"),
        new('v', null, "natural sort of (version) numbers within text"),
        new('w', "width", "set output width", OptionArgument.Required, "COLS"),
        new('x', null, "list entries by lines instead of by columns"),
        new('X', null, "sort alphabetically by entry extension"),
        new('Z', "context", "ignored"),
        new('1', null, "list one file per line"))
    { UsageErrorStatus = 2 };

    public string Name => name;

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        var lister = new Lister(context, options);
        lister.Run(options.Operands.Count == 0 ? ["."] : options.Operands);
        return lister.Status;
    }

    private static readonly string[] itself = [".", ".."];

    private sealed record Item(string Name, FileStatus Status, string? Target, FileStatus? Referenced);

    private sealed class Lister
    {
        private readonly CommandContext context;
        private readonly ParsedOptions options;
        private readonly bool longFormat;
        private readonly string? sort;
        private readonly char time;
        private readonly TimeZoneInfo zone;
        private bool wroteAny;

        public Lister(CommandContext context, ParsedOptions options)
        {
            (this.context, this.options) = (context, options);
            string? format = options.Last("l", "n", "o", "g", "full-time", "1", "C", "x", "m", "format");
            longFormat = options.Has('l') && format is not ("C" or "x" or "m") || format is "l" or "n" or "o" or "g" or "full-time" || (format == "format" && options.Value("format") is "long" or "verbose") || (options.Has('n') || options.Has('o') || options.Has('g') && format == "1");
            sort = options.Last("t", "S", "U", "f", "v", "X", "sort") switch
            {
                "t" => "time",
                "S" => "size",
                "U" or "f" => "none",
                "v" => "version",
                "X" => "extension",
                "sort" => options.Value("sort"),
                _ => !longFormat && (options.Has('u') || options.Has('c')) ? "time" : null,
            };
            time = options.Last("u", "c", "time") switch { "u" => 'u', "c" => 'c', "time" => options.Value("time") is "atime" or "access" or "use" ? 'u' : options.Value("time") is "ctime" or "status" ? 'c' : 'm', _ => 'm' };
            zone = TimeZones.Of(context);
        }

        public int Status { get; private set; }

        public void Run(IReadOnlyList<string> operands)
        {
            var files = new List<Item>();
            var directories = new List<Item>();
            foreach (string operand in operands)
            {
                bool follow = options.Has('L') || options.Has('H') || !(longFormat || options.Has('d') || options.Has('F'));
                string path = context.Resolve(operand);
                var error = context.Files.Stat(path, follow || operand.EndsWith('/'), out var status);
                // A link that leads nowhere is shown itself.
                if (error != FileError.None && follow) error = context.Files.Stat(path, followLinks: false, out status);
                if (error != FileError.None)
                {
                    Complain(2, $"cannot access {Latin.Quote(operand)}: {error.Message()}");
                    continue;
                }

                var item = Make(operand, path, status);
                (status.IsDirectory && !options.Has('d') ? directories : files).Add(item);
            }

            Sort(files);
            Sort(directories);
            if (files.Count > 0) Print(files);
            bool headings = operands.Count > 1 || options.Has('R');
            foreach (var directory in directories) Directory(directory.Name, headings, 0);
        }

        private void Complain(int status, string message)
        {
            context.Complain(message);
            Status = Math.Max(Status, status);
        }

        private Item Make(string shown, string path, FileStatus status)
        {
            if (!status.IsSymbolicLink) return new(shown, status, null, null);
            _ = context.Files.ReadLink(path, out string target);
            FileStatus? referenced = context.Files.Stat(path, followLinks: true, out var there) == FileError.None ? there : null;
            return new(shown, status, target, referenced);
        }

        private void Directory(string path, bool heading, int depth)
        {
            context.Check();
            string absolute = context.Resolve(path);
            var error = context.Files.ReadDirectory(absolute, out var entries);
            if (error != FileError.None)
            {
                Complain(depth == 0 ? 2 : 1, $"cannot open directory {Latin.Quote(path)}: {error.Message()}");
                return;
            }

            if (heading)
            {
                if (wroteAny) context.Output.WriteByte((byte)'\n');
                context.Output.WriteLine($"{Shown(path)}:");
                wroteAny = true;
            }

            bool all = options.Has('a') || options.Has('f');
            var items = new List<Item>();
            foreach (string entryName in (all ? itself : []).Concat(entries.Select(e => e.Name)))
            {
                if (!all && !options.Has('A') && entryName.StartsWith('.')) continue;
                if (options.Has('B') && entryName.EndsWith('~')) continue;
                if (options.Values('I').Any(g => Glob.Matches(g, entryName))) continue;
                if (!all && !options.Has('A') && options.Given.Any(g => g.Key == "hide" && Glob.Matches(g.Value!, entryName))) continue;
                string inside = PathText.Join(absolute, entryName);
                if (context.Files.Stat(inside, followLinks: options.Has('L'), out var status) != FileError.None && context.Files.Stat(inside, followLinks: false, out status) != FileError.None) continue;
                items.Add(Make(entryName, inside, status));
            }

            Sort(items);
            if (longFormat || options.Has('s'))
            {
                long total = items.Sum(i => Blocks(i.Status));
                context.Output.WriteLine($"total {(options.Has('h') ? HumanSize.Of(total * 1024) : total.ToString())}");
            }

            if (items.Count > 0) Print(items);
            if (!options.Has('R') || depth > DepthMax) return;
            foreach (var item in items.Where(i => i.Status.IsDirectory && i.Name is not ("." or ".."))) Directory(PathText.Join(path, item.Name), heading: true, depth + 1);
        }

        private void Sort(List<Item> items)
        {
            if (sort == "none") return;
            Comparison<Item> byName = (a, b) => string.CompareOrdinal(a.Name, b.Name);
            Comparison<Item> compare = sort switch
            {
                "time" => (a, b) => Time(b.Status).CompareTo(Time(a.Status)),
                "size" => (a, b) => b.Status.Size.CompareTo(a.Status.Size),
                "version" => (a, b) => VersionOrder.Compare(Latin.Bytes(a.Name), Latin.Bytes(b.Name)),
                "extension" => (a, b) => string.CompareOrdinal(Extension(a.Name), Extension(b.Name)),
                _ => byName,
            };
            int sign = options.Has('r') ? -1 : 1;
            int compared = 0;
            items.Sort((a, b) =>
            {
                if ((++compared & 0xFF) == 0) context.Check();
                if (options.Has("group-directories-first") && IsDirectory(a) != IsDirectory(b)) return IsDirectory(a) ? -1 : 1;
                int order = compare(a, b);
                return sign * (order != 0 ? order : byName(a, b));
            });
        }

        private static bool IsDirectory(Item item) => item.Status.IsDirectory || item.Referenced is { IsDirectory: true };

        private static string Extension(string name) => name.LastIndexOf('.') is > 0 and var dot ? name[dot..] : "";

        private DateTimeOffset Time(FileStatus status) => time switch { 'u' => status.AccessedAt, 'c' => status.ChangedAt, _ => status.ModifiedAt };

        private static long Blocks(FileStatus status) => status.Kind switch { FileKind.Regular => (status.Size + 4095) / 4096 * 4, FileKind.Directory => 4, _ => 0 };

        private void Print(List<Item> items)
        {
            wroteAny = true;
            if (longFormat)
            {
                Long(items);
                return;
            }

            var names = items.Select(i => Prefix(i) + Shown(i.Name) + Indicator(i.Status, i.Target is not null)).ToList();
            string? format = options.Last("1", "C", "x", "m", "format");
            int width = options.Value('w') is { } w && int.TryParse(w, out int columns) ? (columns == 0 ? int.MaxValue : columns) : 80;
            if (format == "m" || options.Value("format") == "commas") Commas(names, width);
            else if (format is "C" or "x" || options.Value("format") is "vertical" or "across" or "horizontal") Columns(names, width, format == "x" || options.Value("format") is "across" or "horizontal");
            else names.ForEach(context.Output.WriteLine);
        }

        private void Commas(List<string> names, int width)
        {
            int column = 0;
            for (int i = 0; i < names.Count; i++)
            {
                string text = names[i] + (i + 1 < names.Count ? "," : "");
                if (i > 0)
                {
                    bool wraps = column + 1 + text.Length >= width;
                    context.Output.Write(wraps ? "\n" : " ");
                    column = wraps ? 0 : column + 1;
                }

                context.Output.Write(text);
                column += text.Length;
            }

            context.Output.WriteByte((byte)'\n');
        }

        private void Columns(List<string> names, int width, bool across)
        {
            int best = 1;
            for (int columns = Math.Min(names.Count, Math.Max(1, width / 3)); columns > 1; columns--)
            {
                if (Widths(names, columns, across).Sum() - 2 >= width) continue;
                best = columns;
                break;
            }

            int rows = (names.Count + best - 1) / best;
            int[] widths = Widths(names, best, across);
            for (int row = 0; row < rows; row++)
            {
                int at = 0, start = 0;
                for (int column = 0; column < best; column++)
                {
                    int index = across ? (row * best) + column : (column * rows) + row;
                    if (index >= names.Count) continue;
                    Indent(ref at, start);
                    context.Output.Write(names[index]);
                    at += names[index].Length;
                    start += widths[column];
                }

                context.Output.WriteByte((byte)'\n');
            }
        }

        /// <summary>Moves to a column, by tabs where one saves a blank.</summary>
        private void Indent(ref int at, int target)
        {
            while (at < target)
            {
                bool tab = target / 8 > (at + 1) / 8;
                context.Output.WriteByte(tab ? (byte)'\t' : (byte)' ');
                at = tab ? (at / 8 * 8) + 8 : at + 1;
            }
        }

        private static int[] Widths(List<string> names, int columns, bool across)
        {
            int rows = (names.Count + columns - 1) / columns;
            int[] widths = new int[columns];
            for (int i = 0; i < names.Count; i++)
            {
                int column = across ? i % columns : i / rows;
                widths[column] = Math.Max(widths[column], names[i].Length + 2);
            }

            return widths;
        }

        private void Long(List<Item> items)
        {
            int links = items.Max(i => i.Status.Links.ToString().Length), sizes = items.Max(i => Size(i.Status).Length);
            string owner = options.Has('n') ? "0" : "root";
            foreach (var item in items)
            {
                var line = new System.Text.StringBuilder(Prefix(item));
                line.Append(ModeChange.Type(item.Status.Kind)).Append(ModeChange.Text(item.Status.Mode)).Append(' ').Append(item.Status.Links.ToString().PadLeft(links)).Append(' ');
                if (!options.Has('g')) line.Append(owner).Append(' ');
                if (!options.Has('o') && !options.Has('G')) line.Append(owner).Append(' ');
                line.Append(Size(item.Status).PadLeft(sizes)).Append(' ').Append(When(Time(item.Status))).Append(' ').Append(Shown(item.Name));
                if (item.Target is not null) line.Append(" -> ").Append(Shown(item.Target)).Append(item.Referenced is { } there ? Indicator(there, false) : "");
                else line.Append(Indicator(item.Status, false));
                context.Output.WriteLine(line.ToString());
            }
        }

        private string Prefix(Item item)
        {
            string prefix = "";
            if (options.Has('i')) prefix += item.Status.Inode + " ";
            if (options.Has('s')) prefix += (options.Has('h') ? HumanSize.Of(Blocks(item.Status) * 1024) : Blocks(item.Status).ToString()) + " ";
            return prefix;
        }

        private string Size(FileStatus status) => options.Has('h') ? HumanSize.Of(status.Size) : options.Has("si") ? HumanSize.Of(status.Size, 1000) : status.Size.ToString();

        private string When(DateTimeOffset at)
        {
            string style = options.Has("full-time") ? "full-iso" : options.Value("time-style") ?? "locale";
            var now = context.Time.GetUtcNow();
            bool recent = at <= now && at > now - TimeSpan.FromSeconds(31_556_952 / 2);
            string format = style switch
            {
                "full-iso" => "%Y-%m-%d %H:%M:%S.%N %z",
                "long-iso" => "%Y-%m-%d %H:%M",
                "iso" => recent ? "%m-%d %H:%M" : "%Y-%m-%d ",
                ['+', .. var custom] => custom.Split('\n') is [var old, var fresh] ? (recent ? fresh : old) : custom,
                _ => recent ? "%b %e %H:%M" : "%b %e  %Y",
            };
            return TimeFormat.Format(format, at, zone);
        }

        private string Shown(string text)
        {
            if (options.Has('Q')) return "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";
            if (options.Has('b')) return text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
            return options.Has('q') ? string.Concat(text.Select(c => c is < ' ' or (char)127 ? '?' : c)) : text;
        }

        private string Indicator(FileStatus status, bool link)
        {
            bool classify = options.Has('F') && options.Value('F') is null or "always";
            if (!classify && !options.Has('p') && !options.Has("file-type")) return "";
            if (status.IsDirectory) return "/";
            if (!classify && !options.Has("file-type")) return "";
            if (link || status.IsSymbolicLink) return "@";
            if (status.Kind == FileKind.Pipe) return "|";
            return classify && status.IsRegular && (status.Mode & 0b001_001_001) != 0 ? "*" : "";
        }
    }
}
