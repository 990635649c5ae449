using System.Numerics;
using System.Runtime.Intrinsics;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class WcCommand : ICommand
{
    private static readonly OptionTable table = new(
        "wc [OPTION]... [FILE]...\nwc [OPTION]... --files0-from=F",
        "Print newline, word, and byte counts for each FILE, and a total line if more than one FILE is specified.",
        new('c', "bytes", "print the byte counts"),
        new('m', "chars", "print the character counts"),
        new('l', "lines", "print the newline counts"),
        new('\0', "files0-from", "read input from the files specified by NUL-terminated names in file F", OptionArgument.Required, "F"),
        new('L', "max-line-length", "print the maximum display width"),
        new('w', "words", "print the word counts"));

    public string Name => "wc";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        bool none = !options.Has('c') && !options.Has('m') && !options.Has('l') && !options.Has('L') && !options.Has('w');
        var wanted = new Wanted(none || options.Has('l'), none || options.Has('w'), options.Has('m'), none || options.Has('c'), options.Has('L'));
        List<string> names = options.Operands;
        if (options.Value("files0-from") is { } list)
        {
            using var file = InputFile.Open(context, list);
            if (file is null) return 1;
            names = [.. Latin.Text(file.ReadToEnd()).Split('\0', StringSplitOptions.RemoveEmptyEntries)];
        }

        int status = 0;
        var counts = new List<(Counts Counts, string? Name)>();
        var total = default(Counts);
        bool allRegular = true;
        long sizes = 0;
        foreach (string name in names.Count == 0 ? ["-"] : names)
        {
            using var file = InputFile.Open(context, name);
            if (file is null)
            {
                status = 1;
                continue;
            }

            var state = file.Description.Status;
            allRegular &= state.IsRegular;
            sizes += state.IsRegular ? state.Size : 0;
            var found = Count(context, file, wanted);
            if (file.Error != FileError.None)
            {
                context.Complain(name, file.Error);
                status = 1;
            }

            total = total.Plus(found);
            counts.Add((found, names.Count == 0 ? null : name));
        }

        bool single = wanted.Count == 1 && names.Count <= 1;
        int width = single ? 1 : !allRegular ? 7 : Math.Max(1, sizes.ToString().Length);
        if (names.Count > 1) counts.Add((total, "total"));
        foreach (var (found, name) in counts) Print(context, found, wanted, width, name);
        return status;
    }

    private static void Print(CommandContext context, Counts counts, Wanted wanted, int width, string? name)
    {
        var fields = new List<string>();
        if (wanted.Lines) fields.Add(counts.Lines.ToString().PadLeft(width));
        if (wanted.Words) fields.Add(counts.Words.ToString().PadLeft(width));
        if (wanted.Characters) fields.Add(counts.Characters.ToString().PadLeft(width));
        if (wanted.Bytes) fields.Add(counts.Bytes.ToString().PadLeft(width));
        if (wanted.Width) fields.Add(counts.Width.ToString().PadLeft(width));
        context.Output.WriteLine(string.Join(' ', fields) + (name is null ? "" : " " + name));
    }

    private static Counts Count(CommandContext context, InputFile file, Wanted wanted)
    {
        long lines = 0, words = 0, characters = 0, bytes = 0, width = 0, column = 0;
        bool inWord = false, utf8 = context.IsUtf8;
        while (file.Lines.TryReadAny(out var block))
        {
            bytes += block.Length;
            if (wanted.Words) words += Words(block, ref inWord, ref lines);
            else if (wanted.Lines) lines += block.Count((byte)'\n');
            if (wanted.Characters) characters += utf8 ? Characters(block) : block.Length;
            if (!wanted.Width) continue;
            foreach (byte b in block)
            {
                if (b is (byte)'\n' or (byte)'\r' or (byte)'\f')
                {
                    width = Math.Max(width, column);
                    column = 0;
                }
                else if (b == '\t') column += 8 - (column % 8);
                else if (b is >= 32 and < 127 || (utf8 && b >= 0xC0)) column++;
            }
        }

        return new(lines, words, characters, bytes, Math.Max(width, column));
    }

    /// <summary>Counts words and lines in one pass. A word begins where something visible follows a blank.</summary>
    private static long Words(ReadOnlySpan<byte> block, ref bool inWord, ref long lines)
    {
        long words = 0;
        int i = 0;
        // Bit 0: whether a blank stood before the byte that comes next.
        uint before = inWord ? 0u : 1u;
        var first = Vector256.Create((byte)9);
        var others = Vector256.Create((byte)4);
        var space = Vector256.Create((byte)' ');
        var newline = Vector256.Create((byte)'\n');
        for (; i + Vector256<byte>.Count <= block.Length; i += Vector256<byte>.Count)
        {
            var chunk = Vector256.Create(block[i..]);
            uint blanks = (Vector256.LessThanOrEqual(chunk - first, others) | Vector256.Equals(chunk, space)).ExtractMostSignificantBits();
            words += BitOperations.PopCount(~blanks & ((blanks << 1) | before));
            lines += BitOperations.PopCount(Vector256.Equals(chunk, newline).ExtractMostSignificantBits());
            before = blanks >> 31;
        }

        for (; i < block.Length; i++)
        {
            bool isBlank = block[i] is (byte)' ' or (>= 9 and <= 13);
            if (!isBlank && before != 0) words++;
            if (block[i] == '\n') lines++;
            before = isBlank ? 1u : 0u;
        }

        inWord = before == 0;
        return words;
    }

    private static long Characters(ReadOnlySpan<byte> block)
    {
        long count = 0;
        foreach (byte b in block) count += (b & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }

    private readonly record struct Wanted(bool Lines, bool Words, bool Characters, bool Bytes, bool Width)
    {
        public int Count => (Lines ? 1 : 0) + (Words ? 1 : 0) + (Characters ? 1 : 0) + (Bytes ? 1 : 0) + (Width ? 1 : 0);
    }

    private readonly record struct Counts(long Lines, long Words, long Characters, long Bytes, long Width)
    {
        public Counts Plus(Counts other) => new(Lines + other.Lines, Words + other.Words, Characters + other.Characters, Bytes + other.Bytes, Math.Max(Width, other.Width));
    }
}
