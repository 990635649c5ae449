using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class TrCommand : ICommand
{
    private static readonly OptionTable table = new(
        "tr [OPTION]... STRING1 [STRING2]",
        "Translate, squeeze, and/or delete characters from standard input, writing to standard output.",
        new('c', "complement", "use the complement of STRING1"),
        new('C', null, "the same as -c"),
        new('d', "delete", "delete characters in STRING1, do not translate"),
        new('s', "squeeze-repeats", "replace each sequence of a repeated character that is listed in the last specified STRING with a single occurrence"),
        new('t', "truncate-set1", "first truncate STRING1 to length of STRING2"))
    { StopsAtOperand = true };

    public string Name => "tr";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        bool complement = options.Has('c') || options.Has('C'), delete = options.Has('d'), squeeze = options.Has('s');
        var operands = options.Operands;
        if (operands.Count == 0) return Usage.MissingOperand(context);
        int most = delete && !squeeze ? 1 : 2, least = delete == squeeze ? 2 : 1;
        if (operands.Count < least)
        {
            context.Complain($"missing operand after {Latin.Quote(operands[0])}");
            context.Error.WriteLine(delete && squeeze ? "Two strings must be given when both deleting and squeezing repeats." : "Two strings must be given when translating.");
            context.Error.WriteLine($"Try '{context.Name} --help' for more information.");
            return 1;
        }

        if (operands.Count > most)
        {
            context.Complain($"extra operand {Latin.Quote(operands[most])}");
            if (operands.Count == 2) context.Error.WriteLine("Only one string may be given when deleting without squeezing repeats.");
            context.Error.WriteLine($"Try '{context.Name} --help' for more information.");
            return 1;
        }

        var first = TrSet.Parse(operands[0]);
        if (complement) first = first.Complement();
        bool translates = !delete && operands.Count == 2;
        var second = operands.Count == 2 ? TrSet.Parse(operands[1], translates ? first.Bytes.Count : 0) : null;
        byte[] map = new byte[256];
        bool[] deleted = new bool[256], squeezed = new bool[256];
        for (int i = 0; i < 256; i++) map[i] = (byte)i;
        if (delete) first.Bytes.ForEach(b => deleted[b] = true);
        if (squeeze) (second ?? first).Bytes.ForEach(b => squeezed[b] = true);
        if (translates) Translate(map, first, second!, options.Has('t'), complement);
        Pump(context, map, delete ? deleted : null, squeeze ? squeezed : null);
        return 0;
    }

    private static void Translate(byte[] map, TrSet first, TrSet second, bool truncate, bool complement)
    {
        if (second.Bytes.Count == 0)
        {
            if (!truncate) throw new CommandFailedException("when not truncating set1, string2 must be non-empty");
            return;
        }

        if (complement && second.HasCaseClass) throw new CommandFailedException("when translating with complemented character classes,\nstring2 must map all characters in the domain to one");
        if (second.HasOtherClass) throw new CommandFailedException("when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'");
        int count = truncate ? Math.Min(first.Bytes.Count, second.Bytes.Count) : first.Bytes.Count;
        for (int i = count - 1; i >= 0; i--) map[first.Bytes[i]] = second.Bytes[Math.Min(i, second.Bytes.Count - 1)];
        // The last of several mappings of the same byte counts.
        for (int i = 0; i < count; i++) map[first.Bytes[i]] = second.Bytes[Math.Min(i, second.Bytes.Count - 1)];
    }

    private static void Pump(CommandContext context, byte[] map, bool[]? deleted, bool[]? squeezed)
    {
        var lines = new LineBlocks(context.StandardInput, context.Interruption, context.Output);
        byte[] output = new byte[64 * 1024];
        int last = -1;
        while (lines.TryReadAny(out var block))
        {
            while (!block.IsEmpty)
            {
                var piece = block[..Math.Min(block.Length, output.Length)];
                block = block[piece.Length..];
                int count = 0;
                if (deleted is null && squeezed is null)
                {
                    for (int i = 0; i < piece.Length; i++) output[i] = map[piece[i]];
                    count = piece.Length;
                }
                else
                {
                    foreach (byte b in piece)
                    {
                        if (deleted is not null && deleted[b]) continue;
                        byte c = map[b];
                        if (squeezed is not null && c == last && squeezed[c]) continue;
                        last = c;
                        output[count++] = c;
                    }
                }

                context.Output.Write(output.AsSpan(0, count));
            }
        }

        if (lines.Error != FileError.None) throw new CommandFailedException($"read error: {lines.Error.Message()}");
        lines.Release();
    }
}
