using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class ColumnCommand : ICommand
{
    private const int TabWidth = 8;

    private static readonly OptionTable table = new(
        "column [OPTION]... [FILE]...",
        "Columnate lists.",
        new('t', "table", "create a table"),
        new('n', "table-name", "table name for JSON output", OptionArgument.Required, "NAME"),
        new('O', "table-order", "specify order of output columns", OptionArgument.Required, "COLUMNS"),
        new('N', "table-columns", "comma separated columns names", OptionArgument.Required, "NAMES"),
        new('l', "table-columns-limit", "maximal number of input columns", OptionArgument.Required, "NUM"),
        new('E', "table-noextreme", "ignored: nothing is cut off here", OptionArgument.Required, "COLUMNS"),
        new('d', "table-noheadings", "don't print header"),
        new('e', "table-header-repeat", "ignored: there are no pages"),
        new('H', "table-hide", "don't print the columns", OptionArgument.Required, "COLUMNS"),
        new('R', "table-right", "right align text in these columns", OptionArgument.Required, "COLUMNS"),
        new('T', "table-truncate", "ignored: nothing is cut off here", OptionArgument.Required, "COLUMNS"),
        new('W', "table-wrap", "ignored: nothing is wrapped here", OptionArgument.Required, "COLUMNS"),
        new('L', "keep-empty-lines", "don't ignore empty lines"),
        new('J', "json", "use JSON output format for table"),
        new('c', "output-width", "width of output in number of characters", OptionArgument.Required, "WIDTH"),
        new('o', "output-separator", "columns separator for table output (default is two spaces)", OptionArgument.Required, "STRING"),
        new('s', "separator", "possible table delimiters", OptionArgument.Required, "STRING"),
        new('x', "fillrows", "fill rows before columns"),
        new('h', null, "display this help and exit"),
        new('V', null, "output version information and exit"));

    public string Name => "column";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Has('h') || options.Has('V')) return table.Parse(context, [options.Has('h') ? "--help" : "--version"], out usage) is null ? usage : 0;
        bool isTable = options.Has('t') || options.Has('J');
        foreach (char letter in "NJOHRn")
        {
            if (!isTable && options.Has(letter) && letter is not ('N' or 'J')) throw new CommandFailedException("option --table required for all --table-*");
        }

        if (options.Has('J') && !options.Has('N')) throw new CommandFailedException("option --table-columns required for --json");
        var status = new RunningStatus();
        var lines = new List<string>();
        int opened = 0;
        foreach (var file in InputFile.OpenAll(context, options.Operands, status))
        {
            opened++;
            while (file.Reader.TryReadLine(out var bytes, out _))
            {
                context.Budget.Hold(bytes.Length + 32);
                string line = Latin.Text(bytes);
                if (line.AsSpan().Trim(" \t").Length > 0 || (isTable && options.Has('L'))) lines.Add(line);
            }
        }

        if (opened > 0 && lines.Count > 0)
        {
            if (isTable || options.Has('N')) new ColumnTable(context, options).Print(lines);
            else Fill(context, lines, Width(context, options), options.Has('x'));
        }

        context.Budget.Release(lines.Sum(l => l.Length + 32L));
        return status.Value;
    }

    /// <summary>How many columns a text takes.</summary>
    public static int Width(CommandContext context, string text) => context.IsUtf8 ? text.Count(c => (c & 0xC0) != 0x80) : text.Length;

    private static int Width(CommandContext context, ParsedOptions options)
    {
        if (options.Value('c') is not { } text) return int.TryParse(context.Environment.GetValueOrDefault("COLUMNS"), out int columns) && columns > 0 ? columns : 80;
        if (text == "unlimited") return int.MaxValue / 2;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width > 0 ? width : throw new CommandFailedException($"invalid columns argument: {Latin.Quote(text)}");
    }

    /// <summary>Puts the lines side by side, at tab stops that all of them share.</summary>
    private static void Fill(CommandContext context, List<string> lines, int width, bool rowsFirst)
    {
        int cell = ((lines.Max(l => Width(context, l)) / TabWidth) + 1) * TabWidth;
        int columns = cell >= width ? 1 : width / cell;
        int rows = (lines.Count + columns - 1) / columns;
        for (int row = 0; row < rows; row++)
        {
            context.Check();
            for (int column = 0; column < columns; column++)
            {
                int at = rowsFirst ? (row * columns) + column : (column * rows) + row;
                if (at >= lines.Count) break;
                context.Output.Write(lines[at]);
                int next = rowsFirst ? at + 1 : at + rows;
                if (column + 1 == columns || next >= lines.Count) break;
                for (int reached = Width(context, lines[at]); reached < cell; reached = ((reached / TabWidth) + 1) * TabWidth) context.Output.Write("\t");
            }

            // A last row that ends with its line's last cell still gets its tabs.
            context.Output.Write("\n");
        }
    }
}
