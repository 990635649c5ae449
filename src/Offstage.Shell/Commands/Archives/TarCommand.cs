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
        [
        new('c', "create", "create a new archive"),
        new('t', "list", "list the contents of an archive"),
        new('x', "extract", "extract files from an archive"),
        new('\0', "get", "the same as --extract"),
        new('r', "append", "append files to the end of an archive"),
        new('u', "update", "only append files newer than copy in archive"),
        new('A', "catenate", "append tar files to an archive"),
        new('\0', "concatenate", "the same as --catenate"),
        new('d', "diff", "find differences between archive and file system"),
        new('\0', "compare", "the same as --diff"),
        new('\0', "delete", "delete from the archive"),
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
        new('\0', "mtime", "set mtime for added files from DATE", OptionArgument.Required, "DATE"),
        new('\0', "mode", "force (symbolic) mode CHANGES for added files", OptionArgument.Required, "CHANGES"),
        new('\0', "transform", "use sed replace EXPRESSION to transform file names", OptionArgument.Required, "EXPRESSION"),
        new('\0', "xform", "the same as --transform", OptionArgument.Required, "EXPRESSION"),
        new('\0', "show-transformed-names", "show file names after transformation"),
        new('\0', "show-stored-names", "the same as --show-transformed-names"),
        new('\0', "one-top-level", "unpack everything into a directory", OptionArgument.Optional, "DIR"),
        new('\0', "keep-newer-files", "don't replace existing files that are newer than their archive copies"),
        .. Ignored(
            "recursion", "overwrite-dir", "no-overwrite-dir", "delay-directory-restore", "no-delay-directory-restore", "check-links", "anchored", "no-anchored",
            "ignore-failed-read", "no-auto-compress", "force-local", "posix", "sparse", "xattrs", "no-xattrs", "acls", "no-acls", "selinux", "no-selinux",
            "ignore-zeros", "unlink-first", "recursive-unlink", "wildcards-match-slash", "hard-dereference"),
        new('\0', "warning", "(ignored)", OptionArgument.Required, "KEYWORD"),
        new('H', "format", "(archives are made in GNU's format)", OptionArgument.Required, "FORMAT"),
        new('b', "blocking-factor", "(ignored)", OptionArgument.Required, "BLOCKS"),
        new('\0', "remove-files", "remove files after adding them to the archive"),
        new('\0', "null", "-T reads null-terminated names"),
        ])
    { UsageErrorStatus = 64, HasUsageOption = true };

    private static Option[] Ignored(params string[] names) => [.. names.Select(n => new Option('\0', n, "(ignored)"))];

    public string Name => "tar";

    public int Run(CommandContext context)
    {
        ParsedOptions? options = table.Parse(context, MarkDirectories(OldStyle(context.Arguments)), out int status);
        if (options is null) return status;
        string[] modes = [.. options.Given.Select(g => Mode(g.Key)).OfType<string>().Distinct()];
        if (modes.Length == 0) return Wrong(context, "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options");
        if (modes.Length > 1) return Wrong(context, "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option");
        foreach (char letter in "jJ")
        {
            if (options.Has(letter)) return Fatal(context, $"{(letter == 'j' ? "bzip2" : "xz")}: Cannot exec: No such file or directory");
        }

        var settings = new TarSettings(context, options);
        List<string> operands = options.Operands;
        if (!Names(context, options, operands, settings)) return StatusFatal;
        return modes[0] is "t" or "x" or "d" ? Read(context, modes[0], settings, operands) : Create(context, modes[0], options, settings, operands);
    }

    private static string? Mode(string key) => key switch
    {
        "c" or "t" or "x" or "r" or "u" or "A" or "d" or "delete" => key,
        "get" => "x",
        "concatenate" => "A",
        "compare" => "d",
        _ => null,
    };

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

    private static int Create(CommandContext context, string mode, ParsedOptions options, TarSettings settings, List<string> operands)
    {
        if (mode != "delete" && operands.All(o => o.StartsWith(DirectoryMark)) && !options.Has('T')) return Wrong(context, "Cowardly refusing to create an empty archive");
        bool gzip = settings.IsGzip || options.Has("gunzip") || (options.Has('a') && (settings.Archive.EndsWith(".gz", StringComparison.Ordinal) || settings.Archive.EndsWith(".tgz", StringComparison.Ordinal)));
        if (mode != "c" && gzip) return Fatal(context, "Cannot update compressed archives");
        FileDescription? file = settings.Archive == "-" ? context.Output.Target : null;
        byte[] before = [];
        if (file is null)
        {
            if (mode != "c")
            {
                using var old = InputFile.TryOpen(context, settings.Archive, out FileError missing);
                if (old is not null) before = old.ReadToEnd();
                else if (mode is not ("r" or "u")) return Fatal(context, $"{settings.Archive}: Cannot open: {missing.Message()}");
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
                ok = mode == "c" ? new TarWriter(context, settings, raw).Write(operands) : new TarUpdate(context, settings, raw, before).Run(mode, operands);
            }
        }
        finally
        {
            if (settings.Archive != "-") file.Release();
        }

        if (!ok) context.Complain("Exiting with failure status due to previous errors");
        return ok ? 0 : StatusFatal;
    }

    private static int Read(CommandContext context, string mode, TarSettings settings, List<string> operands)
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
            var reader = new TarReader(stream, context.Interruption);
            if (mode == "d") return new TarComparer(context, settings, reader, operands).Run();
            var extractor = new TarExtractor(context, settings, reader, operands, isList: mode == "t");
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
}
