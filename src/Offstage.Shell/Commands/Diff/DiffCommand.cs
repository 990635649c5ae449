using Offstage.Shell.Commands.Text;
using Offstage.Shell.Commands.Time;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Diff;

internal sealed class DiffCommand : ICommand
{
    private static readonly OptionTable table = new(
        "diff [OPTION]... FILES",
        "Compare FILES line by line. Exit status is 0 if inputs are the same, 1 if different, 2 if trouble.",
        new('\0', "normal", "output a normal diff (the default)"),
        new('q', "brief", "report only when files differ"),
        new('s', "report-identical-files", "report when two files are the same"),
        new('c', null, "output 3 lines of copied context"),
        new('C', "context", "output NUM (default 3) lines of copied context", OptionArgument.Optional, "NUM"),
        new('u', null, "output 3 lines of unified context"),
        new('U', "unified", "output NUM (default 3) lines of unified context", OptionArgument.Optional, "NUM"),
        new('e', "ed", "output an ed script"),
        new('y', "side-by-side", "output in two columns"),
        new('W', "width", "output at most NUM (default 130) print columns", OptionArgument.Required, "NUM"),
        new('\0', "suppress-common-lines", "do not output common lines"),
        new('p', "show-c-function", "ignored"),
        new('\0', "label", "use LABEL instead of file name and timestamp", OptionArgument.Required, "LABEL"),
        new('L', null, "the same as --label", OptionArgument.Required, "LABEL"),
        new('t', "expand-tabs", "ignored"),
        new('T', "initial-tab", "ignored"),
        new('r', "recursive", "recursively compare any subdirectories found"),
        new('N', "new-file", "treat absent files as empty"),
        new('x', "exclude", "exclude files that match PAT", OptionArgument.Required, "PAT"),
        new('i', "ignore-case", "ignore case differences in file contents"),
        new('Z', "ignore-trailing-space", "ignore white space at line end"),
        new('b', "ignore-space-change", "ignore changes in the amount of white space"),
        new('w', "ignore-all-space", "ignore all white space"),
        new('B', "ignore-blank-lines", "ignore changes where lines are all blank"),
        new('I', "ignore-matching-lines", "ignore changes where all lines match RE", OptionArgument.Required, "RE"),
        new('a', "text", "treat all files as text"),
        new('\0', "strip-trailing-cr", "strip trailing carriage return on input"),
        new('d', "minimal", "ignored"),
        new('H', "speed-large-files", "ignored"),
        new('\0', "color", "ignored", OptionArgument.Optional, "WHEN"),
        new('\0', "no-dereference", "ignored"))
    { UsageErrorStatus = 2, NamesItselfInHint = true };

    public string Name => "diff";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, [.. context.Arguments.Select(Number)], out int usage);
        if (options is null) return usage;
        var operands = options.Operands;
        if (operands.Count < 2) return table.Hint(context, operands.Count == 0 ? "missing operand after 'diff'" : $"missing operand after {Latin.Quote(operands[0])}");
        if (operands.Count > 2) return table.Hint(context, $"extra operand {Latin.Quote(operands[2])}");
        var session = new Session(context, options);
        return session.Compare(operands[0], operands[1], isOperand: true);
    }

    /// <summary><c>-5</c> is a number of lines of context.</summary>
    private static string Number(string argument) => argument.Length > 1 && argument[0] == '-' && argument.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0 ? "-U" + argument[1..] : argument;

    private sealed class Session
    {
        private readonly CommandContext context;
        private readonly ParsedOptions options;
        private readonly DiffRules rules;
        private readonly string[] labels;
        private readonly PosixRegex? ignored;
        private readonly string form;
        private readonly int lines = 3;

        public Session(CommandContext context, ParsedOptions options)
        {
            (this.context, this.options) = (context, options);
            rules = new DiffRules(options.Has('i'), options.Has('b'), options.Has('w'), options.Has('Z'), options.Has("strip-trailing-cr"));
            labels = [.. options.Given.Where(g => g.Key is "label" or "L").Select(g => g.Value!)];
            if (options.Value('I') is { } pattern) ignored = PosixRegex.Compile(Latin.Bytes(pattern), RegexSyntax.Basic);
            form = options.Last("normal", "c", "C", "u", "U", "e", "y") switch { "c" or "C" => "context", "u" or "U" => "unified", "e" => "ed", "y" => "side", _ => "normal" };
            foreach (var given in options.Given.Where(g => g.Key is "C" or "U" && g.Value is not null))
                lines = int.TryParse(given.Value, out int count) && count >= 0 ? count : throw new CommandFailedException($"invalid context length {Latin.Quote(given.Value!)}", 2);
        }

        public int Compare(string first, string second, bool isOperand)
        {
            context.Check();
            var one = Look(first, out var error1);
            var two = Look(second, out var error2);
            if (isOperand && one is { IsDirectory: true } && two is { IsDirectory: false }) return Compare(PathText.Join(first, PathText.Name(second)), second, isOperand: false);
            if (isOperand && two is { IsDirectory: true } && one is { IsDirectory: false }) return Compare(first, PathText.Join(second, PathText.Name(first)), isOperand: false);
            bool newFile = options.Has('N');
            if ((one is null && !newFile) || (two is null && !newFile) || (one is null && two is null))
            {
                if (one is null) context.Complain(first, error1);
                if (two is null && error2 != FileError.None) context.Complain(second, error2);
                return 2;
            }

            if (one is { IsDirectory: true } && two is { IsDirectory: true }) return Directories(first, second);
            if (one is { IsDirectory: true } || two is { IsDirectory: true })
            {
                context.Output.WriteLine($"File {first} is a {Kind(one)} while file {second} is a {Kind(two)}");
                return 1;
            }

            return Files(first, second, one, two, isOperand);
        }

        private static string Kind(FileStatus? status) => status is { IsDirectory: true } ? "directory" : status is { Size: 0 } ? "regular empty file" : "regular file";

        private FileStatus? Look(string path, out FileError error)
        {
            if (path == "-")
            {
                error = FileError.None;
                return context.StandardInput.Status;
            }

            error = context.Files.Stat(context.Resolve(path), followLinks: true, out var status);
            return error == FileError.None ? status : null;
        }

        private int Directories(string first, string second)
        {
            int result = 0;
            var left = Names(first);
            var right = Names(second);
            foreach (string name in left.Union(right).Order(StringComparer.Ordinal))
            {
                if (options.Values('x').Any(g => Glob.Matches(g, name))) continue;
                string one = PathText.Join(first, name), two = PathText.Join(second, name);
                bool inLeft = left.Contains(name), inRight = right.Contains(name);
                if ((!inLeft || !inRight) && !options.Has('N'))
                {
                    context.Output.WriteLine($"Only in {(inLeft ? first : second)}: {name}");
                    result = Math.Max(result, 1);
                    continue;
                }

                if (Look(one, out _) is { IsDirectory: true } && Look(two, out _) is { IsDirectory: true } && !options.Has('r'))
                {
                    context.Output.WriteLine($"Common subdirectories: {one} and {two}");
                    continue;
                }

                result = Math.Max(result, Compare(one, two, isOperand: false));
            }

            return result;
        }

        private HashSet<string> Names(string directory)
        {
            _ = context.Files.ReadDirectory(context.Resolve(directory), out var entries);
            return [.. entries.Select(e => e.Name)];
        }

        private int Files(string first, string second, FileStatus? one, FileStatus? two, bool isOperand)
        {
            var a = Read(first, one);
            var b = Read(second, two);
            if (a is null || b is null) return 2;
            if (a.Content.AsSpan().SequenceEqual(b.Content))
            {
                if (options.Has('s')) context.Output.WriteLine($"Files {first} and {second} are identical");
                if (form == "side" && !options.Has('q')) Printer(a, b).SideBySide([], Width, options.Has("suppress-common-lines"));
                return 0;
            }

            if (!options.Has('a') && (a.IsBinary || b.IsBinary))
            {
                context.Output.WriteLine(options.Has('q') ? $"Files {first} and {second} differ" : $"Binary files {first} and {second} differ");
                return 1;
            }

            var (left, right) = rules.Number(a, b, context);
            var changes = EditScript.Between(left, right, context);
            if (options.Has('B') || ignored is not null) changes.RemoveAll(c => Trivial(a, c.Start1, c.Count1) && Trivial(b, c.Start2, c.Count2));
            if (changes.Count == 0)
            {
                if (options.Has('s')) context.Output.WriteLine($"Files {first} and {second} are identical");
                return 0;
            }

            if (options.Has('q'))
            {
                context.Output.WriteLine($"Files {first} and {second} differ");
                return 1;
            }

            if (!isOperand && options.Has('r')) context.Output.WriteLine($"diff {string.Join(' ', context.Arguments.Where(x => x.Length > 1 && x[0] == '-'))} {first} {second}");
            var printer = Printer(a, b);
            switch (form)
            {
                case "unified":
                    printer.Unified(changes, lines);
                    break;
                case "context":
                    printer.Context(changes, lines);
                    break;
                case "ed":
                    printer.Ed(changes);
                    break;
                case "side":
                    printer.SideBySide(changes, Width, options.Has("suppress-common-lines"));
                    break;
                default:
                    printer.Normal(changes);
                    break;
            }

            return 1;
        }

        private int Width => options.Value('W') is { } w && int.TryParse(w, out int width) && width > 0 ? width : 130;

        private DiffPrinter Printer(DiffText a, DiffText b) => new(context.Output, a, b, TimeZones.Of(context)) { Labels = labels };

        private bool Trivial(DiffText text, int start, int count)
        {
            for (int i = start; i < start + count; i++)
            {
                bool blank = options.Has('B') && text.Line(i).IsEmpty;
                if (!blank && !(ignored?.IsMatch(text.Line(i)) ?? false)) return false;
            }

            return true;
        }

        private DiffText? Read(string name, FileStatus? status)
        {
            if (status is null) return DiffText.Of(name, [], DateTimeOffset.UnixEpoch);
            using var file = InputFile.Open(context, name);
            if (file is null) return null;
            byte[] content = file.ReadToEnd();
            if (file.Error != FileError.None)
            {
                context.Complain(name, file.Error);
                return null;
            }

            return DiffText.Of(name, content, name == "-" ? context.Time.GetUtcNow() : status.Value.ModifiedAt);
        }
    }
}
