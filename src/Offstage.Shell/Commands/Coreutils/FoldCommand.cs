using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class FoldCommand : ICommand
{
    private static readonly OptionTable table = new(
        "fold [OPTION]... [FILE]...",
        "Wrap input lines in each FILE, writing to standard output.",
        new('b', "bytes", "count bytes rather than columns"),
        new('s', "spaces", "break at spaces"),
        new('w', "width", "use WIDTH columns instead of 80", OptionArgument.Required, "WIDTH"));

    public string Name => "fold";

    public int Run(CommandContext context)
    {
        var arguments = context.Arguments.Select(a => a.Length > 1 && a[0] == '-' && a.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0 ? "-w" + a[1..] : a).ToList();
        var options = table.Parse(context, arguments, out int usage);
        if (options is null) return usage;
        int width = 80;
        if (options.Value('w') is { } w && (!int.TryParse(w, out width) || width < 1)) throw new CommandFailedException($"invalid number of columns: {Latin.Quote(w)}");
        var status = new RunningStatus();
        bool bytes = options.Has('b'), spaces = options.Has('s'), utf8 = context.IsUtf8;
        foreach (var file in InputFile.OpenAll(context, options.Operands, status))
        {
            while (file.Reader.TryReadLine(out var line, out bool ended))
            {
                Fold(context.Output, line, width, bytes, spaces, utf8);
                if (ended) context.Output.WriteByte((byte)'\n');
            }
        }

        return status.Value;
    }

    private static void Fold(OutputWriter output, ReadOnlySpan<byte> line, int width, bool bytes, bool spaces, bool utf8)
    {
        while (true)
        {
            int column = 0, at = 0;
            while (at < line.Length)
            {
                int next = bytes ? column + 1 : Advance(column, line[at], utf8);
                if (next > width && at > 0) break;
                column = next;
                at++;
            }

            if (at >= line.Length)
            {
                output.Write(line);
                return;
            }

            if (spaces)
            {
                int blank = line[..at].LastIndexOfAny((byte)' ', (byte)'\t');
                if (blank >= 0) at = blank + 1;
            }

            output.Write(line[..at]);
            output.WriteByte((byte)'\n');
            line = line[at..];
        }
    }

    private static int Advance(int column, byte b, bool utf8) => b switch
    {
        (byte)'\t' => column + 8 - (column % 8),
        (byte)'\b' => Math.Max(0, column - 1),
        (byte)'\r' => 0,
        _ => utf8 && (b & 0xC0) == 0x80 ? column : column + 1,
    };
}
