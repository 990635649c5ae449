using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class CommCommand : ICommand
{
    private static readonly OptionTable table = new(
        "comm [OPTION]... FILE1 FILE2",
        "Compare sorted files FILE1 and FILE2 line by line.",
        new('1', null, "suppress column 1 (lines unique to FILE1)"),
        new('2', null, "suppress column 2 (lines unique to FILE2)"),
        new('3', null, "suppress column 3 (lines that appear in both files)"),
        new('\0', "check-order", "check that the input is correctly sorted, even if all input lines are pairable"),
        new('\0', "nocheck-order", "do not check that the input is correctly sorted"),
        new('\0', "output-delimiter", "separate columns with STR", OptionArgument.Required, "STR"),
        new('\0', "total", "output a summary"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"));

    public string Name => "comm";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        if (options.Operands.Count == 1) return Usage.MissingOperandAfter(context, options.Operands[0]);
        if (options.Operands.Count > 2) return Usage.ExtraOperand(context, options.Operands[2]);
        byte terminator = options.Has('z') ? (byte)0 : (byte)'\n';
        string delimiter = options.Value("output-delimiter") ?? "\t";
        using var first = InputFile.Open(context, options.Operands[0]);
        if (first is null) return 1;
        using var second = InputFile.Open(context, options.Operands[1]);
        if (second is null) return 1;
        var left = new Side(context, first, terminator, "1");
        var right = new Side(context, second, terminator, "2");
        long[] totals = new long[3];
        bool[] hides = [options.Has('1'), options.Has('2'), options.Has('3')];
        bool checks = !options.Has("nocheck-order"), always = options.Has("check-order"), anyUnpaired = false;
        while (left.HasLine || right.HasLine)
        {
            int order = !left.HasLine ? 1 : !right.HasLine ? -1 : left.Line.SequenceCompareTo(right.Line);
            anyUnpaired |= order != 0;
            int column = order < 0 ? 0 : order > 0 ? 1 : 2;
            totals[column]++;
            if (!hides[column])
            {
                for (int i = 0; i < column; i++)
                {
                    if (!hides[i]) context.Output.Write(delimiter);
                }

                context.Output.Write(order <= 0 ? left.Line : right.Line);
                context.Output.WriteByte(terminator);
            }

            if (order <= 0) left.Advance(checks && (anyUnpaired || always), always);
            if (order >= 0) right.Advance(checks && (anyUnpaired || always), always);
        }

        if (options.Has("total")) context.Output.WriteLine($"{totals[0]}{delimiter}{totals[1]}{delimiter}{totals[2]}{delimiter}total");
        if (!left.IsDisordered && !right.IsDisordered) return 0;
        context.Complain("input is not in sorted order");
        return 1;
    }

    private sealed class Side
    {
        private readonly CommandContext context;
        private readonly InputFile file;
        private readonly byte terminator;
        private readonly string number;
        private ByteText current;
        private ByteText before;
        private ByteText earlier;

        public Side(CommandContext context, InputFile file, byte terminator, string number)
        {
            (this.context, this.file, this.terminator, this.number) = (context, file, terminator, number);
            current = new ByteText(context.Budget);
            before = new ByteText(context.Budget);
            earlier = new ByteText(context.Budget);
            Read();
        }

        public bool HasLine { get; private set; }

        public bool IsDisordered { get; private set; }

        public ReadOnlySpan<byte> Line => current.Span;

        public void Advance(bool checks, bool fatal)
        {
            (earlier, before, current) = (before, current, earlier);
            Read();
            if (!checks || IsDisordered) return;
            // At the end of the file its last two lines are looked at once more: they may have been a pair's.
            if (HasLine ? before.Span.SequenceCompareTo(Line) <= 0 : earlier.Span.SequenceCompareTo(before.Span) <= 0) return;
            context.Complain($"file {number} is not in sorted order");
            if (fatal) throw new CommandFailedException("input is not in sorted order");
            IsDisordered = true;
        }

        private void Read()
        {
            HasLine = file.Reader.TryReadLine(out var line, out _, terminator);
            current.Set(line);
            if (!HasLine && file.Error != FileError.None) throw new CommandFailedException($"{file.Name}: {file.Error.Message()}");
        }
    }
}
