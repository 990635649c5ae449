using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class PasteCommand : ICommand
{
    private static readonly OptionTable table = new(
        "paste [OPTION]... [FILE]...",
        "Write lines consisting of the sequentially corresponding lines from each FILE, separated by TABs, to standard output.",
        new('d', "delimiters", "reuse characters from LIST instead of TABs", OptionArgument.Required, "LIST"),
        new('s', "serial", "paste one file at a time instead of in parallel"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"));

    public string Name => "paste";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        byte terminator = options.Has('z') ? (byte)0 : (byte)'\n';
        string list = options.Value('d') ?? "\t";
        string?[] delimiters = Delimiters(list);
        IReadOnlyList<string> names = options.Operands.Count == 0 ? ["-"] : options.Operands;
        var files = new List<InputFile>();
        InputReader? standardInput = null;
        int status = 0;
        try
        {
            foreach (string name in names)
            {
                var file = InputFile.Open(context, name);
                if (file is not null) files.Add(file);
                else if (!options.Has('s')) return 1;
                else status = 1;
            }

            // All operands that are standard input share its lines.
            var readers = files.Select(f => f.IsStandardInput ? standardInput ??= f.Reader : f.Reader).ToList();
            if (options.Has('s')) Serial(context, readers, delimiters, terminator);
            else Parallel(context, readers, delimiters, terminator);
            foreach (var file in files.Where(f => f.Error != FileError.None))
            {
                context.Complain(file.Name, file.Error);
                status = 1;
            }

            return status;
        }
        finally
        {
            foreach (var file in files) file.Dispose();
        }
    }

    private static string?[] Delimiters(string list)
    {
        var result = new List<string?>();
        for (int i = 0; i < list.Length; i++)
        {
            if (list[i] != '\\') result.Add(list[i].ToString());
            else if (++i >= list.Length) throw new CommandFailedException($"delimiter list ends with an unescaped backslash: {list}");
            else result.Add(list[i] switch { '0' => "", 'n' => "\n", 't' => "\t", 'r' => "\r", 'b' => "\b", 'f' => "\f", 'v' => "\v", var c => c.ToString() });
        }

        return result.Count == 0 ? [""] : [.. result];
    }

    private static void Serial(CommandContext context, List<InputReader> readers, string?[] delimiters, byte terminator)
    {
        foreach (var reader in readers)
        {
            for (int i = 0; reader.TryReadLine(out var line, out _, terminator); i++)
            {
                if (i > 0) context.Output.Write(delimiters[(i - 1) % delimiters.Length]!);
                context.Output.Write(line);
            }

            context.Output.WriteByte(terminator);
        }
    }

    private static void Parallel(CommandContext context, List<InputReader> readers, string?[] delimiters, byte terminator)
    {
        bool[] ended = new bool[readers.Count];
        var row = new ByteText(context.Budget);
        while (true)
        {
            row.Clear();
            bool any = false;
            for (int i = 0; i < readers.Count; i++)
            {
                if (i > 0) row.Append(delimiters[(i - 1) % delimiters.Length]!);
                if (ended[i]) continue;
                if (readers[i].TryReadLine(out var line, out _, terminator))
                {
                    row.Append(line);
                    any = true;
                }
                else
                {
                    ended[i] = true;
                }
            }

            if (!any) return;
            context.Output.Write(row.Span);
            context.Output.WriteByte(terminator);
        }
    }
}
