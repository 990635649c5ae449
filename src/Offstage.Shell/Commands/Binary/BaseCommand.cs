using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

/// <summary>base64, base32 and basenc.</summary>
internal sealed class BaseCommand(string name) : ICommand
{
    /// <summary>Whole groups of every encoding.</summary>
    private const int BlockSize = 15 * 4096;

    private readonly OptionTable table = new(
        $"{name} [OPTION]... [FILE]",
        $"{name} encode or decode FILE, or standard input, to standard output.",
        [
            new('d', "decode", "decode data"),
            new('i', "ignore-garbage", "when decoding, ignore non-alphabet characters"),
            new('w', "wrap", "wrap encoded lines after COLS character (default 76)", OptionArgument.Required, "COLS"),
            .. name != "basenc" ? (Option[])[] :
            [
                new('\0', "base64", "same as 'base64' program"),
                new('\0', "base64url", "file- and url-safe base64"),
                new('\0', "base32", "same as 'base32' program"),
                new('\0', "base32hex", "extended hex alphabet base32"),
                new('\0', "base16", "hex encoding"),
                new('\0', "base2msbf", "bit string with most significant bit first"),
                new('\0', "base2lsbf", "bit string with least significant bit first"),
            ],
        ]);

    public string Name => name;

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count > 1) return Usage.ExtraOperand(context, options.Operands[1]);
        string? chosen = name == "basenc" ? options.Last("base64", "base64url", "base32", "base32hex", "base16", "base2msbf", "base2lsbf") : name;
        if (chosen is null) return Usage.Error(context, "missing encoding type");
        var encoding = BaseEncoding.Of(chosen);
        int wrap = 76;
        if (options.Value('w') is { } w && (!int.TryParse(w, out wrap) || wrap < 0)) throw new CommandFailedException($"invalid wrap size: {Latin.Quote(w)}");
        using var file = InputFile.Open(context, options.Operands.Count == 1 ? options.Operands[0] : "-");
        if (file is null) return 1;
        if (options.Has('d'))
        {
            byte[] content = file.ReadToEnd();
            ThrowIfBroken(file);
            context.Output.Write(encoding.Decode(content, options.Has('i'), out bool valid).Span);
            return valid ? 0 : throw new CommandFailedException("invalid input");
        }

        using var input = new ConcatenatedInput([file]);
        byte[] block = new byte[BlockSize];
        int column = 0;
        for (int length; (length = input.Read(block)) > 0;) Write(context, encoding.Encode(block[..length]), wrap, ref column);
        if (column > 0) context.Output.WriteByte((byte)'\n');
        ThrowIfBroken(file);
        return 0;
    }

    /// <param name="wrap">The length of lines; 0 for one without an end.</param>
    private static void Write(CommandContext context, ReadOnlySpan<char> text, int wrap, ref int column)
    {
        context.Check();
        while (wrap > 0 && !text.IsEmpty)
        {
            int length = Math.Min(wrap - column, text.Length);
            context.Output.Write(text[..length]);
            text = text[length..];
            column += length;
            if (column < wrap) continue;
            context.Output.WriteByte((byte)'\n');
            column = 0;
        }

        context.Output.Write(text);
    }

    private static void ThrowIfBroken(InputFile file)
    {
        if (file.Error != FileError.None) throw new CommandFailedException($"read error: {file.Error.Message()}");
    }
}

/// <summary>An alphabet whose characters stand for so many bits each (RFC 4648).</summary>
internal sealed record BaseEncoding(string Alphabet, int Bits, int GroupLength, bool LeastFirst)
{
    public static BaseEncoding Of(string name) => name switch
    {
        "base64" => new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", 6, 4, false),
        "base64url" => new("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 6, 4, false),
        "base32" => new("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 5, 8, false),
        "base32hex" => new("0123456789ABCDEFGHIJKLMNOPQRSTUV", 5, 8, false),
        "base16" => new("0123456789ABCDEF", 4, 2, false),
        "base2msbf" => new("01", 1, 8, false),
        _ => new("01", 1, 8, true),
    };

    public string Encode(byte[] bytes)
    {
        if (Alphabet.EndsWith('/')) return Convert.ToBase64String(bytes);
        var text = new StringBuilder((bytes.Length * 8 / Bits) + GroupLength);
        int buffer = 0, held = 0;
        foreach (byte b in bytes)
        {
            buffer = (buffer << 8) | (LeastFirst ? Reverse(b) : b);
            held += 8;
            while (held >= Bits)
            {
                held -= Bits;
                text.Append(Alphabet[(buffer >> held) & ((1 << Bits) - 1)]);
            }

            buffer &= (1 << held) - 1;
        }

        if (held > 0) text.Append(Alphabet[(buffer << (Bits - held)) & ((1 << Bits) - 1)]);
        while (text.Length % GroupLength != 0) text.Append('=');
        return text.ToString();
    }

    /// <param name="valid">False when something was no part of the alphabet, or the end is missing; what came before is decoded.</param>
    public ReadOnlyMemory<byte> Decode(ReadOnlySpan<byte> text, bool ignoreGarbage, out bool valid)
    {
        byte[] result = new byte[(text.Length * (long)Bits / 8) + 1];
        int buffer = 0, held = 0, count = 0, padding = 0, length = 0;
        Span<sbyte> digits = stackalloc sbyte[256];
        Digits(digits);
        valid = true;
        foreach (byte b in text)
        {
            if (b == '\n') continue;
            int digit = digits[b];
            if (digit < 0 && b == '=' && Bits > 4)
            {
                padding++;
                continue;
            }

            if (digit < 0 && ignoreGarbage) continue;
            if (digit < 0 || padding > 0)
            {
                valid = false;
                break;
            }

            count++;
            buffer = (buffer << Bits) | digit;
            held += Bits;
            if (held < 8) continue;
            held -= 8;
            byte value = (byte)(buffer >> held);
            result[length++] = LeastFirst ? (byte)Reverse(value) : value;
            buffer &= (1 << held) - 1;
        }

        if (valid) valid = (count + padding) % GroupLength == 0;
        return result.AsMemory(0, length);
    }

    /// <summary>What each byte stands for; -1 for what is no part of the alphabet.</summary>
    private void Digits(Span<sbyte> digits)
    {
        digits.Fill(-1);
        for (int i = 0; i < Alphabet.Length; i++)
        {
            digits[Alphabet[i]] = (sbyte)i;
            if (Bits == 4) digits[char.ToLowerInvariant(Alphabet[i])] = (sbyte)i;
        }
    }

    private static int Reverse(byte value)
    {
        int result = 0;
        for (int i = 0; i < 8; i++) result |= ((value >> i) & 1) << (7 - i);
        return result;
    }
}
