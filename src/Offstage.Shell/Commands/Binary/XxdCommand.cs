using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

internal sealed class XxdCommand : ICommand
{
    private static readonly OptionTable table = new(
        "xxd [options] [infile [outfile]]",
        "Make a hexdump or do the reverse.",
        new('b', "bits", "binary digit dump"),
        new('c', "cols", "format <cols> octets per line", OptionArgument.Required, "cols"),
        new('e', null, "little-endian dump"),
        new('g', "groupsize", "number of octets per group in normal output", OptionArgument.Required, "bytes"),
        new('i', "include", "output in C include file style"),
        new('l', "len", "stop after <len> octets", OptionArgument.Required, "len"),
        new('n', "name", "set the variable name used in C include output", OptionArgument.Required, "name"),
        new('o', "offset", "add <off> to the displayed file position", OptionArgument.Required, "off"),
        new('p', "ps", "output in postscript plain hexdump style"),
        new('r', "revert", "reverse operation: convert hexdump into binary"),
        new('s', "seek", "start at <seek> bytes", OptionArgument.Required, "seek"),
        new('u', null, "use upper case hex letters"));

    public string Name => "xxd";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, [.. context.Arguments.Select(a => a is "-plain" or "-postscript" ? "-p" : a == "-include" ? "-i" : a)], out int usage);
        if (options is null) return usage;
        using var file = InputFile.TryOpen(context, options.Operands.Count > 0 ? options.Operands[0] : "-", out var error);
        if (file is null) throw new CommandFailedException($"{options.Operands[0]}: {error.Message()}", 2);
        FileDescription? target = null;
        var output = context.Output;
        if (options.Operands.Count > 1)
        {
            error = context.Open(options.Operands[1], FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out target);
            if (target is null) throw new CommandFailedException($"{options.Operands[1]}: {error.Message()}", 3);
            output = context.Writer(target);
        }

        if (options.Has('r')) output.Write(Reverse(Latin.Text(file.ReadToEnd()), options.Has('p')));
        else Dump(context, output, options, file);
        output.Flush();
        target?.Release();
        return 0;
    }

    private static long Number(ParsedOptions options, char key, long otherwise)
    {
        if (options.Value(key) is not { } text) return otherwise;
        bool negative = text.StartsWith('-');
        string digits = text.TrimStart('-', '+');
        long value = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Convert.ToInt64(digits[2..], 16)
            : long.TryParse(digits, out long number) ? number : throw new CommandFailedException($"invalid number {Latin.Quote(text)}");
        return negative ? -value : value;
    }

    private static void Dump(CommandContext context, OutputWriter output, ParsedOptions options, InputFile file)
    {
        long seek = Number(options, 's', 0);
        if (seek < 0) seek = Math.Max(0, file.Description.Status.Size + seek);
        long limit = Number(options, 'l', long.MaxValue);
        using var input = new ConcatenatedInput([file]);
        long at = input.Skip(seek) + Number(options, 'o', 0);
        string format = options.Has('u') ? "X2" : "x2";
        bool bits = options.Has('b'), little = options.Has('e'), plain = options.Has('p');
        int columns = (int)Math.Clamp(Number(options, 'c', plain ? 30 : options.Has('i') ? 12 : bits ? 6 : 16), 1, 256);
        int group = (int)Math.Clamp(Number(options, 'g', bits ? 1 : little ? 4 : 2), 0, 256);
        if (options.Has('i'))
        {
            Include(context, output, options, input, limit, columns, format);
            return;
        }

        byte[] read = new byte[columns];
        for (int length; (length = input.Read(read.AsSpan(0, (int)Math.Min(columns, limit)))) > 0; at += length, limit -= length)
        {
            context.Check();
            var row = read.AsSpan(0, length);
            if (plain)
            {
                foreach (byte b in row) output.Write(b.ToString(format));
                output.Write("\n");
                continue;
            }

            var line = new StringBuilder($"{at:x8}: ");
            var shown = new StringBuilder();
            for (int i = 0; i < columns; i++)
            {
                int index = little && group > 0 ? (i / group * group) + group - 1 - (i % group) : i;
                shown.Append(index < row.Length ? (bits ? Convert.ToString(row[index], 2).PadLeft(8, '0') : row[index].ToString(format)) : bits ? "        " : "  ");
                if (group > 0 && (i + 1) % group == 0 && i + 1 < columns) shown.Append(' ');
            }

            line.Append(shown).Append("  ");
            foreach (byte b in row) line.Append(b is >= 32 and < 127 ? (char)b : '.');
            output.Write(line.Append('\n').ToString());
        }
    }

    private static void Include(CommandContext context, OutputWriter output, ParsedOptions options, ConcatenatedInput input, long limit, int columns, string format)
    {
        string? name = options.Value('n') ?? (options.Operands.Count > 0 && options.Operands[0] != "-" ? options.Operands[0] : null);
        string variable = name is null ? "" : string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        if (name is not null) output.Write($"unsigned char {(char.IsAsciiDigit(variable[0]) ? "__" : "")}{variable}[] = {{\n");
        byte[] row = new byte[columns];
        long count = 0;
        for (int length; (length = input.Read(row.AsSpan(0, (int)Math.Min(columns, limit - count)))) > 0; count += length)
        {
            context.Check();
            output.Write(count == 0 ? "  " : ",\n  ");
            output.Write(string.Join(", ", row.Take(length).Select(b => $"0x{b.ToString(format)}")));
        }

        if (count > 0) output.Write("\n");
        if (name is not null) output.Write($"}};\nunsigned int {(char.IsAsciiDigit(variable[0]) ? "__" : "")}{variable}_len = {count};\n");
    }

    private static byte[] Reverse(string text, bool plain)
    {
        var result = new List<byte>();
        if (plain)
        {
            string digits = string.Concat(text.Where(char.IsAsciiHexDigit));
            for (int i = 0; i + 1 < digits.Length; i += 2) result.Add(Convert.ToByte(digits.Substring(i, 2), 16));
            return [.. result];
        }

        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':');
            if (colon < 0 || !int.TryParse(line.AsSpan(0, colon), System.Globalization.NumberStyles.HexNumber, null, out int offset) || offset is < 0 or > (1 << 28)) continue;
            while (result.Count < offset) result.Add(0);
            int at = colon + 1;
            int write = offset;
            for (int spaces = 0; at < line.Length && spaces < 2;)
            {
                if (line[at] == ' ')
                {
                    spaces++;
                    at++;
                    continue;
                }

                spaces = 0;
                if (at + 1 >= line.Length || !char.IsAsciiHexDigit(line[at]) || !char.IsAsciiHexDigit(line[at + 1])) break;
                byte value = Convert.ToByte(line.Substring(at, 2), 16);
                if (write < result.Count) result[write] = value;
                else result.Add(value);
                write++;
                at += 2;
            }
        }

        return [.. result];
    }
}
