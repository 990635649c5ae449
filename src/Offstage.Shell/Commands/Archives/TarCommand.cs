using System.IO.Compression;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Archives;

/// <summary>tar: makes, lists and unpacks archives.</summary>
internal sealed class TarCommand : ICommand
{
    private const int StatusFatal = 2;

    /// <summary>Stands before a directory of <c>-C</c> among the operands: its place counts. No byte is this character.</summary>
    public const char DirectoryMark = '\u0100';

    private static readonly OptionTable table = new(
        "tar [OPTION...] [FILE]...",
        "GNU 'tar' saves many files together into a single archive, and can restore individual files from the archive.",
        new('c', "create", "create a new archive"),
        new('t', "list", "list the contents of an archive"),
        new('x', "extract", "extract files from an archive"),
        new('\0', "get", "the same as --extract"),
        new('r', "append", "append files to the end of an archive"),
        new('f', "file", "use archive file ARCHIVE", OptionArgument.Required, "ARCHIVE"),
        new('z', "gzip", "filter the archive through gzip"),
        new('\0', "gunzip", "the same as --gzip"),
        new('a', "auto-compress", "use archive suffix to determine the compression program"),
        new('j', "bzip2", "(not supported)"),
        new('J', "xz", "(not supported)"),
        new('v', "verbose", "verbosely list files processed"),
        new('C', "directory", "change to directory DIR", OptionArgument.Required, "DIR"),
        new('O', "to-stdout", "extract files to standard output"),
        new('k', "keep-old-files", "don't replace existing files when extracting"),
        new('\0', "skip-old-files", "don't replace existing files when extracting, silently skip over them"),
        new('\0', "overwrite", "overwrite existing files when extracting"),
        new('m', "touch", "don't extract file modified time"),
        new('p', "preserve-permissions", "extract information about file permissions"),
        new('\0', "same-permissions", "the same as --preserve-permissions"),
        new('\0', "no-same-permissions", "apply the user's umask when extracting permissions from the archive"),
        new('o', "no-same-owner", "extract files as yourself"),
        new('\0', "same-owner", "(ignored)"),
        new('P', "absolute-names", "don't strip leading '/'s from file names"),
        new('h', "dereference", "follow symlinks"),
        new('T', "files-from", "get names to extract or create from FILE", OptionArgument.Required, "FILE"),
        new('X', "exclude-from", "exclude patterns listed in FILE", OptionArgument.Required, "FILE"),
        new('\0', "exclude", "exclude files, given as a PATTERN", OptionArgument.Required, "PATTERN"),
        new('\0', "strip-components", "strip NUMBER leading components from file names on extraction", OptionArgument.Required, "NUMBER"),
        new('\0', "wildcards", "use wildcards"),
        new('\0', "no-wildcards", "verbatim string matching"),
        new('\0', "no-recursion", "avoid descending automatically in directories"),
        new('\0', "numeric-owner", "always use numbers for user/group names"),
        new('\0', "owner", "force NAME as owner for added files", OptionArgument.Required, "NAME"),
        new('\0', "group", "force NAME as group for added files", OptionArgument.Required, "NAME"),
        new('\0', "sort", "(names are always sorted)", OptionArgument.Required, "ORDER"),
        new('\0', "mtime", "(not supported)", OptionArgument.Required, "DATE"),
        new('H', "format", "(archives are made in GNU's format)", OptionArgument.Required, "FORMAT"),
        new('b', "blocking-factor", "(ignored)", OptionArgument.Required, "BLOCKS"),
        new('\0', "remove-files", "remove files after adding them to the archive"),
        new('\0', "null", "-T reads null-terminated names"))
    { UsageErrorStatus = 64 };

    public string Name => "tar";

    public int Run(CommandContext context)
    {
        ParsedOptions? options = table.Parse(context, MarkDirectories(OldStyle(context.Arguments)), out int status);
        if (options is null) return status;
        int modes = (options.Has('c') ? 1 : 0) + (options.Has('t') ? 1 : 0) + (options.Has('x') || options.Has("get") ? 1 : 0) + (options.Has('r') ? 1 : 0);
        if (modes == 0) return Wrong(context, "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options");
        if (modes > 1) return Wrong(context, "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option");
        foreach (char letter in "jJ")
        {
            if (options.Has(letter)) return Fatal(context, $"{(letter == 'j' ? "bzip2" : "xz")}: Cannot exec: No such file or directory");
        }

        var settings = new TarSettings(options);
        List<string> operands = options.Operands;
        if (!Names(context, options, operands, settings)) return StatusFatal;
        if (options.Has('c') || options.Has('r')) return Create(context, options, settings, operands);
        return Read(context, options, settings, operands);
    }

    public static int Fatal(CommandContext context, string message)
    {
        context.Complain(message);
        context.Complain("Error is not recoverable: exiting now");
        return StatusFatal;
    }

    private static int Wrong(CommandContext context, string message)
    {
        context.Complain(message);
        context.Error.WriteLine("Try 'tar --help' or 'tar --usage' for more information.");
        return StatusFatal;
    }

    private static int Create(CommandContext context, ParsedOptions options, TarSettings settings, List<string> operands)
    {
        if (operands.All(o => o.StartsWith(DirectoryMark)) && !options.Has('T')) return Wrong(context, "Cowardly refusing to create an empty archive");
        bool gzip = settings.IsGzip || options.Has("gunzip") || (options.Has('a') && (settings.Archive.EndsWith(".gz", StringComparison.Ordinal) || settings.Archive.EndsWith(".tgz", StringComparison.Ordinal)));
        FileDescription? file = settings.Archive == "-" ? context.Output.Target : null;
        byte[] before = [];
        if (file is null)
        {
            if (options.Has('r') && InputFile.TryOpen(context, settings.Archive, out _) is { } old)
            {
                using (old) before = TrimEnd(old.ReadToEnd());
            }

            FileError error = context.Open(settings.Archive, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out file);
            if (file is null) return Fatal(context, $"{settings.Archive}: Cannot open: {error.Message()}");
        }

        context.Output.Flush();
        var raw = new DescriptionStream(file, context.Interruption);
        bool ok;
        try
        {
            if (gzip)
            {
                using var compressed = new GZipStream(raw, CompressionLevel.Optimal, leaveOpen: true);
                ok = new TarWriter(context, settings, compressed).Write(operands);
            }
            else
            {
                raw.Write(before);
                ok = new TarWriter(context, settings, raw).Write(operands);
            }
        }
        finally
        {
            if (settings.Archive != "-") file.Release();
        }

        if (!ok) context.Complain("Exiting with failure status due to previous errors");
        return ok ? 0 : StatusFatal;
    }

    private static int Read(CommandContext context, ParsedOptions options, TarSettings settings, List<string> operands)
    {
        using var file = InputFile.TryOpen(context, settings.Archive, out FileError error);
        if (file is null) return Fatal(context, $"{settings.Archive}: Cannot open: {error.Message()}");
        byte[] start = new byte[2];
        int count = 0;
        while (count < 2 && file.Description.Read(start.AsSpan(count), context.Interruption, out int more) == FileError.None && more > 0) count += more;
        bool isGzip = GzipHeader.IsMagic(start.AsSpan(0, count));
        if (isGzip && !settings.IsGzip && !file.Description.CanSeek) return Fatal(context, "Archive is compressed. Use -z option");
        Stream stream = new DescriptionStream(file.Description, context.Interruption, start.AsMemory(0, count));
        if (settings.IsGzip && !isGzip)
        {
            context.Output.Flush();
            context.Error.WriteLine(count == 0 ? "\ngzip: stdin: unexpected end of file" : "\ngzip: stdin: not in gzip format");
            context.Complain("Child returned status 1");
            context.Complain("Error is not recoverable: exiting now");
            return StatusFatal;
        }

        if (isGzip) stream = new GZipStream(stream, CompressionMode.Decompress);
        try
        {
            var extractor = new TarExtractor(context, settings, new TarReader(stream, context.Interruption), operands, isList: options.Has('t'));
            bool ok = extractor.Run();
            if (!ok && !extractor.EndedEarly) context.Complain("Exiting with failure status due to previous errors");
            return ok ? 0 : StatusFatal;
        }
        catch (InvalidDataException)
        {
            context.Error.WriteLine("\ngzip: stdin: unexpected end of file");
            return Fatal(context, "Unexpected EOF in archive");
        }
    }

    /// <summary>The names of -T, and the patterns of -X.</summary>
    private static bool Names(CommandContext context, ParsedOptions options, List<string> operands, TarSettings settings)
    {
        foreach (string list in options.Values('X').Concat(options.Values('T')).ToList())
        {
            bool isNames = options.Values('T').Contains(list);
            using var file = InputFile.TryOpen(context, list, out FileError error);
            if (file is null)
            {
                _ = Fatal(context, $"{list}: Cannot open: {error.Message()}");
                return false;
            }

            while (file.Reader.TryReadLine(out ReadOnlySpan<byte> line, out _, isNames && options.Has("null") ? (byte)0 : (byte)'\n'))
            {
                if (line.IsEmpty) continue;
                if (isNames) operands.Add(Latin.Text(line));
                else settings.Excluded.Add(Latin.Text(line));
            }
        }

        return true;
    }

    /// <summary><c>tar xzf a.tgz</c>: letters without a dash take their arguments in order.</summary>
    private static List<string> OldStyle(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments[0].StartsWith('-') || arguments[0].Length == 0) return [.. arguments];
        var result = new List<string>();
        int next = 1;
        foreach (char letter in arguments[0])
        {
            result.Add($"-{letter}");
            if (table.Options.FirstOrDefault(o => o.Letter == letter) is { Argument: OptionArgument.Required } && next < arguments.Count) result.Add(arguments[next++]);
        }

        result.AddRange(arguments.Skip(next));
        return result;
    }

    private static List<string> MarkDirectories(List<string> arguments)
    {
        var result = new List<string>();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                result.AddRange(arguments.Skip(i));
                break;
            }

            if (argument.StartsWith("--directory=", StringComparison.Ordinal))
            {
                result.Add(DirectoryMark + argument["--directory=".Length..]);
                continue;
            }

            if (argument == "--directory" && i + 1 < arguments.Count)
            {
                result.Add(DirectoryMark + arguments[++i]);
                continue;
            }

            int at = argument.Length > 1 && argument[0] == '-' && argument[1] != '-' ? Cluster(argument) : -1;
            if (at < 0)
            {
                result.Add(argument);
                if (argument.Length > 1 && argument[0] == '-' && argument[1] != '-' && TakesNext(argument) && i + 1 < arguments.Count) result.Add(arguments[++i]);
                continue;
            }

            if (at > 1) result.Add(argument[..at]);
            if (at + 1 < argument.Length) result.Add(DirectoryMark + argument[(at + 1)..]);
            else if (i + 1 < arguments.Count) result.Add(DirectoryMark + arguments[++i]);
            else result.Add("-C");
        }

        return result;
    }

    /// <summary>Where -C stands in a cluster of letters; -1 when it does not.</summary>
    private static int Cluster(string argument)
    {
        for (int i = 1; i < argument.Length; i++)
        {
            if (argument[i] == 'C') return i;
            if (table.Options.FirstOrDefault(o => o.Letter == argument[i]) is not { Argument: OptionArgument.None }) return -1;
        }

        return -1;
    }

    private static bool TakesNext(string argument) => table.Options.FirstOrDefault(o => o.Letter == argument[^1]) is { Argument: OptionArgument.Required } && argument[1..^1].All(c => table.Options.Any(o => o.Letter == c && o.Argument == OptionArgument.None));

    private static byte[] TrimEnd(byte[] archive)
    {
        int blocks = archive.Length / TarEntry.BlockSize;
        while (blocks > 0 && archive.AsSpan((blocks - 1) * TarEntry.BlockSize, TarEntry.BlockSize).IndexOfAnyExcept((byte)0) < 0) blocks--;
        return archive[..(blocks * TarEntry.BlockSize)];
    }
}
