using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class HeadCommand : ICommand
{
    private static readonly OptionTable table = new(
        "head [OPTION]... [FILE]...",
        "Print the first 10 lines of each FILE to standard output.",
        new('c', "bytes", "print the first NUM bytes of each file; with the leading '-', print all but the last", OptionArgument.Required, "[-]NUM"),
        new('n', "lines", "print the first NUM lines instead of the first 10; with the leading '-', print all but the last", OptionArgument.Required, "[-]NUM"),
        new('q', "quiet", "never print headers giving file names"),
        new('\0', "silent", "the same as --quiet"),
        new('v', "verbose", "always print headers giving file names"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"));

    public string Name => "head";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, Old(context.Arguments), out int usage);
        if (options is null) return usage;
        bool bytes = options.Last("c", "n") == "c";
        string text = (bytes ? options.Value('c') : options.Value('n')) ?? "10";
        bool fromEnd = text.StartsWith('-');
        if (!SizeText.TryParse(text.TrimStart('-', '+'), out long count)) throw new CommandFailedException($"invalid number of {(bytes ? "bytes" : "lines")}: {Latin.Quote(text)}");
        bool headers = options.Last("q", "silent", "v") is { } which ? which == "v" : options.Operands.Count > 1;
        byte delimiter = options.Has('z') ? (byte)0 : (byte)'\n';
        int status = 0;
        bool first = true;
        foreach (string name in options.Operands.Count == 0 ? ["-"] : options.Operands)
        {
            using var file = InputFile.TryOpen(context, name, out var error);
            if (file is null)
            {
                context.Complain($"cannot open {Latin.Quote(name)} for reading: {error.Message()}");
                status = 1;
                continue;
            }

            if (headers) context.Output.Write($"{(first ? "" : "\n")}==> {(name == "-" ? "standard input" : name)} <==\n");
            first = false;
            if (fromEnd) AllBut(context, file, count, bytes, delimiter);
            else if (bytes) Bytes(context, file, count);
            else Lines(context, file, count, delimiter);
            if (file.Error == FileError.None) continue;
            context.Complain($"error reading {Latin.Quote(name)}: {file.Error.Message()}");
            status = 1;
        }

        return status;
    }

    /// <summary><c>-5</c> is <c>-n 5</c>.</summary>
    private static IReadOnlyList<string> Old(IReadOnlyList<string> arguments)
        => arguments.Count > 0 && arguments[0].Length > 1 && arguments[0][0] == '-' && char.IsAsciiDigit(arguments[0][1]) ? ["-n" + arguments[0][1..].TrimEnd('q', 'v'), .. arguments.Skip(1)] : arguments;

    private static void Bytes(CommandContext context, InputFile file, long count)
    {
        long seen = 0;
        byte[] buffer = new byte[Math.Min(count, 65536)];
        while (seen < count)
        {
            context.Check();
            int wanted = (int)Math.Min(buffer.Length, count - seen);
            var error = file.Description.Read(buffer.AsSpan(0, wanted), context.Interruption, out int read);
            if (error != FileError.None) throw new CommandFailedException($"error reading {Latin.Quote(file.Name)}: {error.Message()}");
            if (read == 0) return;
            context.Output.Write(buffer.AsSpan(0, read));
            seen += read;
        }
    }

    private static void Lines(CommandContext context, InputFile file, long count, byte delimiter)
    {
        while (count > 0 && file.Lines.TryReadAny(out var block))
        {
            int end = 0;
            while (count > 0)
            {
                int next = block[end..].IndexOf(delimiter);
                if (next < 0)
                {
                    end = block.Length;
                    break;
                }

                end += next + 1;
                count--;
            }

            context.Output.Write(block[..end]);
            // What was read too much is given back, so that the next command goes on behind the last line.
            if (count == 0 && end < block.Length && file.Description.CanSeek) file.Description.Seek(end - block.Length, SeekOrigin.Current, out _);
        }
    }

    private static void AllBut(CommandContext context, InputFile file, long count, bool bytes, byte delimiter)
    {
        byte[] content = file.ReadToEnd();
        if (bytes)
        {
            context.Output.Write(content.AsSpan(0, (int)Math.Max(0, content.Length - count)));
            return;
        }

        int end = content.Length;
        for (; count > 0 && end > 0; count--)
        {
            int scan = content[end - 1] == delimiter ? end - 1 : end;
            end = content.AsSpan(0, scan).LastIndexOf(delimiter) + 1;
        }

        context.Output.Write(content.AsSpan(0, end));
    }
}
