using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class CatCommand : ICommand
{
    private static readonly OptionTable table = new(
        "cat [OPTION]... [FILE]...",
        "Concatenate FILE(s) to standard output.",
        new('A', "show-all", "equivalent to -vET"),
        new('b', "number-nonblank", "number nonempty output lines, overrides -n"),
        new('e', null, "equivalent to -vE"),
        new('E', "show-ends", "display $ at end of each line"),
        new('n', "number", "number all output lines"),
        new('s', "squeeze-blank", "suppress repeated empty output lines"),
        new('t', null, "equivalent to -vT"),
        new('T', "show-tabs", "display TAB characters as ^I"),
        new('u', null, "(ignored)"),
        new('v', "show-nonprinting", "use ^ and M- notation, except for LFD and TAB"));

    public string Name => "cat";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var status = new RunningStatus();
        bool plain = options.Given.All(g => g.Key == "u");
        var lines = plain ? null : new Lines(context.Output, options);
        foreach (var file in InputFile.OpenAll(context, options.Operands, status))
        {
            if (plain)
            {
                while (file.Lines.TryReadAny(out var block)) context.Output.Write(block);
            }
            else
            {
                while (file.Reader.TryReadLine(out var line, out bool ended)) lines!.Write(line, ended);
            }
        }

        return status.Value;
    }

    /// <summary>Writes lines with what the options add to them.</summary>
    private sealed class Lines(OutputWriter output, ParsedOptions options)
    {
        private readonly bool visible = options.Has('v') || options.Has('A') || options.Has('e') || options.Has('t');
        private readonly bool ends = options.Has('E') || options.Has('A') || options.Has('e');
        private readonly bool tabs = options.Has('T') || options.Has('A') || options.Has('t');
        private readonly bool numberFilled = options.Has('b');
        private readonly bool numberAll = options.Has('n');
        private readonly bool squeeze = options.Has('s');
        private long number;
        private bool blankBefore;
        private bool inLine;

        public void Write(ReadOnlySpan<byte> line, bool ended)
        {
            bool blank = line.IsEmpty && ended && !inLine;
            if (blank && blankBefore && squeeze) return;
            blankBefore = blank;
            if (!inLine && (numberFilled ? !blank : numberAll)) output.Write($"{++number,6}\t");
            foreach (byte b in line) Byte(b, ended);
            inLine = !ended;
            if (!ended) return;
            if (ends) output.WriteByte((byte)'$');
            output.WriteByte((byte)'\n');
        }

        private void Byte(byte b, bool ended)
        {
            if (b == '\t')
            {
                if (tabs) output.Write("^I");
                else output.WriteByte(b);
                return;
            }

            if (!visible)
            {
                // With -E alone a carriage return before the line's end is shown too.
                _ = ended;
                output.WriteByte(b);
                return;
            }

            if (b >= 128) output.Write("M-");
            int low = b & 0x7F;
            if (low < 32) output.Write($"^{(char)(low + 64)}");
            else if (low == 127) output.Write("^?");
            else output.WriteByte((byte)low);
        }
    }
}
