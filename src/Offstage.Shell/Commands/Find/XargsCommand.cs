using Offstage.Shell.Commands.Text;
using Offstage.Shell.Streams;

namespace Offstage.Shell.Commands.Find;

internal sealed class XargsCommand : ICommand
{
    private const int CommandLengthMax = 131_072;

    private static readonly OptionTable table = new(
        "xargs [OPTION]... COMMAND [INITIAL-ARGS]...",
        "Run COMMAND with arguments INITIAL-ARGS and more arguments read from input.",
        new('0', "null", "items are separated by a null, not whitespace"),
        new('a', "arg-file", "read arguments from FILE, not standard input", OptionArgument.Required, "FILE"),
        new('d', "delimiter", "items in input stream are separated by CHARACTER, not by whitespace", OptionArgument.Required, "CHARACTER"),
        new('E', null, "set logical EOF string", OptionArgument.Required, "END"),
        new('e', "eof", "equivalent to -E END", OptionArgument.Optional, "END"),
        new('I', null, "replace R in INITIAL-ARGS with names read from standard input", OptionArgument.Required, "R"),
        new('i', "replace", "same as -IR; {} when R is missing", OptionArgument.Optional, "R"),
        new('L', null, "use at most MAX-LINES non-blank input lines per command line", OptionArgument.Required, "MAX-LINES"),
        new('l', "max-lines", "similar to -L but defaults to at most one", OptionArgument.Optional, "MAX-LINES"),
        new('n', "max-args", "use at most MAX-ARGS arguments per command line", OptionArgument.Required, "MAX-ARGS"),
        new('o', "open-tty", "ignored"),
        new('P', "max-procs", "accepted; commands run one after the other", OptionArgument.Required, "MAX-PROCS"),
        new('p', "interactive", "not supported: there is nobody to ask"),
        new('r', "no-run-if-empty", "if there are no arguments, then do not run COMMAND"),
        new('s', "max-chars", "limit length of command line to MAX-CHARS", OptionArgument.Required, "MAX-CHARS"),
        new('t', "verbose", "print commands before executing them"),
        new('x', "exit", "exit if the size (see -s) is exceeded"))
    { StopsAtOperand = true };

    public string Name => "xargs";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Has('p')) throw new CommandFailedException("-p is not supported: there is nobody to ask");
        var command = options.Operands.Count == 0 ? ["echo"] : options.Operands;
        string? replace = options.Last("I", "i", "L", "l", "n") switch { "I" => options.Value('I'), "i" => options.Value('i') ?? "{}", _ => null };
        int perCommand = options.Last("n", "L", "l", "I", "i") == "n" ? Count(options.Value('n')!, 'n') : int.MaxValue;
        int lines = options.Last("n", "L", "l", "I", "i") switch { "L" => Count(options.Value('L')!, 'L'), "l" => options.Value('l') is { } l ? Count(l, 'l') : 1, _ => int.MaxValue };
        int lengthMax = options.Value('s') is { } s ? Count(s, 's') : CommandLengthMax;
        byte? delimiter = options.Last("0", "d") switch { "0" => 0, "d" => Delimiter(options.Value('d')!), _ => null };
        using var file = InputFile.TryOpen(context, options.Value('a') ?? "-", out var error);
        if (file is null) throw new CommandFailedException($"Cannot open input file {Latin.Quote(options.Value('a')!)}: {error.Message()}");
        var items = delimiter is { } separator ? Delimited(file, separator) : Words(context, file, replace is not null, options.Value('E') ?? options.Value('e'));
        var run = new Runner(context, command, options.Has('t'), options.Has('a'));
        var batch = new List<string>();
        int length = 0, line = 0;
        bool any = false;
        foreach (var (item, endsLine) in items)
        {
            any = true;
            if (replace is not null)
            {
                if (!run.Execute([.. command.Select((a, i) => i == 0 ? a : a.Replace(replace, item, StringComparison.Ordinal))])) return run.Status;
                continue;
            }

            if (batch.Count > 0 && (batch.Count >= perCommand || line >= lines || length + item.Length + 1 > lengthMax - command.Sum(c => c.Length + 1)))
            {
                if (!run.Execute([.. command, .. batch])) return run.Status;
                batch.Clear();
                (length, line) = (0, 0);
            }

            batch.Add(item);
            length += item.Length + 1;
            if (endsLine) line++;
        }

        if (replace is null && (batch.Count > 0 || (!any && !options.Has('r')))) run.Execute([.. command, .. batch]);
        return run.Status;
    }

    private static int Count(string text, char option)
        => int.TryParse(text, out int value) ? value >= 1 ? value : throw new CommandFailedException($"value {text} for -{option} option should be >= 1") : throw new CommandFailedException($"invalid number \"{text}\" for -{option} option");

    private static byte Delimiter(string text)
    {
        if (text.StartsWith('\\')) text = Escapes.Expand(text);
        return text.Length == 1 ? (byte)text[0] : throw new CommandFailedException($"Invalid input delimiter specification {text}: the delimiter must be either a single character or an escape sequence starting with \\.");
    }

    private static IEnumerable<(string Item, bool EndsLine)> Delimited(InputFile file, byte delimiter)
    {
        while (file.Reader.TryReadLine(out var line, out _, delimiter)) yield return (Latin.Text(line), true);
    }

    /// <summary>Blanks and line ends separate, unless in quotes or behind a backslash.</summary>
    private static IEnumerable<(string Item, bool EndsLine)> Words(CommandContext context, InputFile file, bool wholeLines, string? end)
    {
        while (file.Reader.TryReadLine(out var bytes, out _))
        {
            context.Check();
            string line = Latin.Text(bytes);
            while (EndsInBackslash(line) && file.Reader.TryReadLine(out var more, out _)) line += "\n" + Latin.Text(more);
            // A trailing blank joins a line to the next one, for -L.
            bool continues = line.EndsWith(' ') || line.EndsWith('\t');
            var words = Split(line.TrimStart(' ', '\t'), wholeLines);
            for (int i = 0; i < words.Count; i++)
            {
                if (end is { Length: > 0 } && words[i] == end) yield break;
                yield return (words[i], i == words.Count - 1 && !continues);
            }
        }
    }

    private static bool EndsInBackslash(string line)
    {
        int count = 0;
        while (count < line.Length && line[^(count + 1)] == '\\') count++;
        return count % 2 == 1;
    }

    private static List<string> Split(string line, bool wholeLines)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        bool inWord = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c is '\'' or '"')
            {
                int close = line.IndexOf(c, i + 1);
                if (close < 0) throw new CommandFailedException($"unmatched {(c == '"' ? "double" : "single")} quote; by default quotes are special to xargs unless you use the -0 option");
                word.Append(line, i + 1, close - i - 1);
                inWord = true;
                i = close;
            }
            else if (c == '\\' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
                inWord = true;
            }
            else if (c is ' ' or '\t' && !wholeLines)
            {
                if (inWord) words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (inWord) words.Add(word.ToString());
        return words;
    }

    private sealed class Runner(CommandContext context, List<string> command, bool verbose, bool keepsInput)
    {
        public int Status { get; private set; }

        /// <returns>False when no more is to be run.</returns>
        public bool Execute(List<string> arguments)
        {
            context.Check();
            if (verbose)
            {
                context.Error.WriteLine(string.Join(' ', arguments));
                context.Error.Flush();
            }

            int status = context.Run(new CommandCall(arguments) { StandardInput = keepsInput ? context.StandardInput : Device.Null });
            if (status == 0) return true;
            if (status is 126 or 127)
            {
                if (status == 127) context.Complain($"{command[0]}: No such file or directory");
                Status = status;
                return false;
            }

            if (status == 255)
            {
                context.Complain($"{command[0]}: exited with status 255; aborting");
                Status = 124;
                return false;
            }

            if (status > 128)
            {
                Status = 125;
                return false;
            }

            Status = 123;
            return true;
        }
    }
}
