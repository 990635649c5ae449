using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

internal sealed class FileCommand : ICommand
{
    private static readonly OptionTable table = new(
        "file [OPTION...] [FILE...]",
        "Determine type of FILEs.",
        new('b', "brief", "do not prepend filenames to output lines"),
        new('E', null, "exit with an error when a file cannot be read"),
        new('f', "files-from", "read the filenames to be examined from FILE", OptionArgument.Required, "FILE"),
        new('F', "separator", "use string as separator instead of ':'", OptionArgument.Required, "STRING"),
        new('h', "no-dereference", "don't follow symlinks (default)"),
        new('i', "mime", "output MIME type strings"),
        new('\0', "mime-type", "output the MIME type"),
        new('\0', "mime-encoding", "output the MIME encoding"),
        new('k', "keep-going", "ignored"),
        new('L', "dereference", "follow symlinks"),
        new('N', "no-pad", "do not pad output"),
        new('r', "raw", "ignored"),
        new('s', "special-files", "ignored"),
        new('0', "print0", "terminate filenames with ASCII NUL"));

    public string Name => "file";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        List<string> names = [.. options.Operands];
        if (options.Value('f') is { } list)
        {
            using InputFile? file = InputFile.TryOpen(context, list, out var error);
            if (file is null) throw new CommandFailedException($"Cannot open `{list}' ({error.Message()})");
            names.InsertRange(0, Latin.Text(file.ReadToEnd()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        if (names.Count == 0)
        {
            context.Error.WriteLine("Usage: file [-bEhikLNrs0] [--mime-encoding] [--mime-type] [-F <separator>] [-f <namefile>] <file> ...\n       file [--help]");
            context.Error.Flush();
            return 1;
        }

        string separator = options.Value('F') ?? ":";
        int width = names.Max(n => Shown(n).Length) + separator.Length;
        foreach (string name in names)
        {
            context.Check();
            string answer = Answer(context, options, name, out bool failed);
            if (failed && options.Has('E')) status = 1;
            if (!options.Has('b'))
            {
                string shown = Shown(name);
                if (options.Has('0')) context.Output.Write(shown + "\0");
                string label = options.Has('0') ? separator : shown + separator;
                context.Output.Write((options.Has('N') || options.Has('0') ? label : label.PadRight(width)) + " ");
            }

            context.Output.WriteLine(answer);
        }

        return status;
    }

    private static string Shown(string name) => name == "-" ? "/dev/stdin" : name;

    private static string Answer(CommandContext context, ParsedOptions options, string name, out bool failed)
    {
        failed = false;
        string path = context.Resolve(name);
        if (name != "-")
        {
            FileError error = context.Files.Stat(path, followLinks: options.Has('L') && options.Last("L", "h") == "L", out FileStatus status);
            if (error != FileError.None)
            {
                failed = true;
                return options.Has('E') ? $"ERROR: cannot stat `{name}' ({error.Message()})" : $"cannot open `{name}' ({error.Message()})";
            }

            switch (status.Kind)
            {
                case FileKind.Directory:
                    return Words(options, new((status.Mode & 0x200) != 0 ? "sticky, directory" : "directory", "inode/directory", "binary"));
                case FileKind.CharacterDevice:
                    return Words(options, new(name == "/dev/null" ? "character special (1/3)" : "character special", "inode/chardevice", "binary"));
                case FileKind.SymbolicLink:
                    _ = context.Files.ReadLink(path, out string target);
                    bool broken = context.Files.Stat(path, followLinks: true, out _) != FileError.None;
                    if (broken && (options.Has('i') || options.Has("mime-type"))) return "inode/symlink";
                    return Words(options, new(broken ? $"broken symbolic link to {target}" : $"symbolic link to {target}", "inode/symlink", "binary"));
            }
        }

        using InputFile? file = InputFile.TryOpen(context, name, out var refused);
        if (file is null)
        {
            failed = true;
            return $"cannot open `{name}' ({refused.Message()})";
        }

        byte[] content = new byte[Math.Clamp(file.Description.Status.IsRegular ? file.Description.Status.Size : FileKinds.Looked, 0, FileKinds.Looked)];
        int count = 0;
        while (count < content.Length && file.Description.Read(content.AsSpan(count), context.Interruption, out int read) == FileError.None && read > 0) count += read;
        return Words(options, FileKinds.Of(content[..count]));
    }

    private static string Words(ParsedOptions options, FileKindFound found)
    {
        bool type = options.Has("mime-type"), encoding = options.Has("mime-encoding");
        if (options.Has('i') || (type && encoding)) return $"{found.MimeType}; charset={found.Encoding}";
        return type ? found.MimeType : encoding ? found.Encoding : found.Description;
    }
}
