using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class CutCommand : ICommand
{
    private static readonly OptionTable table = new(
        "cut OPTION... [FILE]...",
        "Print selected parts of lines from each FILE to standard output.",
        new('b', "bytes", "select only these bytes", OptionArgument.Required, "LIST"),
        new('c', "characters", "select only these characters", OptionArgument.Required, "LIST"),
        new('d', "delimiter", "use DELIM instead of TAB for field delimiter", OptionArgument.Required, "DELIM"),
        new('f', "fields", "select only these fields", OptionArgument.Required, "LIST"),
        new('n', null, "(ignored)"),
        new('\0', "complement", "complement the set of selected bytes, characters or fields"),
        new('s', "only-delimited", "do not print lines not containing delimiters"),
        new('\0', "output-delimiter", "use STRING as the output delimiter", OptionArgument.Required, "STRING"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"));

    public string Name => "cut";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        int kinds = (options.Has('b') ? 1 : 0) + (options.Has('c') ? 1 : 0) + (options.Has('f') ? 1 : 0);
        if (kinds == 0) return Usage.Error(context, "you must specify a list of bytes, characters, or fields");
        if (kinds > 1 || options.Given.Count(g => g.Key is "b" or "c" or "f") > 1) return Usage.Error(context, "only one list may be specified");
        bool fields = options.Has('f');
        if (options.Has('d') && !fields) return Usage.Error(context, "an input delimiter may be specified only when operating on fields");
        if (options.Has('s') && !fields) return Usage.Error(context, "suppressing non-delimited lines makes sense\n\tonly when operating on fields");
        if (options.Value('d') is { Length: > 1 }) return Usage.Error(context, "the delimiter must be a single character");
        FieldList list;
        try
        {
            list = FieldList.Parse(options.Value('f') ?? options.Value('b') ?? options.Value('c')!, fields, options.Has("complement"));
        }
        catch (CommandFailedException error)
        {
            return Usage.Error(context, error.Message);
        }

        byte delimiter = options.Value('d') is { } d ? (d.Length == 0 ? (byte)0 : (byte)d[0]) : (byte)'\t';
        byte terminator = options.Has('z') ? (byte)0 : (byte)'\n';
        byte[]? between = options.Value("output-delimiter") is { } output ? Latin.Bytes(output) : null;
        var status = new RunningStatus();
        foreach (var file in InputFile.OpenAll(context, options.Operands, status))
        {
            while (file.Lines.TryRead(out ReadOnlySpan<byte> block, terminator))
            {
                while (!block.IsEmpty)
                {
                    int end = block.IndexOf(terminator);
                    var line = end < 0 ? block : block[..end];
                    block = end < 0 ? default : block[(end + 1)..];
                    if (fields) Fields(context.Output, line, list, delimiter, between, options.Has('s'), terminator);
                    else Bytes(context.Output, line, list, between, terminator);
                }
            }
        }

        return status.Value;
    }

    private static void Bytes(OutputWriter output, ReadOnlySpan<byte> line, FieldList list, byte[]? between, byte terminator)
    {
        bool first = true;
        foreach (var (low, high) in list.Ranges)
        {
            if (low > line.Length) break;
            if (!first && between is not null) output.Write(between);
            first = false;
            output.Write(line[(int)(low - 1)..(int)Math.Min(high, line.Length)]);
        }

        output.WriteByte(terminator);
    }

    private static void Fields(OutputWriter output, ReadOnlySpan<byte> line, FieldList list, byte delimiter, byte[]? between, bool onlyDelimited, byte terminator)
    {
        int end = line.IndexOf(delimiter);
        if (end < 0)
        {
            if (onlyDelimited) return;
            output.Write(line);
            output.WriteByte(terminator);
            return;
        }

        long number = 1;
        int start = 0;
        bool first = true;
        foreach (var (low, high) in list.Ranges)
        {
            while (number < low && end >= 0) Next(line, delimiter, ref start, ref end, ref number);
            if (number < low) break;
            if (between is null)
            {
                // The delimiters between neighbours are copied with them.
                int from = start;
                while (number < high && end >= 0) Next(line, delimiter, ref start, ref end, ref number);
                if (!first) output.WriteByte(delimiter);
                output.Write(line[from..(end < 0 ? line.Length : end)]);
                first = false;
                if (end < 0) break;
                continue;
            }

            while (true)
            {
                if (!first) output.Write(between);
                first = false;
                output.Write(line[start..(end < 0 ? line.Length : end)]);
                if (end < 0 || number >= high) break;
                Next(line, delimiter, ref start, ref end, ref number);
            }

            if (end < 0) break;
        }

        output.WriteByte(terminator);
    }

    private static void Next(ReadOnlySpan<byte> line, byte delimiter, ref int start, ref int end, ref long number)
    {
        start = end + 1;
        int length = line[start..].IndexOf(delimiter);
        end = length < 0 ? -1 : start + length;
        number++;
    }
}
