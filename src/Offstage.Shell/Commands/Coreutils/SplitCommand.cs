using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class SplitCommand : ICommand
{
    private static readonly OptionTable table = new(
        "split [OPTION]... [FILE [PREFIX]]",
        "Output pieces of FILE to PREFIXaa, PREFIXab, ...; default size is 1000 lines, and default PREFIX is 'x'.",
        new('a', "suffix-length", "generate suffixes of length N (default 2)", OptionArgument.Required, "N"),
        new('\0', "additional-suffix", "append an additional SUFFIX to file names", OptionArgument.Required, "SUFFIX"),
        new('b', "bytes", "put SIZE bytes per output file", OptionArgument.Required, "SIZE"),
        new('C', "line-bytes", "put at most SIZE bytes of records per output file", OptionArgument.Required, "SIZE"),
        new('d', null, "use numeric suffixes starting at 0, not alphabetic"),
        new('\0', "numeric-suffixes", "same as -d, but allow setting the start value", OptionArgument.Optional, "FROM"),
        new('x', null, "use hex suffixes starting at 0, not alphabetic"),
        new('e', "elide-empty-files", "do not generate empty output files with '-n'"),
        new('l', "lines", "put NUMBER lines/records per output file", OptionArgument.Required, "NUMBER"),
        new('n', "number", "generate CHUNKS output files", OptionArgument.Required, "CHUNKS"),
        new('t', "separator", "use SEP instead of newline as the record separator", OptionArgument.Required, "SEP"),
        new('\0', "verbose", "print a diagnostic just before each output file is opened"));

    public string Name => "split";

    public int Run(CommandContext context)
    {
        var arguments = context.Arguments.Select(a => a.Length > 1 && a[0] == '-' && a.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0 ? "-l" + a[1..] : a).ToList();
        var options = table.Parse(context, arguments, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count > 2) return Usage.ExtraOperand(context, options.Operands[2]);
        string? size = options.Last("b", "C", "l") is { } key ? options.Value(key) : null;
        if (size is not null) Size(size, options.Last("b", "C", "l") == "l" ? "lines" : "bytes");
        string name = options.Operands.Count > 0 ? options.Operands[0] : "-";
        using var file = InputFile.TryOpen(context, name, out var error);
        if (file is null) throw new CommandFailedException($"cannot open {Latin.Quote(name)} for reading: {error.Message()}");
        byte separator = options.Value('t') is { Length: > 0 } t ? (t == "\\0" ? (byte)0 : (byte)t[0]) : (byte)'\n';
        using var pieces = new Pieces(context, new Names(options), options.Has("verbose"));
        switch (options.Last("b", "C", "l", "n"))
        {
            case "b":
                Stream(file, pieces, Size(options.Value('b')!, "bytes"), null);
                return 0;
            case "C" or "n":
                byte[] content = file.ReadToEnd();
                foreach (var (start, length) in options.Has('n') ? Chunks(content, options.Value('n')!, separator) : LineBytes(content, Size(options.Value('C')!, "bytes"), separator))
                {
                    if (length == 0 && options.Has('e')) continue;
                    pieces.Begin();
                    pieces.Write(content.AsSpan(start, length));
                }

                return 0;
            default:
                Stream(file, pieces, Size(options.Value('l') ?? "1000", "lines"), separator);
                return 0;
        }
    }

    /// <param name="separator">What ends a line; null to count bytes.</param>
    private static void Stream(InputFile file, Pieces pieces, long size, byte? separator)
    {
        long left = 0;
        while (file.Reader.TryReadBlock(out var block))
        {
            while (!block.IsEmpty)
            {
                if (left == 0)
                {
                    pieces.Begin();
                    left = size;
                }

                int length = separator is { } end ? LinesIn(block, end, ref left) : (int)Math.Min(left, block.Length);
                if (separator is null) left -= length;
                pieces.Write(block[..length]);
                block = block[length..];
            }
        }
    }

    /// <returns>The length of as many lines as are left, or of the whole block.</returns>
    private static int LinesIn(ReadOnlySpan<byte> block, byte separator, ref long left)
    {
        int length = 0;
        while (left > 0 && length < block.Length)
        {
            int found = block[length..].IndexOf(separator);
            if (found < 0) return block.Length;
            length += found + 1;
            left--;
        }

        return length;
    }

    private static long Size(string text, string what)
        => SizeText.TryParse(text, out long value) && value > 0 ? value : throw new CommandFailedException($"invalid number of {what}: {Latin.Quote(text)}{(value == 0 && text.StartsWith('0') ? ": Numerical result out of range" : "")}");

    private static IEnumerable<(int Start, int Length)> LineBytes(byte[] content, long size, byte separator)
    {
        for (int at = 0; at < content.Length;)
        {
            int end = (int)Math.Min(content.Length, at + size);
            int last = end == content.Length ? end : at + content.AsSpan(at, end - at).LastIndexOf(separator) + 1;
            if (last > at) end = last;
            yield return (at, end - at);
            at = end;
        }
    }

    private static List<(int Start, int Length)> Chunks(byte[] content, string text, byte separator)
    {
        bool lines = text.StartsWith("l/", StringComparison.Ordinal);
        long count = Size(lines ? text[2..] : text, "chunks");
        var chunks = new List<(int, int)>();
        int at = 0;
        for (long i = 1; i <= count; i++)
        {
            int end = i == count ? content.Length : (int)(content.Length / count * i) + (lines ? 0 : (int)Math.Min(i, content.Length % count));
            if (lines && i < count)
            {
                // A chunk of lines ends with the line in which its share of the bytes ends.
                int from = Math.Max(at, end - 1);
                int length = end <= at ? -2 : content.AsSpan(from).IndexOf(separator);
                end = length == -2 ? at : length < 0 ? content.Length : from + length + 1;
            }

            chunks.Add((at, Math.Max(0, end - at)));
            at = Math.Max(at, end);
        }

        return chunks;
    }

    /// <summary>The files that are made, one after the other.</summary>
    private sealed class Pieces(CommandContext context, Names names, bool tells) : IDisposable
    {
        private FileDescription? target;
        private OutputWriter? writer;

        public void Begin()
        {
            End();
            context.Check();
            string path = names.Next();
            if (tells) context.Output.WriteLine($"creating file {Latin.Quote(path)}");
            var error = context.Open(path, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out target);
            if (target is null) throw new CommandFailedException($"{path}: {error.Message()}");
            writer = context.Writer(target);
        }

        public void Write(ReadOnlySpan<byte> bytes) => writer!.Write(bytes);

        public void Dispose()
        {
            if (writer is not null) End();
        }

        private void End()
        {
            writer?.Flush();
            writer = null;
            target?.Release();
            target = null;
        }
    }

    /// <summary>xaa, xab, …; without a given length they grow: xzz is followed by xaaaa's kin.</summary>
    private sealed class Names
    {
        private readonly string prefix;
        private readonly string suffix;
        private readonly string alphabet;
        private readonly bool fixedLength;
        private int length;
        private long index;

        public Names(ParsedOptions options)
        {
            prefix = options.Operands.Count > 1 ? options.Operands[1] : "x";
            suffix = options.Value("additional-suffix") ?? "";
            alphabet = options.Has('x') ? "0123456789abcdef" : options.Has('d') || options.Has("numeric-suffixes") ? "0123456789" : "abcdefghijklmnopqrstuvwxyz";
            fixedLength = options.Has('a') || options.Value("numeric-suffixes") is not null;
            length = options.Value('a') is { } a ? int.TryParse(a, out int value) && value is >= 0 and < 100 ? Math.Max(1, value) : throw new CommandFailedException($"invalid suffix length: {Latin.Quote(a)}") : 2;
            if (options.Value("numeric-suffixes") is { } from) index = long.TryParse(from, out long start) ? start : throw new CommandFailedException($"invalid start value for numerical suffix: {Latin.Quote(from)}");
        }

        public string Next()
        {
            double room = Math.Pow(alphabet.Length, length);
            // The last letter is kept as a mark that longer suffixes follow, so that names stay in order.
            double usable = fixedLength ? room : room - (room / alphabet.Length);
            if (index >= usable)
            {
                if (fixedLength) throw new CommandFailedException("output file suffixes exhausted");
                index = 0;
                length++;
                marks++;
            }

            string text = "";
            long rest = index++;
            for (int i = 0; i < length; i++)
            {
                text = alphabet[(int)(rest % alphabet.Length)] + text;
                rest /= alphabet.Length;
            }

            return prefix + new string(alphabet[^1], marks) + text + suffix;
        }

        private int marks;
    }
}
