using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Grep;

internal sealed class GrepCommand(string name, char kind) : ICommand
{
    private static readonly OptionTable table = new(
        "grep [OPTION]... PATTERNS [FILE]...",
        "Search for PATTERNS in each FILE.",
        new('E', "extended-regexp", "PATTERNS are extended regular expressions"),
        new('F', "fixed-strings", "PATTERNS are strings"),
        new('G', "basic-regexp", "PATTERNS are basic regular expressions"),
        new('P', "perl-regexp", "PATTERNS are Perl regular expressions"),
        new('e', "regexp", "use PATTERNS for matching", OptionArgument.Required, "PATTERNS"),
        new('f', "file", "take PATTERNS from FILE", OptionArgument.Required, "FILE"),
        new('i', "ignore-case", "ignore case distinctions in patterns and data"),
        new('y', null, "the same as -i"),
        new('\0', "no-ignore-case", "do not ignore case distinctions (default)"),
        new('w', "word-regexp", "match only whole words"),
        new('x', "line-regexp", "match only whole lines"),
        new('z', "null-data", "a data line ends in 0 byte, not newline"),
        new('s', "no-messages", "suppress error messages"),
        new('v', "invert-match", "select non-matching lines"),
        new('m', "max-count", "stop after NUM selected lines", OptionArgument.Required, "NUM"),
        new('b', "byte-offset", "print the byte offset with output lines"),
        new('n', "line-number", "print line number with output lines"),
        new('\0', "line-buffered", "flush output on every line"),
        new('H', "with-filename", "print file name with output lines"),
        new('h', "no-filename", "suppress the file name prefix on output"),
        new('\0', "label", "use LABEL as the standard input file name prefix", OptionArgument.Required, "LABEL"),
        new('o', "only-matching", "show only nonempty parts of lines that match"),
        new('q', "quiet", "suppress all normal output"),
        new('\0', "silent", "the same as --quiet"),
        new('\0', "binary-files", "assume that binary files are TYPE; TYPE is 'binary', 'text', or 'without-match'", OptionArgument.Required, "TYPE"),
        new('a', "text", "equivalent to --binary-files=text"),
        new('I', null, "equivalent to --binary-files=without-match"),
        new('d', "directories", "how to handle directories; ACTION is 'read', 'recurse', or 'skip'", OptionArgument.Required, "ACTION"),
        new('D', "devices", "how to handle devices; ACTION is 'read' or 'skip'", OptionArgument.Required, "ACTION"),
        new('r', "recursive", "like --directories=recurse"),
        new('R', "dereference-recursive", "likewise, but follow all symlinks"),
        new('\0', "include", "search only files that match GLOB", OptionArgument.Required, "GLOB"),
        new('\0', "exclude", "skip files that match GLOB", OptionArgument.Required, "GLOB"),
        new('\0', "exclude-from", "skip files that match any file pattern from FILE", OptionArgument.Required, "FILE"),
        new('\0', "exclude-dir", "skip directories that match GLOB", OptionArgument.Required, "GLOB"),
        new('L', "files-without-match", "print only names of FILEs with no selected lines"),
        new('l', "files-with-matches", "print only names of FILEs with selected lines"),
        new('c', "count", "print only a count of selected lines per FILE"),
        new('T', "initial-tab", "make tabs line up (if needed)"),
        new('Z', "null", "print 0 byte after FILE name"),
        new('B', "before-context", "print NUM lines of leading context", OptionArgument.Required, "NUM"),
        new('A', "after-context", "print NUM lines of trailing context", OptionArgument.Required, "NUM"),
        new('C', "context", "print NUM lines of output context", OptionArgument.Required, "NUM"),
        new('\0', "group-separator", "print SEP on line between matches with context", OptionArgument.Required, "SEP"),
        new('\0', "no-group-separator", "do not print separator for matches with context"),
        new('\0', "color", "use markers to highlight the matching strings; WHEN is 'always', 'never', or 'auto'", OptionArgument.Optional, "WHEN"),
        new('\0', "colour", "the same as --color", OptionArgument.Optional, "WHEN"),
        new('U', "binary", "do not strip CR characters at EOL"))
    { UsageErrorStatus = 2 };

    public string Name => name;

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, [.. context.Arguments.Select(AsContext)], out int status);
        if (options is null) return status;
        var patterns = Patterns(context, options);
        if (patterns is null) return 2;
        bool recursive = options.Last("r", "R", "d") is "r" or "R" || options.Value('d') == "recurse";
        bool follow = options.Last("r", "R") == "R";
        var operands = options.Operands;
        bool implied = operands.Count == 0 && recursive;
        if (operands.Count == 0) operands.Add(recursive ? "." : "-");
        var settings = Settings(context, options, operands.Count > 1 || recursive, implied);
        var matcher = Matcher(context, options, patterns, settings);
        var walk = new GrepWalk(context, options, settings, matcher)
        {
            Recursive = recursive,
            FollowLinks = follow,
            SkipDirectories = options.Value('d') == "skip",
        };
        foreach (string operand in operands)
        {
            walk.Operand(operand, implied);
            if (settings.Quiet && walk.AnySelected) return 0;
        }

        return walk.HadError ? 2 : walk.AnySelected ? 0 : 1;
    }

    /// <summary><c>-5</c> is <c>-C5</c>.</summary>
    private static string AsContext(string argument)
        => argument.Length > 1 && argument[0] == '-' && argument.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0 ? "-C" + argument[1..] : argument;

    private static List<string>? Patterns(CommandContext context, ParsedOptions options)
    {
        var patterns = new List<string>();
        if (!options.Has('e') && !options.Has('f'))
        {
            if (options.Operands.Count == 0)
            {
                context.Error.WriteLine($"Usage: {context.Name} [OPTION]... PATTERNS [FILE]...");
                context.Error.WriteLine($"Try '{context.Name} --help' for more information.");
                return null;
            }

            patterns.AddRange(options.Operands[0].Split('\n'));
            options.Operands.RemoveAt(0);
            return patterns;
        }

        foreach (var given in options.Given)
        {
            if (given.Key == "e") patterns.AddRange(given.Value!.Split('\n'));
            if (given.Key != "f") continue;
            using var file = InputFile.Open(context, given.Value!);
            if (file is null) return null;
            string text = Latin.Text(file.ReadToEnd());
            if (text.EndsWith('\n')) text = text[..^1];
            else if (text.Length == 0) continue;
            patterns.AddRange(text.Split('\n'));
        }

        return patterns;
    }

    private static GrepSettings Settings(CommandContext context, ParsedOptions options, bool several, bool implied)
    {
        int around = Number(context, options.Value('C') ?? "0");
        string? color = options.Value("color") ?? options.Value("colour");
        string? binary = options.Last("a", "I", "binary-files") switch { "a" => "text", "I" => "without-match", null => null, _ => options.Value("binary-files") };
        bool quiet = options.Has('q') || options.Has("silent");
        return new GrepSettings
        {
            Invert = options.Has('v'),
            OnlyMatching = options.Has('o'),
            Count = options.Has('c'),
            ListFiles = options.Last("l", "L") switch { "l" => true, "L" => false, _ => null },
            Quiet = quiet,
            Silent = options.Has('s'),
            WithName = options.Last("H", "h") is { } which ? which == "H" : several || implied,
            LineNumbers = options.Has('n'),
            ByteOffsets = options.Has('b'),
            InitialTab = options.Has('T'),
            NullAfterName = options.Has('Z'),
            Color = color is "always" or "yes" or "force",
            Terminator = options.Has('z') ? (byte)0 : (byte)'\n',
            SelectedMax = options.Value('m') is { } max ? LongNumber(max, "invalid max count") : long.MaxValue,
            Before = options.Value('B') is { } b ? Number(context, b) : around,
            After = options.Value('A') is { } a ? Number(context, a) : around,
            HasContext = options.Has('A') || options.Has('B') || options.Has('C'),
            GroupSeparator = options.Last("group-separator", "no-group-separator") switch { "group-separator" => options.Value("group-separator"), null => "--", _ => null },
            Binary = binary switch
            {
                "text" => BinaryFiles.Text,
                "without-match" => BinaryFiles.WithoutMatch,
                null or "binary" => BinaryFiles.Message,
                _ => throw new CommandFailedException("unknown binary-files type", 2),
            },
            Label = options.Value("label") ?? "(standard input)",
        };
    }

    private static int Number(CommandContext context, string text)
        => text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            ? (int)Math.Min(int.MaxValue / 2, text.Length > 9 ? int.MaxValue : long.Parse(text))
            : throw new CommandFailedException($"{text}: invalid context length argument", 2);

    private static long LongNumber(string text, string message)
        => !long.TryParse(text, out long value) ? throw new CommandFailedException(message, 2) : value < 0 ? long.MaxValue : value;

    private ILineMatcher Matcher(CommandContext context, ParsedOptions options, List<string> patterns, GrepSettings settings)
    {
        string effective = options.Last("E", "F", "G", "P") ?? kind.ToString();
        bool ignoreCase = options.Last("i", "y", "no-ignore-case") is "i" or "y";
        bool words = options.Has('w'), lines = options.Has('x');
        if (effective == "P") return new PerlLineMatcher(context, patterns, ignoreCase, words && !lines, lines);
        if (patterns.Count == 0) return new PosixLineMatcher(null, default);
        var syntax = effective switch { "E" => RegexSyntax.Egrep, "F" => RegexSyntax.Fixed, _ => RegexSyntax.Basic };
        var flags = (ignoreCase ? PosixRegexOptions.IgnoreCase : 0) | (context.IsUtf8 ? PosixRegexOptions.Utf8 : 0)
            | (settings.Terminator == '\n' ? PosixRegexOptions.ExcludeNewline : PosixRegexOptions.Multiline);
        try
        {
            var regex = PosixRegex.CompileAny(
                [.. patterns.Distinct().Select(Latin.Bytes)],
                syntax,
                flags,
                lines ? AssertionKind.LineStart : words ? AssertionKind.NotAfterWord : null,
                lines ? AssertionKind.LineEnd : words ? AssertionKind.NotBeforeWord : null);
            foreach (string warning in regex.Warnings) context.Complain($"warning: {warning}");
            return new PosixLineMatcher(regex, context.Interruption.Token);
        }
        catch (PosixRegexException error)
        {
            throw new CommandFailedException(error.Message, 2);
        }
    }
}
