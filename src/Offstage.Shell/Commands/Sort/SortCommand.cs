using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sort;

internal sealed class SortCommand : ICommand
{
    private static readonly OptionTable table = new(
        "sort [OPTION]... [FILE]...\nsort [OPTION]... --files0-from=F",
        "Write sorted concatenation of all FILE(s) to standard output.",
        new('b', "ignore-leading-blanks", "ignore leading blanks"),
        new('d', "dictionary-order", "consider only blanks and alphanumeric characters"),
        new('f', "ignore-case", "fold lower case to upper case characters"),
        new('g', "general-numeric-sort", "compare according to general numerical value"),
        new('i', "ignore-nonprinting", "consider only printable characters"),
        new('M', "month-sort", "compare (unknown) < 'JAN' < ... < 'DEC'"),
        new('h', "human-numeric-sort", "compare human readable numbers (e.g., 2K 1G)"),
        new('n', "numeric-sort", "compare according to string numerical value"),
        new('R', "random-sort", "shuffle, but group identical keys"),
        new('\0', "random-source", "ignored", OptionArgument.Required, "FILE"),
        new('r', "reverse", "reverse the result of comparisons"),
        new('\0', "sort", "sort according to WORD", OptionArgument.Required, "WORD"),
        new('V', "version-sort", "natural sort of (version) numbers within text"),
        new('\0', "batch-size", "ignored", OptionArgument.Required, "NMERGE"),
        new('c', null, "check for sorted input; do not sort"),
        new('\0', "check", "the same as -c, or as -C when WHEN is quiet", OptionArgument.Optional, "WHEN"),
        new('C', null, "like -c, but do not report first bad line"),
        new('\0', "compress-program", "ignored", OptionArgument.Required, "PROG"),
        new('\0', "debug", "ignored"),
        new('\0', "files0-from", "read input from the files specified by NUL-terminated names in file F", OptionArgument.Required, "F"),
        new('k', "key", "sort via a key; KEYDEF gives location and type", OptionArgument.Required, "KEYDEF"),
        new('m', "merge", "merge already sorted files; do not sort"),
        new('o', "output", "write result to FILE instead of standard output", OptionArgument.Required, "FILE"),
        new('s', "stable", "stabilize sort by disabling last-resort comparison"),
        new('S', "buffer-size", "ignored", OptionArgument.Required, "SIZE"),
        new('t', "field-separator", "use SEP instead of non-blank to blank transition", OptionArgument.Required, "SEP"),
        new('T', "temporary-directory", "ignored", OptionArgument.Required, "DIR"),
        new('\0', "parallel", "ignored", OptionArgument.Required, "N"),
        new('u', "unique", "output only the first of an equal run"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"))
    { UsageErrorStatus = 2 };

    public string Name => "sort";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var global = SortRules.Plain;
        foreach (var given in options.Given)
        {
            if (given.Key == "sort") global = global.With(given.Value switch { "numeric" => 'n', "general-numeric" => 'g', "human-numeric" => 'h', "month" => 'M', "random" => 'R', "version" => 'V', _ => throw new CommandFailedException($"invalid argument {Latin.Quote(given.Value!)} for '--sort'", 2) })!;
            else if (given.Key.Length == 1 && given.Option.Argument == OptionArgument.None && global.With(given.Key[0]) is { } next) global = next;
        }

        var keys = options.Values('k').Select(SortKey.Parse).Select(k => k.HasOwnRules ? k : k with { Rules = global }).ToArray();
        int separator = -1;
        if (options.Value('t') is { } t)
        {
            if (t.Length == 0) throw new CommandFailedException("empty tab", 2);
            if (t == "\\0") separator = 0;
            else separator = t.Length == 1 ? t[0] : throw new CommandFailedException($"multi-character tab {Latin.Quote(t)}", 2);
        }

        byte terminator = options.Has('z') ? (byte)0 : (byte)'\n';
        bool unique = options.Has('u'), check = options.Has('c') || options.Has('C') || options.Has("check");
        List<string> names = options.Operands;
        if (options.Value("files0-from") is { } list)
        {
            using var file = InputFile.TryOpen(context, list, out var error) ?? throw new CommandFailedException($"open failed: {list}: {error.Message()}", 2);
            names = [.. Latin.Text(file.ReadToEnd()).Split('\0', StringSplitOptions.RemoveEmptyEntries)];
        }

        if (check && names.Count > 1) return Usage.Error(context, $"extra operand {Latin.Quote(names[1])} not allowed with -c", 2);
        var text = SortText.Read(context, names, terminator);
        SortKey[] ordering = keys.Length > 0 ? keys : [SortKey.Line(global)];
        bool isPlain = keys.Length == 0 && global.IsPlain && !global.SkipStartBlanks;
        var lastResort = options.Has('s') || unique || isPlain ? null : SortKey.Line(SortRules.Plain with { Reverse = global.Reverse });
        var comparer = new LineComparer(text, ordering, lastResort?.Rules, separator, context);
        if (check) return Check(context, text, comparer, names.Count == 0 ? "-" : names[0], unique, options.Has('C') || options.Value("check") is "quiet" or "silent");
        int[] lines = LineSorter.Sort(text, ordering, lastResort, separator, comparer, context);
        FileDescription? target = null;
        var output = context.Output;
        if (options.Value('o') is { } path)
        {
            var error = context.Open(path, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out target);
            if (target is null) throw new CommandFailedException($"open failed: {path}: {error.Message()}", 2);
            output = context.Writer(target);
        }

        Write(output, text, lines, unique ? comparer : null);
        output.Flush();
        target?.Release();
        text.Release();
        return 0;
    }

    private static void Write(OutputWriter output, SortText text, int[] lines, LineComparer? unique)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            if (unique is null || i == 0 || unique.CompareKeys(lines[i - 1], lines[i]) != 0) output.Write(text.TerminatedLine(lines[i]));
        }
    }

    private static int Check(CommandContext context, SortText text, LineComparer comparer, string name, bool unique, bool quiet)
    {
        for (int i = 1; i < text.Count; i++)
        {
            if ((i & 0xFFF) == 0) context.Check();
            int order = unique ? comparer.CompareKeys(i - 1, i) : comparer.CompareForCheck(i - 1, i);
            if (unique ? order < 0 : order <= 0) continue;
            if (!quiet) context.Complain($"{name}:{i + 1}: disorder: {Latin.Text(text.Line(i))}");
            return 1;
        }

        return 0;
    }
}
