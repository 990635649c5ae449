using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class TailCommand : ICommand
{
    private static readonly OptionTable table = new(
        "tail [OPTION]... [FILE]...",
        "Print the last 10 lines of each FILE to standard output. Files are not followed: -f ends at the end of the file.",
        new('c', "bytes", "output the last NUM bytes; or use -c +NUM to output starting with byte NUM", OptionArgument.Required, "[+]NUM"),
        new('f', "follow", "accepted; what is there is printed, later growth is not", OptionArgument.Optional, "HOW"),
        new('F', null, "same as -f"),
        new('n', "lines", "output the last NUM lines; or use -n +NUM to output starting with line NUM", OptionArgument.Required, "[+]NUM"),
        new('\0', "pid", "ignored", OptionArgument.Required, "PID"),
        new('q', "quiet", "never output headers giving file names"),
        new('\0', "silent", "the same as --quiet"),
        new('\0', "retry", "ignored"),
        new('s', "sleep-interval", "ignored", OptionArgument.Required, "N"),
        new('v', "verbose", "always output headers giving file names"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"));

    public string Name => "tail";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, Old(context.Arguments), out int usage);
        if (options is null) return usage;
        bool bytes = options.Last("c", "n") == "c";
        string text = (bytes ? options.Value('c') : options.Value('n')) ?? "10";
        bool fromStart = text.StartsWith('+');
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
            if (fromStart) From(context, file, Math.Max(0, count - 1), bytes, delimiter);
            else Last(context, file, count, bytes, delimiter);
            if (file.Error == FileError.None) continue;
            context.Complain($"error reading {Latin.Quote(name)}: {file.Error.Message()}");
            status = 1;
        }

        return status;
    }

    private static IReadOnlyList<string> Old(IReadOnlyList<string> arguments)
        => arguments.Count > 0 && arguments[0].Length > 1 && arguments[0][0] is '-' or '+' && char.IsAsciiDigit(arguments[0][1])
            ? [(arguments[0].EndsWith('c') ? "-c" : "-n") + arguments[0].TrimStart('-').TrimEnd('c', 'l', 'f'), .. arguments.Skip(1)]
            : arguments;

    private static void From(CommandContext context, InputFile file, long skip, bool bytes, byte delimiter)
    {
        while (file.Lines.TryReadAny(out var block))
        {
            while (skip > 0 && !block.IsEmpty)
            {
                if (bytes)
                {
                    int taken = (int)Math.Min(skip, block.Length);
                    block = block[taken..];
                    skip -= taken;
                    continue;
                }

                int end = block.IndexOf(delimiter);
                if (end >= 0) skip--;
                block = end < 0 ? default : block[(end + 1)..];
            }

            context.Output.Write(block);
        }
    }

    private static void Last(CommandContext context, InputFile file, long count, bool bytes, byte delimiter)
    {
        // A large file is read from near its end, where the lines probably are.
        if (bytes && file.Description.CanSeek && file.Description.Status is { Kind: FileKind.Regular } status && status.Size > count)
            file.Description.Seek(-count, SeekOrigin.End, out _);
        using var ending = new TailBuffer(context.Budget, count, bytes ? null : delimiter);
        while (file.Reader.TryReadBlock(out var block)) ending.Add(block);
        byte[] content = ending.ToArray();
        int start = content.Length;
        if (bytes)
        {
            start = (int)Math.Max(0, content.Length - count);
        }
        else if (count > 0)
        {
            int scan = start > 0 && content[start - 1] == delimiter ? start - 1 : start;
            for (; count > 0 && scan >= 0; count--) scan = content.AsSpan(0, scan).LastIndexOf(delimiter);
            start = scan + 1;
        }

        context.Output.Write(content.AsSpan(start));
    }
}
