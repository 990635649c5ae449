using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class NlCommand : ICommand
{
    private static readonly OptionTable table = new(
        "nl [OPTION]... [FILE]...",
        "Write each FILE to standard output, with line numbers added.",
        new('b', "body-numbering", "use STYLE for numbering body lines", OptionArgument.Required, "STYLE"),
        new('d', "section-delimiter", "use CC for logical page delimiters", OptionArgument.Required, "CC"),
        new('f', "footer-numbering", "use STYLE for numbering footer lines", OptionArgument.Required, "STYLE"),
        new('h', "header-numbering", "use STYLE for numbering header lines", OptionArgument.Required, "STYLE"),
        new('i', "line-increment", "line number increment at each line", OptionArgument.Required, "NUMBER"),
        new('l', "join-blank-lines", "group of NUMBER empty lines counted as one", OptionArgument.Required, "NUMBER"),
        new('n', "number-format", "insert line numbers according to FORMAT", OptionArgument.Required, "FORMAT"),
        new('p', "no-renumber", "do not reset line numbers for each section"),
        new('s', "number-separator", "add STRING after (possible) line number", OptionArgument.Required, "STRING"),
        new('v', "starting-line-number", "first line number for each section", OptionArgument.Required, "NUMBER"),
        new('w', "number-width", "use NUMBER columns for line numbers", OptionArgument.Required, "NUMBER"));

    public string Name => "nl";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        var styles = new[] { Style.Parse(options.Value('h') ?? "n", "header"), Style.Parse(options.Value('b') ?? "t", "body"), Style.Parse(options.Value('f') ?? "n", "footer") };
        long start = Number(options.Value('v') ?? "1", "starting line number"), increment = Number(options.Value('i') ?? "1", "line number increment");
        long blanks = Number(options.Value('l') ?? "1", "line number of blank lines"), width = Number(options.Value('w') ?? "6", "line number field width");
        if (width is < 1 or > 1000) throw new CommandFailedException($"invalid line number field width: {Latin.Quote(options.Value('w')!)}: Numerical result out of range");
        string separator = options.Value('s') ?? "\t", format = options.Value('n') ?? "rn";
        if (format is not ("ln" or "rn" or "rz")) return Usage.Error(context, $"invalid line numbering format: {Latin.Quote(format)}");
        string delimiter = options.Value('d') ?? "\\:";
        if (delimiter.Length == 1) delimiter += ":";
        long number = start, blankRun = 0;
        int section = 1;
        string empty = new(' ', (int)width + separator.Length);
        var status = new RunningStatus();
        foreach (var file in InputFile.OpenAll(context, options.Operands, status))
        {
            while (file.Reader.TryReadLine(out var line, out _))
            {
                int marks = delimiter.Length > 0 ? Marks(Latin.Text(line), delimiter) : 0;
                if (marks > 0)
                {
                    section = 3 - marks;
                    if (!options.Has('p')) number = start;
                    context.Output.WriteByte((byte)'\n');
                    continue;
                }

                blankRun = line.IsEmpty ? blankRun + 1 : 0;
                bool numbered = styles[section].Numbers(line) && !(line.IsEmpty && blankRun < blanks);
                if (line.IsEmpty && blankRun >= blanks) blankRun = 0;
                if (numbered)
                {
                    context.Output.Write(Shown(number, format, (int)width) + separator);
                    number += increment;
                }
                else
                {
                    context.Output.Write(empty);
                }

                context.Output.Write(line);
                context.Output.WriteByte((byte)'\n');
            }
        }

        return status.Value;
    }

    private static int Marks(string line, string delimiter)
    {
        for (int count = 1; count <= 3; count++)
        {
            if (line == string.Concat(Enumerable.Repeat(delimiter, count))) return count;
        }

        return 0;
    }

    private static string Shown(long number, string format, int width) => format switch
    {
        "ln" => number.ToString().PadRight(width),
        "rz" => number < 0 ? "-" + (-number).ToString().PadLeft(width - 1, '0') : number.ToString().PadLeft(width, '0'),
        _ => number.ToString().PadLeft(width),
    };

    private static long Number(string text, string what)
        => long.TryParse(text, out long value) ? value : throw new CommandFailedException($"invalid {what}: {Latin.Quote(text)}");

    /// <summary>Which lines of a section are numbered.</summary>
    private sealed record Style(char Kind, PosixRegex? Pattern)
    {
        public static Style Parse(string text, string section) => text switch
        {
            "a" or "t" or "n" => new(text[0], null),
            ['p', .. var pattern] => new('p', PosixRegex.Compile(Latin.Bytes(pattern), RegexSyntax.Basic)),
            _ => throw new CommandFailedException($"invalid {section} numbering style: {Latin.Quote(text)}"),
        };

        public bool Numbers(ReadOnlySpan<byte> line) => Kind switch { 'a' => true, 't' => !line.IsEmpty, 'n' => false, _ => Pattern!.IsMatch(line) };
    }
}
