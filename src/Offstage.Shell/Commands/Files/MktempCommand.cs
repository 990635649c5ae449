using System.Security.Cryptography;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Files;

internal sealed class MktempCommand : ICommand
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly OptionTable table = new(
        "mktemp [OPTION]... [TEMPLATE]",
        "Create a temporary file or directory, safely, and print its name.",
        new('d', "directory", "create a directory, not a file"),
        new('u', "dry-run", "do not create anything; merely print a name"),
        new('q', "quiet", "suppress diagnostics about file/dir-creation failure"),
        new('\0', "suffix", "append SUFF to TEMPLATE", OptionArgument.Required, "SUFF"),
        new('p', "tmpdir", "interpret TEMPLATE relative to DIR", OptionArgument.Optional, "DIR"),
        new('t', null, "interpret TEMPLATE as a single file name component, relative to a directory"));

    public string Name => "mktemp";

    public int Run(CommandContext context)
    {
        var arguments = new List<string>();
        for (int i = 0; i < context.Arguments.Count; i++)
        {
            // -p takes its directory as the next argument, --tmpdir only behind an equals sign.
            if (context.Arguments[i] == "-p" && i + 1 < context.Arguments.Count) arguments.Add("-p" + context.Arguments[++i]);
            else arguments.Add(context.Arguments[i]);
        }

        var options = table.Parse(context, arguments, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count > 1) return Usage.Error(context, "too many templates");
        string template = options.Operands.Count == 1 ? options.Operands[0] : "tmp.XXXXXXXXXX";
        string suffix = options.Value("suffix") ?? "";
        int last = template.LastIndexOf('X');
        if (options.Value("suffix") is null && last >= 0)
        {
            suffix = template[(last + 1)..];
            template = template[..(last + 1)];
        }

        int count = template.Length - template.TrimEnd('X').Length;
        if (count < 3) throw new CommandFailedException($"too few X's in template {Latin.Quote(template + suffix)}");
        if (suffix.Contains('/')) throw new CommandFailedException($"invalid suffix {Latin.Quote(suffix)}, contains directory separator");
        string temporary = context.Environment.GetValueOrDefault("TMPDIR") is { Length: > 0 } set ? set : "/tmp";
        string stem = template[..^count];
        if (options.Has('p') || options.Has('t') || options.Operands.Count == 0) stem = PathText.Join(options.Value('p') is { Length: > 0 } directory ? directory : temporary, stem);
        for (int attempt = 0; attempt < 100; attempt++)
        {
            string path = stem + RandomNumberGenerator.GetString(Letters, count) + suffix;
            var error = Create(context, options, path);
            if (error == FileError.Exists) continue;
            if (error == FileError.None)
            {
                context.Output.WriteLine(path);
                return 0;
            }

            if (!options.Has('q')) context.Complain($"failed to create {(options.Has('d') ? "directory" : "file")} via template {Latin.Quote(stem + new string('X', count) + suffix)}: {error.Message()}");
            return 1;
        }

        throw new CommandFailedException($"failed to create file via template {Latin.Quote(stem + new string('X', count) + suffix)}: File exists");
    }

    private static FileError Create(CommandContext context, ParsedOptions options, string path)
    {
        string absolute = context.Resolve(path);
        if (options.Has('u')) return context.Files.Stat(absolute, followLinks: false, out _) == FileError.None ? FileError.Exists : FileError.None;
        if (options.Has('d')) return context.Files.MakeDirectory(absolute, 0b111_000_000);
        var error = context.Files.Open(absolute, FileOpening.Write | FileOpening.Create | FileOpening.Exclusive, 0b110_000_000, out var handle);
        handle?.Dispose();
        return error;
    }
}
