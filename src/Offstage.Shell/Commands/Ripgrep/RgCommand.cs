using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Ripgrep;

/// <summary>rg: searches folders for lines that match, leaving out what ignore files name.</summary>
internal sealed class RgCommand : ICommand
{
    private const int StatusError = 2;

    private static readonly OptionTable table = new(
        "rg [OPTIONS] PATTERN [PATH ...]\nrg [OPTIONS] -e PATTERN ... [PATH ...]\nrg [OPTIONS] -f PATTERNFILE ... [PATH ...]\nrg [OPTIONS] --files [PATH ...]\nrg [OPTIONS] --type-list",
        "ripgrep (rg) recursively searches the current directory for lines matching a regex pattern.",
        new('A', "after-context", "show NUM lines after each match", OptionArgument.Required, "NUM"),
        new('B', "before-context", "show NUM lines before each match", OptionArgument.Required, "NUM"),
        new('C', "context", "show NUM lines before and after each match", OptionArgument.Required, "NUM"),
        new('\0', "context-separator", "what stands between groups of lines", OptionArgument.Required, "SEPARATOR"),
        new('\0', "color", "never, auto, always or ansi", OptionArgument.Required, "WHEN"),
        new('\0', "column", "show column numbers"),
        new('c', "count", "only show the count of matching lines for each file"),
        new('\0', "count-matches", "only show the count of individual matches for each file"),
        new('\0', "include-zero", "include files without matches in the counts"),
        new('e', "regexp", "a pattern to search for", OptionArgument.Required, "PATTERN"),
        new('f', "file", "search for patterns from the given file", OptionArgument.Required, "PATTERNFILE"),
        new('\0', "files", "print each file that would be searched"),
        new('l', "files-with-matches", "only print the paths with at least one match"),
        new('\0', "files-without-match", "only print the paths that contain zero matches"),
        new('F', "fixed-strings", "treat the pattern as a literal string"),
        new('L', "follow", "follow symbolic links"),
        new('g', "glob", "include or exclude files and directories", OptionArgument.Required, "GLOB"),
        new('\0', "iglob", "like -g, but case insensitive", OptionArgument.Required, "GLOB"),
        new('\0', "heading", "print the file path above clusters of matches"),
        new('\0', "no-heading", "don't group matches by each file"),
        new('.', "hidden", "search hidden files and directories"),
        new('i', "ignore-case", "case insensitive search"),
        new('\0', "json", "show search results in a JSON Lines format"),
        new('v', "invert-match", "invert matching"),
        new('n', "line-number", "show line numbers"),
        new('N', "no-line-number", "suppress line numbers"),
        new('x', "line-regexp", "only show matches surrounded by line boundaries"),
        new('m', "max-count", "limit the number of matching lines per file", OptionArgument.Required, "NUM"),
        new('\0', "max-depth", "descend at most NUM directories", OptionArgument.Required, "NUM"),
        new('U', "multiline", "enable matching across multiple lines"),
        new('\0', "multiline-dotall", "make '.' match new lines when multiline is enabled"),
        new('\0', "no-config", "(ignored)"),
        new('\0', "no-ignore", "don't respect ignore files"),
        new('\0', "no-ignore-vcs", "don't respect version control ignore files"),
        new('\0', "no-require-git", "respect .gitignore outside of repositories"),
        new('\0', "no-messages", "suppress some error messages"),
        new('0', "null", "print a NUL byte after file paths"),
        new('o', "only-matching", "print only matches parts of a line"),
        new('\0', "passthru", "print both matching and non-matching lines"),
        new('P', "pcre2", "use expressions with look-around and backreferences"),
        new('p', "pretty", "alias for --color always --heading --line-number"),
        new('q', "quiet", "do not print anything to stdout"),
        new('r', "replace", "replace matches with the given text", OptionArgument.Required, "REPLACEMENT"),
        new('S', "smart-case", "smart case search"),
        new('s', "case-sensitive", "search case sensitively"),
        new('\0', "sort", "(results are always sorted by path)", OptionArgument.Required, "SORTBY"),
        new('a', "text", "search binary files as if they were text"),
        new('j', "threads", "(ignored)", OptionArgument.Required, "NUM"),
        new('\0', "trim", "trim prefixed whitespace from matches"),
        new('t', "type", "only search files matching TYPE", OptionArgument.Required, "TYPE"),
        new('T', "type-not", "do not search files matching TYPE", OptionArgument.Required, "TYPE"),
        new('\0', "type-list", "show all supported file types"),
        new('u', "unrestricted", "reduce the level of smart searching"),
        new('\0', "vimgrep", "show results in vim compatible format"),
        new('H', "with-filename", "print the file path with the matched lines"),
        new('I', "no-filename", "never print the file path with the matched lines"),
        new('w', "word-regexp", "only show matches surrounded by word boundaries"))
    { UsageErrorStatus = StatusError };

    public string Name => "rg";

    public int Run(CommandContext context)
    {
        ParsedOptions? options = table.Parse(context, out int status);
        if (options is null) return status;
        if (options.Has("type-list"))
        {
            foreach (var (type, globs) in FileTypes.All) context.Output.WriteLine($"{type}: {string.Join(", ", globs)}");
            return 0;
        }

        List<string> operands = options.Operands;
        var walk = new RgWalk(context, options);
        if (options.Has("files"))
        {
            bool any = false;
            foreach (string file in walk.Files(operands))
            {
                any = true;
                if (options.Has('q')) break;
                context.Output.Write(file + (options.Has('0') ? '\0' : '\n'));
            }

            return walk.HadError ? StatusError : any ? 0 : 1;
        }

        if (Patterns(context, options, operands) is not { } patterns) return StatusError;
        if (patterns.Count == 0) return 1;
        return Search(context, options, operands, walk, new RgMatcher(options, patterns));
    }

    private static int Search(CommandContext context, ParsedOptions options, List<string> operands, RgWalk walk, RgMatcher matcher)
    {
        bool fromInput = operands.Count == 0 && context.StandardInput.Status.Kind is FileKind.Regular or FileKind.Pipe;
        bool severalFiles = operands.Count != 1 || (context.Files.Stat(context.Resolve(operands[0]), followLinks: true, out FileStatus only) == FileError.None && only.IsDirectory);
        bool withName = options.Last("H", "I") is { } last ? last == "H" : (severalFiles && !fromInput) || options.Has("vimgrep");
        var json = options.Has("json") && !options.Has('q') ? new RgJson(context) : null;
        var search = new RgSearch(context, options, matcher, withName) { Json = json };
        bool found = false;
        if (fromInput || operands is ["-"])
        {
            using var input = InputFile.Open(context, "-");
            found = search.Search(input!, "<stdin>", explicitly: true);
            json?.Summary();
            return found ? 0 : 1;
        }

        bool failed = false;
        foreach (string name in walk.Files(operands))
        {
            using var file = InputFile.TryOpen(context, name, out FileError error);
            if (file is null)
            {
                failed = true;
                context.Output.Flush();
                if (!options.Has("no-messages")) context.Error.WriteLine($"{name}: {error.Message()} (os error {(error == FileError.AccessDenied ? 13 : 2)})");
                continue;
            }

            found |= search.Search(file, name, operands.Contains(name));
            if (found && options.Has('q')) return 0;
        }

        json?.Summary();
        return failed || walk.HadError ? StatusError : found ? 0 : 1;
    }

    /// <returns>Null after an error.</returns>
    private static List<string>? Patterns(CommandContext context, ParsedOptions options, List<string> operands)
    {
        var patterns = options.Values('e').ToList();
        foreach (string name in options.Values('f'))
        {
            using var file = InputFile.TryOpen(context, name, out FileError error);
            if (file is null)
            {
                context.Error.WriteLine($"{name}: {error.Message()} (os error 2)");
                return null;
            }

            while (file.Reader.TryReadLine(out ReadOnlySpan<byte> line, out _)) patterns.Add(Latin.Text(line));
        }

        if (options.Has('e') || options.Has('f')) return patterns;
        if (operands.Count == 0)
        {
            context.Error.WriteLine("error: The following required arguments were not provided:\n    <PATTERN>\n\nUSAGE:\n    \n    rg [OPTIONS] PATTERN [PATH ...]\n    rg [OPTIONS] -e PATTERN ... [PATH ...]\n    rg [OPTIONS] -f PATTERNFILE ... [PATH ...]\n    rg [OPTIONS] --files [PATH ...]\n    rg [OPTIONS] --type-list\n    command | rg [OPTIONS] PATTERN\n    rg [OPTIONS] --help\n    rg [OPTIONS] --version\n\nFor more information try --help\n");
            return null;
        }

        patterns.Add(operands[0]);
        operands.RemoveAt(0);
        return patterns;
    }
}
