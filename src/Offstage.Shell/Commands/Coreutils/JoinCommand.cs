using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class JoinCommand : ICommand
{
    private static readonly OptionTable table = new(
        "join [OPTION]... FILE1 FILE2",
        "For each pair of input lines with identical join fields, write a line to standard output.",
        new('a', null, "also print unpairable lines from file FILENUM", OptionArgument.Required, "FILENUM"),
        new('e', null, "replace missing input fields with STRING", OptionArgument.Required, "STRING"),
        new('i', "ignore-case", "ignore differences in case when comparing fields"),
        new('j', null, "equivalent to '-1 FIELD -2 FIELD'", OptionArgument.Required, "FIELD"),
        new('o', null, "obey FORMAT while constructing output line", OptionArgument.Required, "FORMAT"),
        new('t', null, "use CHAR as input and output field separator", OptionArgument.Required, "CHAR"),
        new('v', null, "like -a FILENUM, but suppress joined output lines", OptionArgument.Required, "FILENUM"),
        new('1', null, "join on this FIELD of file 1", OptionArgument.Required, "FIELD"),
        new('2', null, "join on this FIELD of file 2", OptionArgument.Required, "FIELD"),
        new('\0', "check-order", "ignored"),
        new('\0', "nocheck-order", "do not check that the input is correctly sorted"),
        new('\0', "header", "treat the first line in each file as field headers"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"));

    public string Name => "join";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        if (options.Operands.Count == 1) return Usage.MissingOperandAfter(context, options.Operands[0]);
        if (options.Operands.Count > 2) return Usage.ExtraOperand(context, options.Operands[2]);
        var join = new Joiner(context, options);
        var left = join.Read(options.Operands[0], 0);
        var right = join.Read(options.Operands[1], 1);
        if (left is null || right is null) return 1;
        return join.Run(left, right);
    }

    private sealed record Row(string[] Fields, string Key);

    private sealed class Joiner
    {
        private readonly CommandContext context;
        private readonly ParsedOptions options;
        private readonly int[] keys = [0, 0];
        private readonly char? separator;
        private readonly string? filler;
        private readonly byte terminator;
        private readonly StringComparison comparison;
        private List<(int File, int Field)>? format;

        public Joiner(CommandContext context, ParsedOptions options)
        {
            (this.context, this.options) = (context, options);
            if (options.Value('j') is { } both) keys[0] = keys[1] = Field(both);
            if (options.Value('1') is { } one) keys[0] = Field(one);
            if (options.Value('2') is { } two) keys[1] = Field(two);
            separator = options.Value('t') is { } t ? (t.Length == 0 ? '\n' : t == "\\0" ? '\0' : t.Length == 1 ? t[0] : throw new CommandFailedException($"multi-character tab {Latin.Quote(t)}")) : null;
            filler = options.Value('e');
            terminator = options.Has('z') ? (byte)0 : (byte)'\n';
            comparison = options.Has('i') ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            if (options.Has('o') && options.Value('o') != "auto") format = [.. options.Values('o').SelectMany(o => o.Split(',', ' ')).Where(o => o.Length > 0).Select(Place)];
        }

        public List<Row>? Read(string name, int file)
        {
            using var input = InputFile.Open(context, name);
            if (input is null) return null;
            var rows = new List<Row>();
            while (input.Reader.TryReadLine(out var line, out _, terminator))
            {
                context.Budget.Hold(line.Length * 2);
                string text = Latin.Text(line);
                string[] fields = separator is { } s ? text.Split(s) : text.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
                rows.Add(new(fields, keys[file] < fields.Length ? fields[keys[file]] : ""));
            }

            if (input.Error == FileError.None) return rows;
            context.Complain(name, input.Error);
            return null;
        }

        public int Run(List<Row> left, List<Row> right)
        {
            if (options.Value('o') == "auto")
            {
                format = [(0, 0)];
                for (int i = 0; i < (left.Count > 0 ? left[0].Fields.Length : 0); i++) if (i != keys[0]) format.Add((1, i));
                for (int i = 0; i < (right.Count > 0 ? right[0].Fields.Length : 0); i++) if (i != keys[1]) format.Add((2, i));
            }

            var unpaired = options.Values('a').Concat(options.Values('v')).ToHashSet();
            bool paired = !options.Has('v');
            int i1 = 0, i2 = 0, status = 0;
            if (options.Has("header") && (left.Count > 0 || right.Count > 0)) Write(i1 < left.Count ? left[i1++] : null, i2 < right.Count ? right[i2++] : null);
            bool checks = !options.Has("nocheck-order") && !options.Has("header"), told1 = false, told2 = false, anyUnpaired = false;
            while (i1 < left.Count || i2 < right.Count)
            {
                context.Check();
                int order = i1 >= left.Count ? 1 : i2 >= right.Count ? -1 : string.Compare(left[i1].Key, right[i2].Key, comparison);
                anyUnpaired |= order != 0;
                if (order < 0)
                {
                    if (unpaired.Contains("1")) Write(left[i1], null);
                    i1++;
                }
                else if (order > 0)
                {
                    if (unpaired.Contains("2")) Write(null, right[i2]);
                    i2++;
                }
                else
                {
                    int end1 = i1, end2 = i2;
                    while (end1 < left.Count && string.Equals(left[end1].Key, left[i1].Key, comparison)) end1++;
                    while (end2 < right.Count && string.Equals(right[end2].Key, right[i2].Key, comparison)) end2++;
                    for (int a = i1; paired && a < end1; a++)
                    {
                        for (int b = i2; b < end2; b++) Write(left[a], right[b]);
                    }

                    (i1, i2) = (end1, end2);
                }

                if (!checks || !anyUnpaired) continue;
                status |= Disorder(left, i1, options.Operands[0], ref told1) | Disorder(right, i2, options.Operands[1], ref told2);
            }

            if (status != 0) context.Complain("input is not in sorted order");
            return status;
        }

        private int Disorder(List<Row> rows, int at, string name, ref bool told)
        {
            if (told || at == 0 || at >= rows.Count || string.Compare(rows[at - 1].Key, rows[at].Key, comparison) <= 0) return 0;
            told = true;
            context.Complain($"{name}:{at + 1}: is not sorted: {string.Join(separator ?? ' ', rows[at].Fields)}");
            return 1;
        }

        private void Write(Row? left, Row? right)
        {
            var fields = new List<string>();
            if (format is not null)
            {
                foreach (var (file, field) in format) fields.Add(Value(file, field, left, right));
            }
            else
            {
                fields.Add(left?.Key ?? right!.Key);
                for (int i = 0; i < left?.Fields.Length; i++) if (i != keys[0]) fields.Add(Fill(left.Fields[i]));
                for (int i = 0; i < right?.Fields.Length; i++) if (i != keys[1]) fields.Add(Fill(right.Fields[i]));
            }

            context.Output.Write(string.Join(separator is null or '\n' ? ' ' : separator.Value, fields));
            context.Output.WriteByte(terminator);
        }

        private string Fill(string text) => text.Length == 0 && filler is not null ? filler : text;

        private string Value(int file, int field, Row? left, Row? right)
        {
            if (file == 0) return Fill(left?.Key ?? right!.Key);
            var row = file == 1 ? left : right;
            return Fill(row is not null && field < row.Fields.Length ? row.Fields[field] : "");
        }

        private static (int File, int Field) Place(string text)
        {
            if (text == "0") return (0, 0);
            return text.Length > 2 && text[0] is '1' or '2' && text[1] == '.' ? (text[0] - '0', Field(text[2..])) : throw new CommandFailedException($"invalid field specifier: {Latin.Quote(text)}");
        }

        private static int Field(string text) => int.TryParse(text, out int value) && value > 0 ? value - 1 : throw new CommandFailedException($"invalid field number: {Latin.Quote(text)}");
    }
}
