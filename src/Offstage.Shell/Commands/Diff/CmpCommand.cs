using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Diff;

internal sealed class CmpCommand : ICommand
{
    private static readonly OptionTable table = new(
        "cmp [OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]",
        "Compare two files byte by byte.",
        new('b', "print-bytes", "print differing bytes"),
        new('i', "ignore-initial", "skip first SKIP bytes of both inputs", OptionArgument.Required, "SKIP"),
        new('l', "verbose", "output byte numbers and differing byte values"),
        new('n', "bytes", "compare at most LIMIT bytes", OptionArgument.Required, "LIMIT"),
        new('s', "quiet", "suppress all normal output"),
        new('\0', "silent", "the same as --quiet"))
    { UsageErrorStatus = 2, NamesItselfInHint = true };

    public string Name => "cmp";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var operands = options.Operands;
        if (operands.Count == 0) return table.Hint(context, "missing operand after 'cmp'");
        if (operands.Count > 4) return table.Hint(context, $"extra operand {Latin.Quote(operands[4])}");
        if (operands.Count == 1) operands.Add("-");
        long[] skips = [0, 0];
        if (options.Value('i') is { } skip)
        {
            string[] parts = skip.Split(':');
            skips = [Size(parts[0], "--ignore-initial"), Size(parts[^1], "--ignore-initial")];
        }

        for (int i = 2; i < operands.Count; i++) skips[i - 2] = Size(operands[i], "SKIP");
        long limit = options.Value('n') is { } n ? Size(n, "--bytes") : long.MaxValue;
        bool quiet = options.Has('s') || options.Has("silent");
        using var first = InputFile.TryOpen(context, operands[0], out var error1);
        if (first is null) return Fail(context, operands[0], error1, quiet);
        using var second = InputFile.TryOpen(context, operands[1], out var error2);
        if (second is null) return Fail(context, operands[1], error2, quiet);
        ReadOnlySpan<byte> a = Cut(first.ReadToEnd(), skips[0], limit), b = Cut(second.ReadToEnd(), skips[1], limit);
        if (first.Error != FileError.None) return Fail(context, operands[0], first.Error, quiet);
        if (second.Error != FileError.None) return Fail(context, operands[1], second.Error, quiet);
        int same = a.CommonPrefixLength(b);
        if (same == a.Length && same == b.Length) return 0;
        if (quiet) return 1;
        int common = Math.Min(a.Length, b.Length);
        if (options.Has('l'))
        {
            int width = common.ToString().Length;
            for (int i = same; i < common; i++)
            {
                if (a[i] != b[i]) context.Output.WriteLine($"{(i + 1).ToString().PadLeft(width)} {Octal(a[i])}{(options.Has('b') ? $" {Visible(a[i]),-4}" : "")} {Octal(b[i])}{(options.Has('b') ? " " + Visible(b[i]) : "")}");
            }
        }
        else if (same < common)
        {
            long line = a[..same].Count((byte)'\n') + 1;
            context.Output.Write($"{operands[0]} {operands[1]} differ: {(options.Has('b') ? "byte" : "char")} {same + 1}, line {line}");
            context.Output.WriteLine(options.Has('b') ? $" is {Octal(a[same])} {Visible(a[same])} {Octal(b[same])} {Visible(b[same])}" : "");
            return 1;
        }

        if (a.Length == b.Length) return 1;
        string shorter = a.Length < b.Length ? operands[0] : operands[1];
        var length = a.Length < b.Length ? a : b;
        int lines = length.Count((byte)'\n');
        context.Output.Flush();
        context.Error.WriteLine(length.Length == 0 ? $"cmp: EOF on {shorter} which is empty"
            : options.Has('l') ? $"cmp: EOF on {shorter} after byte {length.Length}"
            : $"cmp: EOF on {shorter} after byte {length.Length}, {(length[^1] == '\n' ? $"line {lines}" : $"in line {lines + 1}")}");
        return 1;
    }

    private static long Size(string text, string option) => SizeText.TryParse(text, out long value) ? value : throw new CommandFailedException($"invalid {option} value {Latin.Quote(text)}", 2);

    private static int Fail(CommandContext context, string name, FileError error, bool quiet)
    {
        if (!quiet || error != FileError.NotFound) context.Complain(name, error);
        return 2;
    }

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> content, long skip, long limit)
    {
        int start = (int)Math.Min(skip, content.Length);
        return content[start..(int)Math.Min(content.Length, start + Math.Min(limit, content.Length))];
    }

    private static string Octal(byte value) => Convert.ToString(value, 8).PadLeft(3);

    private static string Visible(byte value)
    {
        string prefix = value >= 128 ? "M-" : "";
        int low = value & 0x7F;
        return prefix + (low < 32 ? $"^{(char)(low + 64)}" : low == 127 ? "^?" : ((char)low).ToString());
    }
}
