using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class UniqCommand : ICommand
{
    private static readonly OptionTable table = new(
        "uniq [OPTION]... [INPUT [OUTPUT]]",
        "Filter adjacent matching lines from INPUT (or standard input), writing to OUTPUT (or standard output).",
        new('c', "count", "prefix lines by the number of occurrences"),
        new('d', "repeated", "only print duplicate lines, one for each group"),
        new('D', null, "print all duplicate lines"),
        new('\0', "all-repeated", "like -D, but allow separating groups with an empty line", OptionArgument.Optional, "METHOD"),
        new('f', "skip-fields", "avoid comparing the first N fields", OptionArgument.Required, "N"),
        new('\0', "group", "show all items, separating groups with an empty line", OptionArgument.Optional, "METHOD"),
        new('i', "ignore-case", "ignore differences in case when comparing"),
        new('s', "skip-chars", "avoid comparing the first N characters", OptionArgument.Required, "N"),
        new('u', "unique", "only print unique lines"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"),
        new('w', "check-chars", "compare no more than N characters in lines", OptionArgument.Required, "N"));

    public string Name => "uniq";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count > 2) return Usage.ExtraOperand(context, options.Operands[2]);
        int skipFields = Number(options.Value('f'), "fields to skip"), skipBytes = Number(options.Value('s'), "bytes to skip");
        int width = options.Value('w') is { } w ? Number(w, "bytes to compare") : int.MaxValue;
        bool count = options.Has('c'), ignoreCase = options.Has('i');
        string? all = options.Has('D') ? "none" : options.Has("all-repeated") ? options.Value("all-repeated") ?? "none" : null;
        string? group = options.Has("group") ? options.Value("group") ?? "separate" : null;
        if (all is not (null or "none" or "prepend" or "separate")) return Usage.Error(context, $"invalid argument {Latin.Quote(all)} for '--all-repeated'");
        if (group is not null && (count || options.Has('d') || options.Has('u') || all is not null)) return Usage.Error(context, "--group is mutually exclusive with -c/-d/-D/-u");
        if (count && all is not null) return Usage.Error(context, "printing all duplicated lines and repeat counts is meaningless");
        byte terminator = options.Has('z') ? (byte)0 : (byte)'\n';
        using var file = InputFile.Open(context, options.Operands.Count > 0 ? options.Operands[0] : "-");
        if (file is null) return 1;
        var output = context.Output;
        FileDescription? target = null;
        if (options.Operands.Count == 2 && options.Operands[1] != "-")
        {
            var error = context.Open(options.Operands[1], FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out target);
            if (target is null) throw new CommandFailedException($"{options.Operands[1]}: {error.Message()}");
            output = context.Writer(target);
        }

        bool onlyRepeated = options.Has('d') || all is not null, onlyUnique = options.Has('u');
        var current = new ByteText(context.Budget);
        long repeats = 0;
        bool wroteGroup = false;
        void EndGroup()
        {
            if (repeats == 0 || all is not null || group is not null) return;
            if (onlyRepeated && repeats == 1) return;
            if (onlyUnique && repeats > 1) return;
            if (count) output.Write($"{repeats,7} ");
            output.Write(current.Span);
            output.WriteByte(terminator);
        }

        var lines = file.Lines;
        while (lines.TryRead(out ReadOnlySpan<byte> block, terminator))
        {
            while (!block.IsEmpty)
            {
                int end = block.IndexOf(terminator);
                var line = end < 0 ? block : block[..end];
                block = end < 0 ? default : block[(end + 1)..];
                bool same = repeats > 0 && Same(Key(current.Span, skipFields, skipBytes, width), Key(line, skipFields, skipBytes, width), ignoreCase);
                if (!same)
                {
                    EndGroup();
                    if (group is not null)
                    {
                        if (group is "prepend" or "both" || (repeats > 0 && group is "separate" or "append" && repeats > 0)) output.WriteByte(terminator);
                    }

                    repeats = 0;
                }

                repeats++;
                if (group is not null) Write(output, line, terminator);
                else if (all is not null && !onlyUnique)
                {
                    if (repeats == 2)
                    {
                        if (all == "prepend" || (all == "separate" && wroteGroup)) output.WriteByte(terminator);
                        Write(output, current.Span, terminator);
                        wroteGroup = true;
                    }

                    if (repeats >= 2) Write(output, line, terminator);
                }

                if (!same) current.Set(line);
            }
        }

        EndGroup();
        if (group is "append" or "both" && repeats > 0) output.WriteByte(terminator);
        output.Flush();
        target?.Release();
        if (file.Error == FileError.None) return 0;
        context.Complain($"error reading {Latin.Quote(file.Name)}: {file.Error.Message()}");
        return 1;
    }

    private static void Write(OutputWriter output, ReadOnlySpan<byte> line, byte terminator)
    {
        output.Write(line);
        output.WriteByte(terminator);
    }

    private static bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, bool ignoreCase)
        => a.SequenceEqual(b) || (ignoreCase && a.Length == b.Length && SameIgnoringCase(a, b));

    private static bool SameIgnoringCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i] && char.ToLowerInvariant((char)a[i]) != char.ToLowerInvariant((char)b[i])) return false;
        }

        return true;
    }

    private static ReadOnlySpan<byte> Key(ReadOnlySpan<byte> line, int fields, int bytes, int width)
    {
        int at = 0;
        for (; fields > 0 && at < line.Length; fields--)
        {
            while (at < line.Length && line[at] is (byte)' ' or (byte)'\t') at++;
            while (at < line.Length && line[at] is not ((byte)' ' or (byte)'\t')) at++;
        }

        var key = line[Math.Min(line.Length, at + bytes)..];
        return key[..Math.Min(width, key.Length)];
    }

    private static int Number(string? text, string what)
        => text is null ? 0
            : text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? (int)Math.Min(1 << 30, text.Length > 9 ? 1 << 30 : long.Parse(text))
            : throw new CommandFailedException($"{text}: invalid number of {what}");
}
