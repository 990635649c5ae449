using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class ShufCommand : ICommand
{
    private static readonly OptionTable table = new(
        "shuf [OPTION]... [FILE]\nshuf -e [OPTION]... [ARG]...\nshuf -i LO-HI [OPTION]...",
        "Write a random permutation of the input lines to standard output.",
        new('e', "echo", "treat each ARG as an input line"),
        new('i', "input-range", "treat each number LO through HI as an input line", OptionArgument.Required, "LO-HI"),
        new('n', "head-count", "output at most COUNT lines", OptionArgument.Required, "COUNT"),
        new('o', "output", "write result to FILE instead of standard output", OptionArgument.Required, "FILE"),
        new('\0', "random-source", "take the seed from FILE", OptionArgument.Required, "FILE"),
        new('r', "repeat", "output lines can be repeated"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"));

    public string Name => "shuf";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        byte terminator = options.Has('z') ? (byte)0 : (byte)'\n';
        var lines = Lines(context, options, terminator);
        if (lines is null) return 1;
        long count = options.Value('n') is { } n ? long.TryParse(n, out long value) && value >= 0 ? value : throw new CommandFailedException($"invalid line count: {Latin.Quote(n)}") : options.Has('r') ? long.MaxValue : lines.Count;
        int seed = (int)context.Time.GetTimestamp();
        if (options.Value("random-source") is { } source)
        {
            using var file = InputFile.Open(context, source);
            if (file is null) return 1;
            _ = file.Reader.TryReadBlock(out var block);
            seed = block.Length;
            foreach (byte b in block) seed = (seed * 31) + b;
        }

        var random = new Random(seed);
        if (!options.Has('r')) random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(lines));
        else if (lines.Count == 0 && count > 0) throw new CommandFailedException("no lines to repeat");
        var output = context.Output;
        FileDescription? target = null;
        if (options.Value('o') is { } path)
        {
            var error = context.Open(path, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out target);
            if (target is null) throw new CommandFailedException($"{path}: {error.Message()}");
            output = context.Writer(target);
        }

        for (long i = 0; i < (options.Has('r') ? count : Math.Min(count, lines.Count)); i++)
        {
            if ((i & 0xFFF) == 0) context.Check();
            output.Write(lines[options.Has('r') ? random.Next(lines.Count) : (int)i]);
            output.WriteByte(terminator);
        }

        output.Flush();
        target?.Release();
        return 0;
    }

    private static List<string>? Lines(CommandContext context, ParsedOptions options, byte terminator)
    {
        if (options.Has('e')) return options.Operands;
        if (options.Value('i') is { } range)
        {
            string[] ends = range.Split('-');
            if (ends.Length != 2 || !long.TryParse(ends[0], out long low) || !long.TryParse(ends[1], out long high) || high < low - 1) throw new CommandFailedException($"invalid input range: {Latin.Quote(range)}");
            context.Budget.Hold((high - low + 1) * 40);
            return [.. Enumerable.Range(0, (int)(high - low + 1)).Select(i => (low + i).ToString())];
        }

        if (options.Operands.Count > 1)
        {
            Usage.ExtraOperand(context, options.Operands[1]);
            return null;
        }

        using var file = InputFile.Open(context, options.Operands.Count == 1 ? options.Operands[0] : "-");
        if (file is null) return null;
        var lines = new List<string>();
        while (file.Reader.TryReadLine(out var line, out _, terminator))
        {
            context.Budget.Hold(line.Length * 2);
            lines.Add(Latin.Text(line));
        }

        return lines;
    }
}
