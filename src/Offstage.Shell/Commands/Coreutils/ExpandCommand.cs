using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

/// <summary>expand, and unexpand as its reverse.</summary>
internal sealed class ExpandCommand(bool reverse) : ICommand
{
    private static readonly OptionTable expand = new(
        "expand [OPTION]... [FILE]...",
        "Convert tabs in each FILE to spaces, writing to standard output.",
        new('i', "initial", "do not convert tabs after non blanks"),
        new('t', "tabs", "have tabs N characters apart, not 8; or use a list of tab positions", OptionArgument.Required, "N"));

    private static readonly OptionTable unexpand = new(
        "unexpand [OPTION]... [FILE]...",
        "Convert blanks in each FILE to tabs, writing to standard output.",
        new('a', "all", "convert all blanks, instead of just initial blanks"),
        new('\0', "first-only", "convert only leading sequences of blanks (overrides -a)"),
        new('t', "tabs", "have tabs N characters apart instead of 8 (enables -a)", OptionArgument.Required, "N"));

    public string Name => reverse ? "unexpand" : "expand";

    public int Run(CommandContext context)
    {
        var arguments = context.Arguments.Select(a => a.Length > 1 && a[0] == '-' && a.Skip(1).All(c => char.IsAsciiDigit(c) || c == ',') ? "-t" + a[1..] : a).ToList();
        var options = (reverse ? unexpand : expand).Parse(context, arguments, out int usage);
        if (options is null) return usage;
        var stops = new TabStops(options.Values('t').SelectMany(t => t.Split(',', ' ', '\t')).Where(t => t.Length > 0));
        bool all = !options.Has("first-only") && (options.Has('a') || options.Has('t'));
        var status = new RunningStatus();
        foreach (var file in InputFile.OpenAll(context, options.Operands, status))
        {
            while (file.Reader.TryReadLine(out var line, out bool ended))
            {
                if (reverse) Unexpand(context.Output, line, stops, all);
                else Expand(context.Output, line, stops, options.Has('i'));
                if (ended) context.Output.WriteByte((byte)'\n');
            }
        }

        return status.Value;
    }

    private static void Expand(OutputWriter output, ReadOnlySpan<byte> line, TabStops stops, bool initial)
    {
        long column = 0;
        bool converting = true;
        foreach (byte b in line)
        {
            if (b == '\t' && converting)
            {
                long next = stops.Next(column) ?? column + 1;
                for (; column < next; column++) output.WriteByte((byte)' ');
                continue;
            }

            if (b == '\b') column = Math.Max(0, column - 1);
            else column++;
            if (initial && b != ' ') converting = false;
            output.WriteByte(b);
        }
    }

    private static void Unexpand(OutputWriter output, ReadOnlySpan<byte> line, TabStops stops, bool all)
    {
        long column = 0;
        int at = 0;
        bool converting = true;
        while (at < line.Length)
        {
            if (!converting || line[at] is not ((byte)' ' or (byte)'\t'))
            {
                output.WriteByte(line[at++]);
                column++;
                converting = all;
                continue;
            }

            int from = at;
            long begin = column, end = column;
            while (at < line.Length && line[at] is (byte)' ' or (byte)'\t')
            {
                end = line[at] == '\t' ? stops.Next(end) ?? end + 1 : end + 1;
                at++;
            }

            bool single = at - from == 1 && line[from] == ' ';
            while (stops.Next(begin) is { } stop && stop <= end && !(single && stop - begin == 1 && column > 0))
            {
                output.WriteByte((byte)'\t');
                begin = stop;
            }

            for (; begin < end; begin++) output.WriteByte((byte)' ');
            column = end;
        }
    }

    private sealed class TabStops
    {
        private readonly List<long> stops = [];
        private readonly long every;

        public TabStops(IEnumerable<string> texts)
        {
            foreach (string text in texts)
            {
                char mark = text[0] is '/' or '+' ? text[0] : '\0';
                string digits = mark == '\0' ? text : text[1..];
                if (!long.TryParse(digits, System.Globalization.NumberStyles.None, null, out long value)) throw new CommandFailedException($"tab size contains invalid character(s): {Latin.Quote(text)}");
                if (value == 0) throw new CommandFailedException("tab size cannot be 0");
                if (mark != '\0') every = value;
                else if (stops.Count > 0 && value <= stops[^1]) throw new CommandFailedException("tab sizes must be ascending");
                else stops.Add(value);
            }

            if (stops.Count == 0) every = every == 0 ? 8 : every;
            if (stops.Count == 1 && every == 0)
            {
                every = stops[0];
                stops.Clear();
            }
        }

        /// <summary>The first stop behind a column; null when there is none.</summary>
        public long? Next(long column)
        {
            foreach (long stop in stops)
            {
                if (stop > column) return stop;
            }

            return every > 0 ? ((column / every) + 1) * every : null;
        }
    }
}
