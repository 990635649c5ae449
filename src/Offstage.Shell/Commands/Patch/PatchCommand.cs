using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Patch;

internal sealed class PatchCommand : ICommand
{
    private static readonly OptionTable table = new(
        "patch [OPTION]... [ORIGFILE [PATCHFILE]]",
        "Apply a diff file to an original.",
        new('p', "strip", "strip NUM leading components from file names", OptionArgument.Required, "NUM"),
        new('F', "fuzz", "set the fuzz factor to LINES for inexact matching", OptionArgument.Required, "LINES"),
        new('l', "ignore-whitespace", "ignore white space changes between patch and input"),
        new('c', "context", "ignored"), new('e', "ed", "not supported"), new('n', "normal", "ignored"), new('u', "unified", "ignored"),
        new('N', "forward", "ignore patches that appear to be reversed or already applied"),
        new('R', "reverse", "assume patches were created with old and new files swapped"),
        new('i', "input", "read patch from PATCHFILE instead of stdin", OptionArgument.Required, "PATCHFILE"),
        new('o', "output", "output patched files to FILE", OptionArgument.Required, "FILE"),
        new('r', "reject-file", "output rejects to FILE", OptionArgument.Required, "FILE"),
        new('E', "remove-empty-files", "remove output files that are empty after patching"),
        new('t', "batch", "ask no questions; skip bad-prereq patches"),
        new('f', "force", "like -t, but ignore bad-Prereq patches"),
        new('s', "quiet", "work silently unless an error occurs"),
        new('\0', "silent", "the same as --quiet"),
        new('\0', "verbose", "ignored"),
        new('\0', "dry-run", "do not actually change any files; just print what would happen"),
        new('\0', "posix", "ignored"),
        new('\0', "binary", "ignored"),
        new('b', "backup", "back up the original contents of each file"),
        new('V', "version-control", "ignored", OptionArgument.Required, "STYLE"),
        new('z', "suffix", "append SUFFIX to backup file names", OptionArgument.Required, "SUFFIX"),
        new('\0', "no-backup-if-mismatch", "back up mismatches only if otherwise requested"),
        new('d', "directory", "change the working directory to DIR first", OptionArgument.Required, "DIR"))
    { UsageErrorStatus = 2, NamesItselfInHint = true };

    public string Name => "patch";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count > 2) return table.Hint(context, $"{options.Operands[2]}: extra operand");
        string source = options.Value('i') ?? (options.Operands.Count > 1 ? options.Operands[1] : "-");
        using var file = InputFile.TryOpen(context, source, out var error);
        if (file is null) throw new CommandFailedException($"**** Can't open patch file {source} : {error.Message()}", 2);
        var patches = new PatchParser(Latin.Text(file.ReadToEnd())).Parse();
        if (patches.Count == 0)
        {
            if (file.Description.Status.Size == 0 && source != "-") return 0;
            throw new CommandFailedException("**** Only garbage was found in the patch input.", 2);
        }

        int status = 0;
        foreach (var patch in patches) status = Math.Max(status, Apply(context, options, patch));
        return status;
    }

    private static int Apply(CommandContext context, ParsedOptions options, FilePatch patch)
    {
        bool reverse = options.Has('R'), quiet = options.Has('s') || options.Has("silent"), dry = options.Has("dry-run");
        string? name = options.Operands.Count > 0 ? options.Operands[0] : Target(context, options, patch, reverse);
        if (name is null)
        {
            context.Output.WriteLine("can't find file to patch at input line 3\nPerhaps you used the wrong -p or --strip option?\nFile to patch: \nSkip this patch? [y] \nSkipping patch.");
            context.Output.WriteLine($"{patch.Hunks.Count} out of {patch.Hunks.Count} hunk{(patch.Hunks.Count == 1 ? "" : "s")} ignored");
            return 1;
        }

        string path = Resolve(context, options, name);
        bool exists = context.Files.Stat(path, followLinks: true, out var status) == FileError.None;
        var lines = new List<string>();
        if (exists)
        {
            using var input = InputFile.Open(context, path);
            if (input is null) return 1;
            string content = Latin.Text(input.ReadToEnd());
            for (int at = 0; at < content.Length;)
            {
                int end = content.IndexOf('\n', at) is >= 0 and var found ? found + 1 : content.Length;
                lines.Add(content[at..end]);
                at = end;
            }
        }

        if (!quiet) context.Output.WriteLine($"{(dry ? "checking" : "patching")} file {(options.Value('o') is { } shown ? $"{shown} (read from {name})" : name)}");
        int fuzzMax = options.Value('F') is { } f ? int.TryParse(f, out int value) && value >= 0 ? value : throw new CommandFailedException($"**** fuzz factor {f} is not a number", 2) : 2;
        var applier = new HunkApplier(lines, fuzzMax, options.Has('l'), context);
        var rejected = new List<Hunk>();
        bool inexact = false;
        for (int i = 0; i < patch.Hunks.Count; i++)
        {
            var hunk = reverse ? patch.Hunks[i].Reverse() : patch.Hunks[i];
            int fuzz = applier.Apply(hunk, out int at, out int moved);
            if (fuzz < 0)
            {
                if (i == 0 && new HunkApplier(lines, 0, options.Has('l'), context).Apply(hunk.Reverse(), out _, out _) >= 0)
                {
                    context.Output.WriteLine($"{(reverse ? "Unreversed patch detected!" : "Reversed (or previously applied) patch detected!")}  {(options.Has('N') ? "Skipping patch." : "Assume -R? [n] ")}");
                    if (!options.Has('N')) context.Output.WriteLine("Apply anyway? [n] \nSkipping patch.");
                    rejected.AddRange(patch.Hunks.Select(h => reverse ? h.Reverse() : h));
                    context.Output.WriteLine($"{rejected.Count} out of {rejected.Count} hunk{(rejected.Count == 1 ? "" : "s")} ignored{(dry ? "" : $" -- saving rejects to file {name}.rej")}");
                    if (!dry) Reject(context, options, patch, name, rejected);
                    return 1;
                }

                context.Output.WriteLine($"Hunk #{i + 1} FAILED at {hunk.Start1}.");
                rejected.Add(hunk);
                continue;
            }

            inexact |= fuzz > 0 || moved != 0;
            if ((fuzz > 0 || moved != 0) && !quiet)
                context.Output.WriteLine($"Hunk #{i + 1} succeeded at {at}{(fuzz > 0 ? $" with fuzz {fuzz}" : "")}{(moved != 0 ? $" (offset {moved} line{(Math.Abs(moved) == 1 ? "" : "s")})" : "")}.");
        }

        if (rejected.Count > 0)
            context.Output.WriteLine($"{rejected.Count} out of {patch.Hunks.Count} hunk{(patch.Hunks.Count == 1 ? "" : "s")} FAILED{(dry ? "" : $" -- saving rejects to file {name}.rej")}");
        if (dry) return rejected.Count > 0 ? 1 : 0;
        if (rejected.Count > 0) Reject(context, options, patch, name, rejected);
        if (options.Has('b') || options.Has('z') || ((inexact || rejected.Count > 0) && !options.Has("no-backup-if-mismatch")))
            Write(context, path + (options.Value('z') ?? ".orig"), string.Concat(lines), status.Mode);
        string result = string.Concat(applier.Lines);
        bool deletes = reverse ? patch.Creates : patch.Deletes;
        if (result.Length == 0 && (deletes || options.Has('E')) && !options.Has('o')) _ = context.Files.Unlink(path);
        else Write(context, options.Value('o') is { } output ? Resolve(context, options, output) : path, result, exists ? status.Mode : 0b110_110_110 & ~context.Umask);
        return rejected.Count > 0 ? 1 : 0;
    }

    private static string Resolve(CommandContext context, ParsedOptions options, string name)
        => options.Value('d') is { } directory ? PathText.Absolute(context.Resolve(directory), name) : context.Resolve(name);

    /// <summary>Of the names that the patch gives, the first that exists; for a new file the one that is made.</summary>
    private static string? Target(CommandContext context, ParsedOptions options, FilePatch patch, bool reverse)
    {
        int? strip = options.Value('p') is { } p ? int.TryParse(p, out int count) && count >= 0 ? count : throw new CommandFailedException($"**** strip count {p} is not a number", 2) : null;
        var names = new[] { reverse ? patch.NewName : patch.OldName, reverse ? patch.OldName : patch.NewName, patch.IndexName }
            .Where(n => n is not (null or "/dev/null")).Select(n => Strip(n!, strip)).OfType<string>().ToList();
        foreach (string name in names.OrderBy(n => n.Count(c => c == '/')).ThenBy(n => PathText.Name(n).Length).ThenBy(n => n.Length))
        {
            if (context.Files.Stat(Resolve(context, options, name), followLinks: true, out var status) == FileError.None && !status.IsDirectory) return name;
        }

        return (reverse ? patch.Deletes : patch.Creates) && names.Count > 0 ? names[^1] : null;
    }

    private static string? Strip(string name, int? count)
    {
        if (count is null) return PathText.Name(name);
        string rest = name;
        for (int i = 0; i < count; i++)
        {
            int slash = rest.IndexOf('/');
            if (slash < 0) return null;
            rest = rest[slash..].TrimStart('/');
        }

        // A patch must not write outside of where it is applied.
        return rest.Length == 0 || rest.Split('/').Contains("..") || (count == 0 && rest.StartsWith('/')) ? null : rest;
    }

    private static void Write(CommandContext context, string path, string content, int mode)
    {
        for (int slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1)) _ = context.Files.MakeDirectory(path[..slash], 0b111_111_111 & ~context.Umask);
        var error = context.Files.Open(path, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, mode == 0 ? 0b110_110_110 & ~context.Umask : mode, out var handle);
        if (handle is null) throw new CommandFailedException($"**** Can't open file {path} : {error.Message()}", 2);
        using (handle) error = handle.WriteAt(0, Latin.Bytes(content));
        if (error != FileError.None) throw new CommandFailedException($"**** write error : {error.Message()}", 2);
    }

    private static void Reject(CommandContext context, ParsedOptions options, FilePatch patch, string name, List<Hunk> hunks)
    {
        var text = new System.Text.StringBuilder($"--- {patch.OldName ?? name}\n+++ {patch.NewName ?? name}\n");
        foreach (var hunk in hunks)
        {
            int old = hunk.Old.Count(), @new = hunk.New.Count();
            text.Append($"@@ -{hunk.Start1}{(old == 1 ? "" : "," + old)} +{hunk.Start2}{(@new == 1 ? "" : "," + @new)} @@\n");
            foreach (var line in hunk.Lines) text.Append(line.Kind).Append(line.Text).Append(line.Text.EndsWith('\n') ? "" : "\n\\ No newline at end of file\n");
        }

        Write(context, options.Value('r') is { } reject ? Resolve(context, options, reject) : Resolve(context, options, name) + ".rej", text.ToString(), 0);
    }
}
