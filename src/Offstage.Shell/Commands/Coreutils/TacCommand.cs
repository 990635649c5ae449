using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class TacCommand : ICommand
{
    private static readonly OptionTable table = new(
        "tac [OPTION]... [FILE]...",
        "Write each FILE to standard output, last line first.",
        new('b', "before", "attach the separator before instead of after"),
        new('r', "regex", "interpret the separator as a regular expression"),
        new('s', "separator", "use STRING as the separator instead of newline", OptionArgument.Required, "STRING"));

    public string Name => "tac";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        string separator = options.Value('s') ?? "\n";
        if (separator.Length == 0) separator = "\0";
        var regex = options.Has('r') ? RegularExpressions.PosixRegex.Compile(Latin.Bytes(separator), RegularExpressions.RegexSyntax.Basic) : null;
        int status = 0;
        foreach (string name in options.Operands.Count == 0 ? ["-"] : options.Operands)
        {
            using var file = InputFile.TryOpen(context, name, out var error);
            if (file is null)
            {
                context.Complain($"failed to open {Latin.Quote(name)} for reading: {error.Message()}");
                status = 1;
                continue;
            }

            byte[] content = file.ReadToEnd();
            if (file.Error != FileError.None)
            {
                context.Complain($"{name}: read error: {file.Error.Message()}");
                status = 1;
            }

            var ends = Separators(content, Latin.Bytes(separator), regex);
            Write(context, content, ends, options.Has('b'));
        }

        return status;
    }

    private static List<(int Start, int End)> Separators(byte[] content, byte[] separator, RegularExpressions.PosixRegex? regex)
    {
        var found = new List<(int, int)>();
        Span<RegularExpressions.Group> groups = stackalloc RegularExpressions.Group[1];
        for (int at = 0; at < content.Length;)
        {
            int start, end;
            if (regex is null)
            {
                int offset = content.AsSpan(at).IndexOf(separator);
                if (offset < 0) break;
                (start, end) = (at + offset, at + offset + separator.Length);
            }
            else
            {
                if (!regex.Match(content, at, groups)) break;
                (start, end) = (groups[0].Start, Math.Max(groups[0].End, groups[0].Start + 1));
            }

            found.Add((start, end));
            at = end;
        }

        return found;
    }

    private static void Write(CommandContext context, byte[] content, List<(int Start, int End)> separators, bool before)
    {
        int end = content.Length;
        for (int i = separators.Count - 1; i >= -1; i--)
        {
            context.Check();
            int start = i < 0 ? 0 : before ? separators[i].Start : separators[i].End;
            if (start < end) context.Output.Write(content.AsSpan(start, end - start));
            end = start;
        }
    }
}
