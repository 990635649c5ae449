using System.Buffers.Binary;
using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>gzip, gunzip and zcat: one program that its name gives options to.</summary>
internal sealed class GzipCommand(string name) : ICommand
{
    private const int Warning = 2;

    private readonly OptionTable table = new(
        $"{name} [OPTION]... [FILE]...",
        "Compress or uncompress FILEs (by default, compress FILES in-place).",
        new('c', "stdout", "write on standard output, keep original files unchanged"),
        new('\0', "to-stdout", "the same as --stdout"),
        new('d', "decompress", "decompress"),
        new('\0', "uncompress", "the same as --decompress"),
        new('f', "force", "force overwrite of output file and compress links"),
        new('k', "keep", "keep (don't delete) input files"),
        new('l', "list", "list compressed file contents"),
        new('n', "no-name", "do not save or restore the original name and timestamp"),
        new('N', "name", "save or restore the original name and timestamp"),
        new('q', "quiet", "suppress all warnings"),
        new('r', "recursive", "operate recursively on directories"),
        new('S', "suffix", "use suffix SUF on compressed files", OptionArgument.Required, "SUF"),
        new('t', "test", "test compressed file integrity"),
        new('v', "verbose", "verbose mode"),
        new('1', "fast", "compress faster"),
        new('2', null, "and so on"), new('3', null, ""), new('4', null, ""), new('5', null, ""), new('6', null, ""), new('7', null, ""), new('8', null, ""),
        new('9', "best", "compress better"));

    public string Name => name;

    public int Run(CommandContext context)
    {
        ParsedOptions? options = table.Parse(context, out int status);
        return options is null ? status : new Work(context, options, name).Run();
    }

    private sealed class Work(CommandContext context, ParsedOptions options, string name)
    {
        private readonly bool expand = options.Has('d') || options.Has("uncompress") || name != "gzip" || options.Has('t') || options.Has('l');
        private readonly bool toOutput = options.Has('c') || options.Has("to-stdout") || name == "zcat";
        private readonly string suffix = options.Value('S') ?? ".gz";
        private readonly int level = options.Last("1", "2", "3", "4", "5", "6", "7", "8", "9") is { } l ? l[0] - '0' : 6;
        private int status;
        private bool listedAny;
        private long listedCompressed;
        private long listedPlain;
        private int listed;

        public int Run()
        {
            foreach (string file in options.Operands.Count == 0 ? ["-"] : options.Operands)
            {
                context.Check();
                if (file == "-") Standard();
                else One(file, 0);
            }

            if (listed > 1) ListLine(listedCompressed, listedPlain, "(totals)");
            return status;
        }

        private void Tell(string message, int severity)
        {
            if (severity == Warning && options.Has('q')) return;
            context.Output.Flush();
            context.Error.WriteLine(message);
            context.Error.Flush();
            if (status != 1 && severity != 0) status = severity;
        }

        private void Standard()
        {
            if (options.Has('l'))
            {
                List(context.StandardInput, "stdout");
                return;
            }

            context.Output.Flush();
            Transform(context.StandardInput, options.Has('t') ? null : context.Output.Target, "stdin", null, out _);
        }

        private void One(string file, int depth)
        {
            string path = context.Resolve(file);
            FileError error = context.Files.Stat(path, followLinks: toOutput || options.Has('f') || options.Has('l') || options.Has('t'), out FileStatus found);
            if (error == FileError.NotFound && expand && !file.EndsWith(suffix, StringComparison.Ordinal) && context.Files.Stat(path + suffix, followLinks: true, out found) == FileError.None)
            {
                file += suffix;
                path += suffix;
                error = FileError.None;
            }

            if (error != FileError.None)
            {
                Tell($"gzip: {(expand && error == FileError.NotFound && !file.EndsWith(suffix, StringComparison.Ordinal) ? file + suffix : file)}: {error.Message()}", 1);
                return;
            }

            if (found.IsDirectory)
            {
                if (!options.Has('r')) Tell($"gzip: {file} is a directory -- ignored", Warning);
                else if (depth < 1000 && context.Files.ReadDirectory(path, out IReadOnlyList<DirectoryEntry> entries) == FileError.None)
                    foreach (DirectoryEntry entry in entries.OrderBy(e => e.Name, StringComparer.Ordinal)) One(PathText.Join(file, entry.Name), depth + 1);
                return;
            }

            if (!found.IsRegular)
            {
                Tell($"gzip: {file} is not a directory or a regular file - ignored", Warning);
                return;
            }

            string? target = Target(file);
            if (target is null && !toOutput && !options.Has('t') && !options.Has('l'))
            {
                Tell(expand ? $"gzip: {file}: unknown suffix -- ignored" : $"gzip: {file} already has {suffix} suffix -- unchanged", expand ? Warning : 0);
                return;
            }

            error = context.Open(file, FileOpening.Read, out FileDescription? input);
            if (input is null)
            {
                Tell($"gzip: {file}: {error.Message()}", 1);
                return;
            }

            try
            {
                if (options.Has('l')) List(input, target ?? file);
                else if (toOutput || options.Has('t')) Through(input, file, found);
                else Replace(input, file, target!, found);
            }
            finally
            {
                input.Release();
            }
        }

        private void Through(FileDescription input, string file, FileStatus found)
        {
            context.Output.Flush();
            if (Transform(input, options.Has('t') ? null : context.Output.Target, file, found, out _) && options.Has('t') && options.Has('v')) Tell($"{file}:\t OK", 0);
        }

        private void Replace(FileDescription input, string file, string target, FileStatus found)
        {
            if (expand && options.Has('N') && PeekHeader(input) is { Name: { Length: > 0 } stored }) target = PathText.Join(PathText.Directory(file), PathText.Name(stored));
            if (!options.Has('f') && context.Files.Stat(context.Resolve(target), followLinks: false, out _) == FileError.None)
            {
                Tell($"gzip: {target} already exists;\tnot overwritten", Warning);
                return;
            }

            FileError error = context.Open(target, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out FileDescription? output);
            if (output is null)
            {
                Tell($"gzip: {target}: {error.Message()}", 1);
                return;
            }

            bool done = Transform(input, output, file, found, out (long Read, long Written) sizes);
            output.Release();
            string path = context.Resolve(target);
            if (!done)
            {
                _ = context.Files.Unlink(path);
                return;
            }

            _ = context.Files.ChangeMode(path, found.Mode & 0b111_111_111);
            _ = context.Files.SetTimes(path, followLinks: true, found.AccessedAt, found.ModifiedAt);
            if (!options.Has('k')) _ = context.Files.Unlink(context.Resolve(file));
            if (options.Has('v'))
            {
                string ratio = Ratio(expand ? sizes.Read : sizes.Written, expand ? sizes.Written : sizes.Read);
                Tell($"{file}:\t{ratio} -- {(options.Has('k') ? "created" : "replaced with")} {target}", 0);
            }
        }

        private string? Target(string file)
        {
            if (!expand) return file.EndsWith(suffix, StringComparison.Ordinal) && !options.Has('f') ? null : file + suffix;
            foreach (string known in (string[])[suffix, ".gz", ".z", "-gz", ".Z"])
            {
                if (file.EndsWith(known, StringComparison.Ordinal) && file.Length > known.Length) return file[..^known.Length];
            }

            return file.EndsWith(".tgz", StringComparison.Ordinal) || file.EndsWith(".taz", StringComparison.Ordinal) ? file[..^3] + "tar" : null;
        }

        /// <param name="output">Null to test only.</param>
        private bool Transform(FileDescription input, FileDescription? output, string shown, FileStatus? found, out (long Read, long Written) sizes)
        {
            sizes = default;
            var target = output is null ? Stream.Null : new DescriptionStream(output, context.Interruption);
            if (!expand)
            {
                bool named = found is not null && !options.Has('n');
                var header = new GzipHeader(named ? PathText.Name(shown) : null, named ? found!.Value.ModifiedAt : null);
                sizes.Read = GzipCodec.Compress(new DescriptionStream(input, context.Interruption), target, header, level);
                sizes.Written = (target as DescriptionStream)?.Count ?? 0;
                return true;
            }

            byte[] start = new byte[2];
            int count = 0;
            while (count < 2 && input.Read(start.AsSpan(count), context.Interruption, out int more) == FileError.None && more > 0) count += more;
            var source = new DescriptionStream(input, context.Interruption, start.AsMemory(0, count));
            if (!GzipHeader.IsMagic(start.AsSpan(0, count)))
            {
                // With -f and -c what is no gzip goes through as it is.
                if (options.Has('f') && toOutput)
                {
                    source.CopyTo(target);
                    return true;
                }

                Tell(count == 0 ? $"\ngzip: {shown}: unexpected end of file" : $"\ngzip: {shown}: not in gzip format", 1);
                return false;
            }

            try
            {
                sizes.Written = GzipCodec.Expand(source, target);
                sizes.Read = source.Count;
                return true;
            }
            catch (EndOfStreamException)
            {
                Tell($"\ngzip: {shown}: unexpected end of file", 1);
                return false;
            }
            catch (InvalidDataException)
            {
                Tell($"\ngzip: {shown}: invalid compressed data--format violated", 1);
                return false;
            }
        }

        private GzipHeader? PeekHeader(FileDescription input)
        {
            byte[] start = new byte[1024];
            _ = input.Read(start, context.Interruption, out int count);
            _ = input.Seek(0, SeekOrigin.Begin, out _);
            return GzipHeader.Parse(start.AsSpan(0, count));
        }

        private void List(FileDescription input, string shown)
        {
            byte[] all = context.Reader(input).ReadToEnd();
            if (GzipHeader.Parse(all) is not { } header || all.Length < 18)
            {
                Tell($"\ngzip: {(shown == "stdout" ? "stdin" : shown + suffix)}: not in gzip format", 1);
                return;
            }

            if (options.Has('N') && header.Name is { } stored) shown = stored;
            ListLine(all.Length, BinaryPrimitives.ReadUInt32LittleEndian(all.AsSpan(all.Length - 4)), shown);
            listed++;
            listedCompressed += all.Length;
            listedPlain += BinaryPrimitives.ReadUInt32LittleEndian(all.AsSpan(all.Length - 4));
        }

        private void ListLine(long compressed, long plain, string shown)
        {
            if (!listedAny && !options.Has('q')) context.Output.WriteLine("         compressed        uncompressed  ratio uncompressed_name");
            listedAny = true;
            context.Output.WriteLine($"{compressed,19} {plain,19} {Ratio(compressed, plain)} {shown}");
        }

        private static string Ratio(long compressed, long plain)
            => (plain == 0 ? "0.0" : (100.0 - (compressed * 100.0 / plain)).ToString("F1", CultureInfo.InvariantCulture)).PadLeft(5) + "%";
    }
}
