using System.Buffers.Binary;
using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

internal sealed class OdCommand : ICommand
{
    private static readonly OptionTable table = new(
        "od [OPTION]... [FILE]...",
        "Write an unambiguous representation, octal bytes by default, of FILE to standard output.",
        new('A', "address-radix", "output format for file offsets; one of [doxn]", OptionArgument.Required, "RADIX"),
        new('j', "skip-bytes", "skip BYTES input bytes first", OptionArgument.Required, "BYTES"),
        new('N', "read-bytes", "limit dump to BYTES input bytes", OptionArgument.Required, "BYTES"),
        new('S', "strings", "output strings of at least BYTES graphic chars", OptionArgument.Optional, "BYTES"),
        new('t', "format", "select output format or formats", OptionArgument.Required, "TYPE"),
        new('v', "output-duplicates", "do not use * to mark line suppression"),
        new('w', "width", "output BYTES bytes per output line", OptionArgument.Optional, "BYTES"),
        new('a', null, "same as -t a"), new('b', null, "same as -t o1"), new('c', null, "same as -t c"), new('d', null, "same as -t u2"),
        new('f', null, "same as -t fF"), new('i', null, "same as -t dI"), new('l', null, "same as -t dL"), new('o', null, "same as -t o2"),
        new('s', null, "same as -t d2"), new('x', null, "same as -t x2"), new('D', null, "same as -t u4"), new('O', null, "same as -t o4"), new('X', null, "same as -t x4"));

    public string Name => "od";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var formats = new List<OdFormat>();
        foreach (var given in options.Given)
        {
            string? type = given.Key switch { "a" => "a", "b" => "o1", "c" => "c", "d" => "u2", "f" => "f4", "i" => "d4", "l" => "d8", "o" => "o2", "s" => "d2", "x" => "x2", "D" => "u4", "O" => "o4", "X" => "x4", "t" => given.Value, _ => null };
            if (type is not null) formats.AddRange(OdFormat.Parse(type));
        }

        if (formats.Count == 0) formats.Add(new('o', 2, false));
        long skip = Size(options.Value('j'), 0, "-j"), limit = Size(options.Value('N'), long.MaxValue, "-N");
        string radix = options.Value('A') ?? "o";
        if (radix is not ("d" or "o" or "x" or "n")) throw new CommandFailedException($"invalid output address radix {Latin.Quote(radix)}; it must be one character from [doxn]");
        int unit = formats.Max(f => f.Size);
        int width = options.Has('w') ? (int)Size(options.Value('w'), 32, "-w") : 16;
        if (width == 0 || width % unit != 0) width = unit * Math.Max(1, 16 / unit);
        var status = new RunningStatus();
        using var input = new ConcatenatedInput(InputFile.OpenAll(context, options.Operands, status));
        input.Open();
        if (input.Skip(skip) < skip) return input.Opened == 0 ? status.Value : throw new CommandFailedException("cannot skip past end of combined input");
        Dump(context, input, skip, limit, formats, radix, width, options.Has('v'));
        return status.Value;
    }

    private static long Size(string? text, long otherwise, string option)
    {
        if (text is null) return otherwise;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)) return Convert.ToInt64(text[2..], 16);
        return SizeText.TryParse(text, out long value) ? value : throw new CommandFailedException($"invalid {option} argument {Latin.Quote(text)}");
    }

    private static void Dump(CommandContext context, ConcatenatedInput input, long offset, long limit, List<OdFormat> formats, string radix, int width, bool all)
    {
        // All formats share columns, so each field is as wide as the widest one of its bytes needs.
        int perByte = formats.Max(f => (f.Width + f.Size) / f.Size);
        byte[]? previous = null;
        byte[] read = new byte[width];
        bool starred = false;
        long at = 0;
        for (int length; (length = input.Read(read.AsSpan(0, (int)Math.Min(width, limit - at)))) > 0; at += length)
        {
            context.Check();
            byte[] row = read[..length];
            if (!all && previous is not null && row.Length == width && row.AsSpan().SequenceEqual(previous))
            {
                if (!starred) context.Output.Write("*\n");
                starred = true;
                continue;
            }

            starred = false;
            previous = row;
            for (int i = 0; i < formats.Count; i++)
            {
                string address = Address(offset + at, radix);
                context.Output.Write(i == 0 ? address : new string(' ', address.Length));
                context.Output.Write(formats[i].Row(row, formats.Count > 1 ? perByte * formats[i].Size : formats[i].Width + 1, width));
                context.Output.Write("\n");
            }
        }

        if (input.Opened > 0 && radix != "n") context.Output.WriteLine(Address(offset + at, radix));
    }

    private static string Address(long offset, string radix) => radix switch
    {
        "d" => offset.ToString("D7"),
        "x" => offset.ToString("x6"),
        "n" => "",
        _ => Convert.ToString(offset, 8).PadLeft(7, '0'),
    };
}

/// <summary>How od shows units of so many bytes.</summary>
/// <param name="Kind">One of <c>a c d u o x f</c>.</param>
internal sealed record OdFormat(char Kind, int Size, bool ShowsText)
{
    private static readonly string[] names =
    [
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr", "so", "si", "dle", "dc1", "dc2", "dc3", "dc4",
        "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs", "rs", "us", "sp",
    ];

    /// <summary>Without the blank before it.</summary>
    public int Width => (Kind, Size) switch
    {
        ('a' or 'c', _) => 3,
        ('o', 1) => 3,
        ('o', 2) => 6,
        ('o', 4) => 11,
        ('o', _) => 22,
        ('x', _) => Size * 2,
        ('d', 1) => 4,
        ('d', 2) => 6,
        ('d', 4) => 11,
        ('d', _) => 20,
        ('u', 1) => 3,
        ('u', 2) => 5,
        ('u', 4) => 10,
        ('u', _) => 20,
        (_, 4) => 15,
        _ => 24,
    };

    public static IEnumerable<OdFormat> Parse(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            char kind = text[i++];
            if (!"acduoxf".Contains(kind, StringComparison.Ordinal)) throw new CommandFailedException($"invalid character '{kind}' in type string {Latin.Quote(text)}");
            int size = kind is 'a' or 'c' ? 1 : kind == 'f' ? 8 : 4;
            int start = i;
            while (i < text.Length && char.IsAsciiDigit(text[i]) && kind is not ('a' or 'c')) i++;
            if (i > start) size = int.Parse(text.AsSpan(start, i - start));
            else if (i < text.Length && kind is not ('a' or 'c') && text[i] is 'C' or 'S' or 'I' or 'L' or 'F' or 'D') size = text[i++] switch { 'C' => 1, 'S' => 2, 'I' or 'F' => 4, _ => 8 };
            if (size is not (1 or 2 or 4 or 8) || (kind == 'f' && size < 4)) throw new CommandFailedException($"invalid type string {Latin.Quote(text)};\nthis system doesn't provide a {size}-byte {(kind == 'f' ? "floating point" : "integral")} type");
            bool shows = i < text.Length && text[i] == 'z';
            if (shows) i++;
            yield return new(kind, size, shows);
        }
    }

    public string Row(byte[] row, int fieldWidth, int width)
    {
        var text = new StringBuilder();
        for (int at = 0; at < row.Length; at += Size)
        {
            byte[] unit = new byte[8];
            row.AsSpan(at, Math.Min(Size, row.Length - at)).CopyTo(unit);
            text.Append(Unit(unit).PadLeft(fieldWidth));
        }

        if (ShowsText)
        {
            text.Append(' ', (width - row.Length + Size - 1) / Size * fieldWidth).Append("  >");
            foreach (byte b in row) text.Append(b is >= 32 and < 127 ? (char)b : '.');
            text.Append('<');
        }

        return text.ToString();
    }

    private string Unit(byte[] unit)
    {
        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(unit);
        if (Size < 8) value &= (1UL << (Size * 8)) - 1;
        return Kind switch
        {
            'a' => (value & 0x7F) is var c && c <= 32 ? names[c] : c == 127 ? "del" : ((char)c).ToString(),
            'c' => Character((byte)value),
            'o' => Convert.ToString((long)value, 8).PadLeft(Width, '0'),
            'x' => value.ToString("x").PadLeft(Width, '0'),
            'u' => value.ToString(),
            'd' => ((long)(value << (64 - (Size * 8))) >> (64 - (Size * 8))).ToString(),
            _ => Size == 4 ? Shortest(BinaryPrimitives.ReadSingleLittleEndian(unit)) : Shortest(BinaryPrimitives.ReadDoubleLittleEndian(unit)),
        };
    }

    private static string Shortest(double value) => CFormat.General(value, 17, false) is var full && double.Parse(CFormat.General(value, 15, false), System.Globalization.CultureInfo.InvariantCulture) == value ? CFormat.General(value, 15, false) : full;

    private static string Shortest(float value)
    {
        for (int precision = 6; precision < 9; precision++)
        {
            string text = CFormat.General(value, precision, false);
            if (float.Parse(text, System.Globalization.CultureInfo.InvariantCulture) == value) return text;
        }

        return CFormat.General(value, 9, false);
    }

    private static string Character(byte value) => value switch
    {
        0 => "\\0",
        7 => "\\a",
        8 => "\\b",
        9 => "\\t",
        10 => "\\n",
        11 => "\\v",
        12 => "\\f",
        13 => "\\r",
        >= 32 and < 127 => ((char)value).ToString(),
        _ => Convert.ToString(value, 8).PadLeft(3, '0'),
    };
}
