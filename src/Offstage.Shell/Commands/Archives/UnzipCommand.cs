using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>unzip: lists, tests and unpacks archives.</summary>
internal sealed class UnzipCommand : ICommand
{
    private const int NothingMatched = 11;

    private static readonly OptionTable table = new(
        "unzip [-opts] file[.zip] [list] [-x xlist] [-d exdir]",
        "Default action is to extract files in list, except those in xlist, to exdir.",
        new('p', null, "extract files to pipe, no messages"),
        new('c', null, "extract files to stdout with their names"),
        new('l', null, "list files (short format)"),
        new('Z', null, "list names"),
        new('1', null, "with -Z: names only"),
        new('t', null, "test compressed archive data"),
        new('v', null, "list verbosely"),
        new('n', null, "never overwrite existing files"),
        new('o', null, "overwrite files WITHOUT prompting"),
        new('j', null, "junk paths (do not make directories)"),
        new('q', null, "quiet mode (-qq => quieter)"),
        new('u', null, "update files, create if necessary"),
        new('f', null, "freshen existing files, create none"),
        new('C', null, "match filenames case-insensitively"),
        new('a', null, "(ignored)"),
        new('x', null, "exclude files that follow", OptionArgument.Required, "xlist"),
        new('d', null, "extract files into exdir", OptionArgument.Required, "exdir"))
    { UsageErrorStatus = 10 };

    public string Name => "unzip";

    public int Run(CommandContext context)
    {
        var arguments = new List<string>();
        var excluded = new List<string>();
        bool inList = false;
        foreach (string argument in context.Arguments)
        {
            inList = argument == "-x" || (inList && !argument.StartsWith('-'));
            if (argument == "-x") continue;
            (inList ? excluded : arguments).Add(argument);
        }

        ParsedOptions? options = table.Parse(context, arguments, out int status);
        if (options is null) return status;
        if (options.Operands.Count == 0)
        {
            _ = table.Parse(context, ["--help"], out _);
            return 0;
        }

        string name = options.Operands[0];
        if (context.Files.Stat(context.Resolve(name), followLinks: true, out _) != FileError.None && context.Files.Stat(context.Resolve(name + ".zip"), followLinks: true, out _) == FileError.None) name += ".zip";
        using var file = InputFile.TryOpen(context, name, out _);
        if (file is null)
        {
            context.Error.WriteLine($"unzip:  cannot find or open {name}, {name}.zip or {name}.ZIP.");
            return 9;
        }

        if (ZipArchiveReader.Open(file.ReadToEnd()) is not { } archive)
        {
            context.Output.WriteLine($"Archive:  {name}");
            context.Output.Flush();
            context.Error.WriteLine(
                "  End-of-central-directory signature not found.  Either this file is not\n  a zipfile, or it constitutes one disk of a multi-part archive.  In the\n"
                + "  latter case the central directory and zipfile comment will be found on\n  the last disk(s) of this archive.");
            context.Error.WriteLine($"unzip:  cannot find zipfile directory in one of {name} or\n        {name}.zip, and cannot find {name}.ZIP, period.");
            return 9;
        }

        return new Work(context, options, name, archive, excluded).Run();
    }

    private sealed class Work(CommandContext context, ParsedOptions options, string name, ZipArchiveReader archive, List<string> excluded)
    {
        private readonly int quiet = options.Given.Count(g => g.Key == "q");
        private readonly List<string> wanted = [.. options.Operands.Skip(1)];
        private readonly HashSet<string> matched = [];
        private readonly string? folder = options.Value('d');
        private int status;

        public int Run()
        {
            List<ZipEntry> entries = [.. archive.Entries.Where(e => IsWanted(e.Name))];
            if (options.Has('Z')) foreach (ZipEntry entry in entries) context.Output.WriteLine(entry.Name);
            else if (options.Has('l') || options.Has('v')) List(entries);
            else if (options.Has('t')) Test(entries);
            else
            {
                if (!options.Has('p') && quiet == 0) context.Output.WriteLine($"Archive:  {name}");
                var links = new List<(string, string)>();
                foreach (ZipEntry entry in entries) Extract(entry, links);
                // Last, so that nothing is unpacked through them.
                foreach (var (target, path) in links)
                {
                    _ = context.Files.Unlink(path);
                    _ = context.Files.MakeSymbolicLink(target, path);
                }
            }

            foreach (string want in wanted.Where(w => !matched.Contains(w)))
            {
                context.Output.Flush();
                context.Error.WriteLine($"caution: filename not matched:  {want}");
                status = Math.Max(status, NothingMatched);
            }

            return status;
        }

        private bool IsWanted(string entry)
        {
            if (excluded.Any(p => Glob.Matches(p, entry, options.Has('C')))) return false;
            if (wanted.Count == 0) return true;
            bool any = false;
            foreach (string want in wanted.Where(w => Glob.Matches(w, entry, options.Has('C'))))
            {
                matched.Add(want);
                any = true;
            }

            return any;
        }

        private void List(List<ZipEntry> entries)
        {
            if (quiet == 0) context.Output.WriteLine($"Archive:  {name}");
            if (quiet < 2) context.Output.WriteLine("  Length      Date    Time    Name\n---------  ---------- -----   ----");
            foreach (ZipEntry entry in entries) context.Output.WriteLine($"{entry.Size,9}  {entry.ModifiedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)}   {entry.Name}");
            if (quiet < 2) context.Output.WriteLine($"---------                     -------\n{entries.Sum(e => e.Size),9}                     {entries.Count} file{(entries.Count == 1 ? "" : "s")}");
        }

        private void Test(List<ZipEntry> entries)
        {
            if (quiet == 0) context.Output.WriteLine($"Archive:  {name}");
            foreach (ZipEntry entry in entries)
            {
                bool good = Expand(entry, static _ => true, out string problem);
                if (quiet == 0 || !good) context.Output.WriteLine($"    testing: {entry.Name,-22}  {(good ? " OK" : problem)}");
                if (!good) status = 2;
            }

            if (quiet < 2) context.Output.WriteLine(status == 0 ? $"No errors detected in compressed data of {name}." : $"At least one error was detected in {name}.");
        }

        private bool Expand(ZipEntry entry, Func<ReadOnlyMemory<byte>, bool> take, out string problem)
        {
            problem = "";
            if (entry.IsEncrypted || entry.Method is not (0 or 8))
            {
                problem = entry.IsEncrypted ? "unable to get password" : "unsupported compression method";
                return false;
            }

            using Stream? stream = archive.Content(entry);
            if (stream is null)
            {
                problem = "bad zipfile offset (local header sig)";
                return false;
            }

            var crc = default(Crc32);
            byte[] buffer = new byte[64 * 1024];
            try
            {
                int count;
                while ((count = stream.Read(buffer)) > 0)
                {
                    context.Check();
                    crc.Add(buffer.AsSpan(0, count));
                    if (!take(buffer.AsMemory(0, count))) return false;
                }
            }
            catch (InvalidDataException)
            {
                problem = "invalid compressed data to inflate";
                return false;
            }

            if (crc.Value == entry.Crc) return true;
            problem = $"bad CRC {crc.Value:x8}  (should be {entry.Crc:x8})";
            return false;
        }

        private void Extract(ZipEntry entry, List<(string, string)> links)
        {
            context.Check();
            if (options.Has('p') || options.Has('c'))
            {
                if (entry.IsDirectory) return;
                if (options.Has('c')) context.Output.WriteLine($"{(entry.Method == 8 ? "  inflating" : " extracting")}: {entry.Name}  ");
                if (!Expand(entry, piece =>
                {
                    context.Output.Write(piece.Span);
                    return true;
                }, out string trouble)) Fail($"{entry.Name}:  {trouble}", 2);
                return;
            }

            string target = options.Has('j') ? PathText.Name(entry.Name) : SafeName(entry.Name);
            if (target.Length == 0 || (options.Has('j') && entry.IsDirectory)) return;
            string shown = folder is null ? target : PathText.Join(folder, target);
            string path = context.Resolve(shown.TrimEnd('/'));
            if (entry.IsDirectory)
            {
                bool made = MakeDirectories(path);
                if (made && quiet == 0) context.Output.WriteLine($"   creating: {shown}");
                return;
            }

            MakeDirectories(PathText.Directory(path));
            FileError error = context.Files.Stat(path, followLinks: false, out FileStatus old);
            if (error == FileError.None)
            {
                if (options.Has('n') || ((options.Has('u') || options.Has('f')) && entry.ModifiedAt <= old.ModifiedAt.UtcDateTime)) return;
                if (!options.Has('o') && !options.Has('u') && !options.Has('f'))
                {
                    context.Output.Flush();
                    context.Error.WriteLine($"replace {shown}? [y]es, [n]o, [A]ll, [N]one, [r]ename:  NULL\n(EOF or read error, treating as \"[N]one\" ...)");
                    status = 1;
                    return;
                }

                if (!old.IsDirectory) _ = context.Files.Unlink(path);
            }
            else if (options.Has('f'))
            {
                return;
            }

            Content(entry, shown, path, links);
        }

        private void Content(ZipEntry entry, string shown, string path, List<(string, string)> links)
        {
            FileError error = context.Files.Open(path, FileOpening.Write | FileOpening.Create | FileOpening.Exclusive, 0b110_100_100, out IFileHandle? file);
            if (file is null)
            {
                Fail($"error:  cannot create {shown}\n        {error.Message()}", 50);
                return;
            }

            using (file)
            {
                long at = 0;
                var link = new MemoryStream();
                bool good = Expand(entry, piece =>
                {
                    if (at + piece.Length > context.Budget.Limits.FileBytesMax) error = FileError.FileTooBig;
                    else if (entry.IsSymbolicLink && at < 8192) link.Write(piece.Span);
                    else error = file.WriteAt(at, piece.Span);
                    at += piece.Length;
                    return error == FileError.None;
                }, out string problem);
                if (quiet == 0) context.Output.WriteLine($"{(entry.IsSymbolicLink ? "    linking" : entry.Method == 8 ? "  inflating" : " extracting")}: {shown,-22}  {(entry.IsSymbolicLink ? "-> " + Latin.Text(link.ToArray()) + " " : "")}");
                if (!good) Fail(error != FileError.None ? $"{shown}:  write error ({error.Message()})" : $"{entry.Name}:  {problem}", error != FileError.None ? 50 : 2);
                if (entry.IsSymbolicLink) links.Add((Latin.Text(link.ToArray()), path));
            }

            if (entry.UnixMode != 0) _ = context.Files.ChangeMode(path, entry.UnixMode & 0b111_111_111);
            _ = context.Files.SetTimes(path, followLinks: false, null, new DateTimeOffset(entry.ModifiedAt, TimeSpan.Zero));
        }

        private void Fail(string message, int severity)
        {
            context.Output.Flush();
            context.Error.WriteLine(message);
            context.Error.Flush();
            status = Math.Max(status, severity);
        }

        /// <returns>Whether the last one was made.</returns>
        private bool MakeDirectories(string path)
        {
            if (path == "/" || context.Files.Stat(path, followLinks: true, out _) == FileError.None) return false;
            MakeDirectories(PathText.Directory(path));
            return context.Files.MakeDirectory(path, 0b111_111_111 & ~context.Umask) == FileError.None;
        }

        /// <summary>Without slashes at its start and without <c>..</c>; what was left out is told.</summary>
        private string SafeName(string entry)
        {
            string[] parts = entry.Split('/');
            if (entry.StartsWith('/'))
            {
                Fail($"warning:  stripped absolute path spec from {entry}", 1);
                parts = entry.TrimStart('/').Split('/');
            }

            if (!parts.Contains("..")) return string.Join('/', parts);
            Fail($"warning:  skipped \"../\" path component(s) in {entry}", 1);
            return string.Join('/', parts.Where(p => p != ".."));
        }
    }
}
