using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Diff;

internal sealed class CmpCommand : ICommand
{
    private const int BlockSize = 64 * 1024;

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
        using ConcatenatedInput a = new([first]), b = new([second]);
        a.Skip(skips[0]);
        b.Skip(skips[1]);
        int width = options.Has('l') ? Math.Min(limit, Math.Min(Length(first, skips[0]), Length(second, skips[1]))).ToString().Length : 0;
        byte[] blockA = new byte[BlockSize], blockB = new byte[BlockSize];
        long at = 0, lines = 0;
        byte last = 0;
        bool differ = false;
        while (true)
        {
            context.Check();
            int wanted = (int)Math.Min(BlockSize, limit - at);
            ReadOnlySpan<byte> left = blockA.AsSpan(0, a.Read(blockA.AsSpan(0, wanted))), right = blockB.AsSpan(0, b.Read(blockB.AsSpan(0, wanted)));
            if (first.Error != FileError.None) return Fail(context, operands[0], first.Error, quiet);
            if (second.Error != FileError.None) return Fail(context, operands[1], second.Error, quiet);
            int common = Math.Min(left.Length, right.Length);
            int same = left[..common].CommonPrefixLength(right);
            if (same < common)
            {
                if (quiet) return 1;
                differ = true;
                if (!options.Has('l'))
                {
                    context.Output.Write($"{operands[0]} {operands[1]} differ: {(options.Has('b') ? "byte" : "char")} {at + same + 1}, line {lines + left[..same].Count((byte)'\n') + 1}");
                    context.Output.WriteLine(options.Has('b') ? $" is {Octal(left[same])} {Visible(left[same])} {Octal(right[same])} {Visible(right[same])}" : "");
                    return 1;
                }

                for (int i = same; i < common; i++)
                {
                    if (left[i] != right[i]) context.Output.WriteLine($"{(at + i + 1).ToString().PadLeft(width)} {Octal(left[i])}{(options.Has('b') ? $" {Visible(left[i]),-4}" : "")} {Octal(right[i])}{(options.Has('b') ? " " + Visible(right[i]) : "")}");
                }
            }

            lines += left[..common].Count((byte)'\n');
            if (common > 0) last = left[common - 1];
            at += common;
            if (left.Length != right.Length)
            {
                if (!quiet) TellEnd(context, left.Length < right.Length ? operands[0] : operands[1], at, options.Has('l') ? null : last == '\n' ? $"line {lines}" : $"in line {lines + 1}");
                return 1;
            }

            if (common == 0) return differ ? 1 : 0;
        }
    }

    /// <summary>Bytes that will be compared of a file; of what has no size, as many as there can be.</summary>
    private static long Length(InputFile file, long skip) => file.Description.Status is { Kind: FileKind.Regular, Size: var size } ? Math.Max(0, size - skip) : long.MaxValue;

    /// <param name="place">The last line, as it is told; null to tell the byte alone.</param>
    private static void TellEnd(CommandContext context, string shorter, long at, string? place)
    {
        context.Output.Flush();
        context.Error.WriteLine(at == 0 ? $"cmp: EOF on {shorter} which is empty" : $"cmp: EOF on {shorter} after byte {at}{(place is null ? "" : $", {place}")}");
    }

    private static long Size(string text, string option) => SizeText.TryParse(text, out long value) ? value : throw new CommandFailedException($"invalid {option} value {Latin.Quote(text)}", 2);

    private static int Fail(CommandContext context, string name, FileError error, bool quiet)
    {
        if (!quiet || error != FileError.NotFound) context.Complain(name, error);
        return 2;
    }

    private static string Octal(byte value) => Convert.ToString(value, 8).PadLeft(3);

    private static string Visible(byte value)
    {
        string prefix = value >= 128 ? "M-" : "";
        int low = value & 0x7F;
        return prefix + (low < 32 ? $"^{(char)(low + 64)}" : low == 127 ? "^?" : ((char)low).ToString());
    }
}
