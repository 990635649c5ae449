using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Binary;

internal sealed class HexdumpCommand(string name) : ICommand
{
    private static readonly OptionTable table = new(
        "hexdump [OPTION]... [FILE]...",
        "Display file contents in hexadecimal, decimal, octal, or ascii.",
        new('b', "one-byte-octal", "one-byte octal display"),
        new('c', "one-byte-char", "one-byte character display"),
        new('C', "canonical", "canonical hex+ASCII display"),
        new('d', "two-bytes-decimal", "two-byte decimal display"),
        new('o', "two-bytes-octal", "two-byte octal display"),
        new('x', "two-bytes-hex", "two-byte hexadecimal display"),
        new('L', "color", "ignored", OptionArgument.Optional, "MODE"),
        new('e', "format", "format string to be used for displaying data", OptionArgument.Required, "FORMAT"),
        new('f', "format-file", "file that contains format strings", OptionArgument.Required, "FILE"),
        new('n', "length", "interpret only length bytes of input", OptionArgument.Required, "LENGTH"),
        new('s', "skip", "skip offset bytes from the beginning", OptionArgument.Required, "OFFSET"),
        new('v', "no-squeezing", "output identical lines"));

    public string Name => name;

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        List<HexdumpFormat> formats = [.. Texts(context, options).Select(HexdumpFormat.Parse)];
        int block = formats.Max(f => f.Bytes);
        if (block is 0 or > 1 << 20) throw new CommandFailedException("bad format: it takes no input, or too much at a time");
        foreach (HexdumpFormat format in formats) format.Stretch(block);
        long skip = Size(options.Value('s') ?? "0"), limit = options.Value('n') is { } n ? Size(n) : long.MaxValue;
        var status = new RunningStatus();
        using var input = new ConcatenatedInput(InputFile.OpenAll(context, options.Operands, status));
        input.Open();
        if (limit > 0) Dump(context, input, input.Skip(skip), limit, formats, block, options.Has('v'));
        return input.Opened > 0 ? status.Value : throw new CommandFailedException("all input file arguments failed");
    }

    private IEnumerable<string> Texts(CommandContext context, ParsedOptions options)
    {
        bool any = false;
        foreach (GivenOption given in options.Given)
        {
            string[] texts = given.Key switch
            {
                "b" => ["\"%07.7_Ax\n\"", "\"%07.7_ax \" 16/1 \"%03o \" \"\\n\""],
                "c" => ["\"%07.7_Ax\n\"", "\"%07.7_ax \" 16/1 \"%3_c \" \"\\n\""],
                "C" => ["\"%08.8_Ax\n\"", "\"%08.8_ax  \" 8/1 \"%02x \" \"  \" 8/1 \"%02x \" ", "\"  |\" 16/1 \"%_p\" \"|\\n\""],
                "d" => ["\"%07.7_Ax\n\"", "\"%07.7_ax \" 8/2 \"  %05u \" \"\\n\""],
                "o" => ["\"%07.7_Ax\n\"", "\"%07.7_ax \" 8/2 \" %06o \" \"\\n\""],
                "x" => ["\"%07.7_Ax\n\"", "\"%07.7_ax \" 8/2 \"   %04x \" \"\\n\""],
                "e" => [given.Value!],
                "f" => [.. Lines(context, given.Value!)],
                _ => [],
            };
            foreach (string text in texts)
            {
                any = true;
                yield return text;
            }
        }

        if (any) yield break;
        if (name == "hd")
        {
            yield return "\"%08.8_Ax\n\"";
            yield return "\"%08.8_ax  \" 8/1 \"%02x \" \"  \" 8/1 \"%02x \" ";
            yield return "\"  |\" 16/1 \"%_p\" \"|\\n\"";
            yield break;
        }

        yield return "\"%07.7_Ax\n\"";
        yield return "\"%07.7_ax \" 8/2 \"%04x \" \"\\n\"";
    }

    private static IEnumerable<string> Lines(CommandContext context, string path)
    {
        using InputFile? file = InputFile.TryOpen(context, path, out var error);
        if (file is null) throw new CommandFailedException($"can't read {path}: {error.Message()}");
        return [.. Latin.Text(file.ReadToEnd()).Split('\n').Where(l => l.Trim() is { Length: > 0 } t && t[0] != '#')];
    }

    private static long Size(string text)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && long.TryParse(text.AsSpan(2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out long hex)) return hex;
        return SizeText.TryParse(text, out long value) ? value : throw new CommandFailedException($"failed to parse length: {Latin.Quote(text)}");
    }

    private static void Dump(CommandContext context, ConcatenatedInput input, long offset, long limit, List<HexdumpFormat> formats, int block, bool all)
    {
        byte[] row = new byte[block], previous = new byte[block];
        bool starred = false;
        long at = 0;
        for (int length; (length = input.Read(row.AsSpan(0, (int)Math.Min(block, limit - at)))) > 0; at += length)
        {
            context.Check();
            if (!all && at > 0 && length == block && row.AsSpan().SequenceEqual(previous))
            {
                if (!starred) context.Output.Write("*\n");
                starred = true;
                continue;
            }

            starred = false;
            Array.Clear(row, length, block - length);
            row.CopyTo(previous, 0);
            foreach (HexdumpFormat format in formats) context.Output.Write(format.Show(row, length, offset + at));
        }

        if (offset + at == 0) return;
        foreach (HexdumpFormat format in formats) context.Output.Write(format.Show(row, 0, offset, offset + at));
    }
}
