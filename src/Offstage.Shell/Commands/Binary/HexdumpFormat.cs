using System.Buffers.Binary;
using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

/// <summary>A piece of a hexdump format: text, or a conversion with the text before it.</summary>
/// <param name="Conversion">The letter, with <c>_</c> before those of hexdump's own; empty for text alone.</param>
/// <param name="Bytes">How much of the input it takes.</param>
internal sealed record HexdumpPiece(string Before, CFormat Format, string Conversion, int Bytes, string After);

/// <summary><c>8/2 "%04x "</c>: pieces, and how often they repeat.</summary>
internal sealed record HexdumpUnit(int Repetitions, bool IsRepetitionGiven, IReadOnlyList<HexdumpPiece> Pieces)
{
    public int Bytes => Pieces.Sum(p => p.Bytes);
}

/// <summary>One format of hexdump. All formats are applied to the same block.</summary>
internal sealed class HexdumpFormat
{
    private readonly List<HexdumpUnit> units = [];

    /// <summary>What one use of the format takes of the input.</summary>
    public int Bytes => units.Sum(u => u.Bytes * u.Repetitions);

    /// <summary>Lets the last unit repeat until the block is used up, unless its repetitions were given.</summary>
    public void Stretch(int block)
    {
        if (units.Count == 0 || units[^1] is not { IsRepetitionGiven: false, Bytes: > 0 } last || Bytes >= block) return;
        units[^1] = last with { Repetitions = last.Repetitions + ((block - Bytes) / last.Bytes) };
    }

    /// <exception cref="CommandFailedException">It is no format.</exception>
    public static HexdumpFormat Parse(string text)
    {
        var format = new HexdumpFormat();
        for (int at = 0; ;)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at >= text.Length) return format;
            int? repetitions = Number(text, ref at), bytes = null;
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at < text.Length && text[at] == '/')
            {
                at++;
                while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
                bytes = Number(text, ref at);
            }

            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at >= text.Length || text[at] != '"') throw Bad(text);
            int end = text.IndexOf('"', at + 1);
            if (end < 0) throw Bad(text);
            format.units.Add(new(repetitions ?? 1, repetitions is not null, Pieces(Escapes.Expand(text[(at + 1)..end]), bytes)));
            at = end + 1;
        }
    }

    /// <summary>Shows a block.</summary>
    /// <param name="length">How much of the block is input; what is behind it is left blank.</param>
    /// <param name="atEnd">Null in the course of the input; at its end, its length: only what shows that is written.</param>
    public string Show(byte[] block, int length, long address, long? atEnd = null)
    {
        var text = new StringBuilder();
        int at = 0;
        foreach (HexdumpUnit unit in units)
        {
            bool isLast = unit.Pieces.Any(p => p.Conversion.StartsWith("_A", StringComparison.Ordinal));
            if (isLast != atEnd is not null) continue;
            for (int i = 1; i <= unit.Repetitions; i++)
            {
                foreach (HexdumpPiece piece in unit.Pieces)
                {
                    text.Append(piece.Before);
                    if (piece.Conversion.Length > 0)
                    {
                        bool absent = atEnd is null && piece.Bytes > 0 && at >= length;
                        text.Append(absent ? new string(' ', piece.Format.Width) : Value(piece, block.AsSpan(at, piece.Bytes), atEnd ?? address + at));
                    }

                    // What parts repetitions does not follow the last one.
                    bool closing = unit.Repetitions > 1 && i == unit.Repetitions && ReferenceEquals(piece, unit.Pieces[^1]);
                    text.Append(closing ? piece.After.TrimEnd() : piece.After);
                    at += piece.Bytes;
                }
            }
        }

        return text.ToString();
    }

    private static CommandFailedException Bad(string text) => new($"bad format {{{text}}}");

    private static int? Number(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (at == start) return null;
        return int.TryParse(text.AsSpan(start, at - start), out int value) && value <= 65_536 ? value : throw Bad(text);
    }

    private static List<HexdumpPiece> Pieces(string text, int? bytes)
    {
        var pieces = new List<HexdumpPiece>();
        var before = new StringBuilder();
        for (int at = 0; at < text.Length;)
        {
            if (text[at] != '%')
            {
                before.Append(text[at++]);
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == '%')
            {
                before.Append('%');
                at += 2;
                continue;
            }

            at++;
            var format = default(CFormat) with { Precision = -1 };
            for (; at < text.Length && "-+ #0".Contains(text[at]); at++)
            {
                format = text[at] switch { '-' => format with { Left = true }, '0' => format with { Zero = true }, '+' => format with { Plus = true }, ' ' => format with { Space = true }, _ => format with { Alternate = true } };
            }

            format = format with { Width = Math.Min(Number(text, ref at) ?? 0, 10_000) };
            if (at < text.Length && text[at] == '.')
            {
                at++;
                format = format with { Precision = Math.Min(Number(text, ref at) ?? 0, 1_000) };
            }

            int length = at < text.Length && text[at] == '_' ? (at + 1 < text.Length && text[at + 1] is 'a' or 'A' ? 3 : 2) : 1;
            if (at + length > text.Length) throw Bad(text);
            string conversion = text.Substring(at, length);
            at += length;
            int size = conversion switch
            {
                "_ad" or "_ao" or "_ax" or "_Ad" or "_Ao" or "_Ax" => 0,
                "_c" or "_p" or "_u" or "c" => 1,
                "d" or "i" or "o" or "u" or "x" or "X" => bytes is null or 1 or 2 or 4 or 8 ? bytes ?? 4 : throw new CommandFailedException($"bad byte count for conversion character {conversion}"),
                "e" or "f" or "g" or "E" or "G" => bytes is null or 4 or 8 ? bytes ?? 8 : throw new CommandFailedException($"bad byte count for conversion character {conversion}"),
                "s" => bytes ?? (format.Precision > 0 ? format.Precision : throw new CommandFailedException("%s requires a precision or a byte count")),
                _ => throw new CommandFailedException($"bad conversion character %{conversion}"),
            };
            int close = text.IndexOf('%', at);
            string after = close < 0 ? text[at..] : "";
            pieces.Add(new(before.ToString(), format, conversion, size, after));
            before.Clear();
            at += after.Length;
        }

        if (before.Length > 0) pieces.Add(new(before.ToString(), default, "", 0, ""));
        return pieces;
    }

    private static string Value(HexdumpPiece piece, ReadOnlySpan<byte> bytes, long address)
    {
        if (piece.Bytes == 0) return piece.Format.Integer(address, piece.Conversion[2]);
        if (piece.Conversion == "s") return piece.Format.Text(Latin.Text(bytes).TrimEnd('\0'));
        Span<byte> unit = stackalloc byte[8];
        bytes.CopyTo(unit);
        long value = BinaryPrimitives.ReadInt64LittleEndian(unit);
        switch (piece.Conversion)
        {
            case "_p":
                return piece.Format.Text(bytes[0] is >= 32 and < 127 ? ((char)bytes[0]).ToString() : ".");
            case "_c":
                return piece.Format.Text(Character(bytes[0]));
            case "_u":
                return piece.Format.Text(bytes[0] < 33 && bytes[0] != 32 ? names[bytes[0]] : bytes[0] == 127 ? "del" : bytes[0] < 127 ? ((char)bytes[0]).ToString() : bytes[0].ToString("x2"));
            case "c":
                return piece.Format.Text(((char)bytes[0]).ToString());
            case "e" or "f" or "g" or "E" or "G":
                return piece.Format.Float(piece.Bytes == 4 ? BinaryPrimitives.ReadSingleLittleEndian(unit) : BinaryPrimitives.ReadDoubleLittleEndian(unit), piece.Conversion[0]);
            case "d" or "i":
                return piece.Format.Integer(value << (64 - (piece.Bytes * 8)) >> (64 - (piece.Bytes * 8)), 'd');
            default:
                return piece.Format.Integer(value, piece.Conversion[0]);
        }
    }

    private static readonly string[] names =
    [
        "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "lf", "vt", "ff", "cr", "so", "si", "dle", "dc1", "dc2", "dc3", "dc4",
        "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs", "rs", "us",
    ];

    private static string Character(byte value)
    {
        int known = "\0\a\b\f\n\r\t\v".IndexOf((char)value);
        return known >= 0 ? "\\" + "0abfnrtv"[known] : value is >= 32 and < 127 ? ((char)value).ToString() : Convert.ToString(value, 8).PadLeft(3, '0');
    }
}
