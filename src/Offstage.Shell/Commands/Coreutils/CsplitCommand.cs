using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class CsplitCommand : ICommand
{
    private static readonly OptionTable table = new(
        "csplit [OPTION]... FILE PATTERN...",
        "Output pieces of FILE separated by PATTERN(s) to files 'xx00', 'xx01', ..., and output byte counts of each piece to standard output.",
        new('b', "suffix-format", "use sprintf FORMAT instead of %02d", OptionArgument.Required, "FORMAT"),
        new('f', "prefix", "use PREFIX instead of 'xx'", OptionArgument.Required, "PREFIX"),
        new('k', "keep-files", "do not remove output files on errors"),
        new('\0', "suppress-matched", "suppress the lines matching PATTERN"),
        new('n', "digits", "use specified number of digits instead of 2", OptionArgument.Required, "DIGITS"),
        new('s', "quiet", "do not print counts of output file sizes"),
        new('q', "silent", "do not print counts of output file sizes"),
        new('z', "elide-empty-files", "suppress empty output files"));

    public string Name => "csplit";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        if (options.Operands.Count == 1) return Usage.MissingOperandAfter(context, options.Operands[0]);
        int digits = 2;
        if (options.Value('n') is { } n && (!int.TryParse(n, out digits) || digits is < 0 or > 100)) throw new CommandFailedException($"invalid number: {Latin.Quote(n)}");
        List<CsplitPattern> patterns = CsplitPattern.Parse(context, options.Operands.Skip(1));
        string name = options.Operands[0];
        using var file = InputFile.TryOpen(context, name, out var error);
        if (file is null) throw new CommandFailedException($"cannot open {Latin.Quote(name)} for reading: {error.Message()}");
        byte[] content = file.ReadToEnd();
        var pieces = new CsplitPieces(context, options, digits, content);
        try
        {
            foreach (CsplitPattern pattern in patterns) pieces.Split(pattern);
            pieces.Rest();
            return 0;
        }
        catch (CommandFailedException)
        {
            if (!options.Has('k')) pieces.Remove();
            throw;
        }
    }
}

/// <summary>Where a piece ends.</summary>
/// <param name="Text">As given, for messages.</param>
/// <param name="Line">From 1; 0 where an expression tells.</param>
/// <param name="Skips">Whether the piece is left out.</param>
/// <param name="Repetitions">Further uses; null for as many as there are.</param>
internal sealed record CsplitPattern(string Text, long Line, PosixRegex? Expression, bool Skips, long Offset, long? Repetitions)
{
    public static List<CsplitPattern> Parse(CommandContext context, IEnumerable<string> operands)
    {
        var patterns = new List<CsplitPattern>();
        long before = 0;
        foreach (string text in operands)
        {
            if (text.StartsWith('{') && patterns.Count > 0)
            {
                if (!text.EndsWith('}')) throw new CommandFailedException($"{text}: '}}' is required in repeat count");
                if (text == "{*}") patterns[^1] = patterns[^1] with { Repetitions = null };
                else if (long.TryParse(text.AsSpan(1, text.Length - 2), System.Globalization.NumberStyles.None, null, out long times)) patterns[^1] = patterns[^1] with { Repetitions = times };
                else throw new CommandFailedException($"{text}}}: integer required between '{{' and '}}'");
                continue;
            }

            if (text.Length > 0 && text[0] is '/' or '%')
            {
                int end = text.LastIndexOf(text[0]);
                if (end == 0) throw new CommandFailedException($"{text}: closing delimiter '{text[0]}' missing");
                long offset = 0;
                string behind = text[(end + 1)..];
                if (behind.Length > 0 && !long.TryParse(behind, out offset)) throw new CommandFailedException($"{text}: integer expected after delimiter");
                try
                {
                    patterns.Add(new(text, 0, PosixRegex.Compile(Latin.Bytes(text[1..end]), RegexSyntax.Basic, context.IsUtf8 ? PosixRegexOptions.Utf8 : PosixRegexOptions.None), text[0] == '%', offset, 0));
                }
                catch (PosixRegexException e)
                {
                    throw new CommandFailedException($"{text}: invalid regular expression: {e.Message}");
                }

                continue;
            }

            if (!long.TryParse(text, System.Globalization.NumberStyles.None, null, out long line)) throw new CommandFailedException($"{Latin.Quote(text)}: invalid pattern");
            if (line == 0) throw new CommandFailedException($"{text}: line number must be greater than zero");
            if (line < before) throw new CommandFailedException($"line number {Latin.Quote(text)} is smaller than preceding line number, {before}");
            if (line == before) context.Complain($"warning: line number {Latin.Quote(text)} is the same as preceding line number");
            before = line;
            patterns.Add(new(text, line, null, false, 0, 0));
        }

        return patterns;
    }
}

/// <summary>Writes the pieces of a content one after the other.</summary>
internal sealed class CsplitPieces
{
    private readonly CommandContext context;
    private readonly ParsedOptions options;
    private readonly int digits;
    private readonly byte[] content;
    private readonly List<int> starts = [0];
    private readonly List<string> written = [];
    private int done;
    private int searched;

    public CsplitPieces(CommandContext context, ParsedOptions options, int digits, byte[] content)
    {
        (this.context, this.options, this.digits, this.content) = (context, options, digits, content);
        for (int at = 0; at < content.Length;)
        {
            int length = content.AsSpan(at).IndexOf((byte)'\n');
            at = length < 0 ? content.Length : at + length + 1;
            starts.Add(at);
        }
    }

    private int Lines => starts.Count - 1;

    public void Split(CsplitPattern pattern)
    {
        for (long use = 0; pattern.Repetitions is not { } most || use <= most; use++)
        {
            context.Check();
            if (pattern.Expression is null)
            {
                long line = pattern.Line * (use + 1);
                if (line > Lines)
                {
                    // What is left is told before the complaint.
                    Rest();
                    throw new CommandFailedException($"{Latin.Quote(pattern.Text)}: line number out of range{(use > 0 ? $" on repetition {use}" : "")}");
                }

                Write(done, (int)line - 1);
                searched = Math.Max(searched, (int)line - 1);
                if (options.Has("suppress-matched")) done++;
                continue;
            }

            int at = Math.Max(searched, done);
            while (at < Lines && !Matches(pattern.Expression, at)) at++;
            if (at >= Lines)
            {
                if (pattern.Repetitions is null)
                {
                    if (pattern.Skips) done = Lines;
                    return;
                }

                if (!pattern.Skips) Rest();
                throw new CommandFailedException($"{Latin.Quote(pattern.Text)}: match not found{(use > 0 ? $" on repetition {use}" : "")}");
            }

            long end = at + pattern.Offset;
            if (end > Lines || end < done)
            {
                if (!pattern.Skips) Rest();
                throw new CommandFailedException($"{Latin.Quote(pattern.Text)}: line number out of range{(use > 0 ? $" on repetition {use}" : "")}");
            }

            if (pattern.Skips) done = (int)end;
            else Write(done, (int)end);
            searched = Math.Max(at, (int)end) + 1;
            if (options.Has("suppress-matched") && pattern.Offset == 0) done++;
        }
    }

    public void Rest() => Write(done, Lines);

    /// <summary>Takes the pieces away again.</summary>
    public void Remove()
    {
        foreach (string path in written) _ = context.Files.Unlink(context.Resolve(path));
    }

    private bool Matches(PosixRegex expression, int line)
    {
        ReadOnlySpan<byte> text = content.AsSpan(starts[line]..starts[line + 1]);
        return expression.IsMatch(text is [.. var inner, (byte)'\n'] ? inner : text, context.Budget.Stopping);
    }

    private void Write(int first, int last)
    {
        done = Math.Max(first, last);
        ReadOnlySpan<byte> piece = content.AsSpan(starts[Math.Min(first, Lines)]..starts[Math.Max(first, last)]);
        if (piece.IsEmpty && options.Has('z')) return;
        string path = (options.Value('f') ?? "xx") + Suffix(written.Count);
        FileError error = context.Open(path, FileOpening.Write | FileOpening.Create | FileOpening.Truncate, out var target);
        if (target is null) throw new CommandFailedException($"{path}: {error.Message()}");
        written.Add(path);
        OutputWriter writer = context.Writer(target);
        writer.Write(piece);
        writer.Flush();
        target.Release();
        if (!options.Has('s') && !options.Has('q')) context.Output.WriteLine(piece.Length.ToString());
    }

    private string Suffix(int number)
    {
        if (options.Value('b') is not { } format) return number.ToString().PadLeft(digits, '0');
        int percent = format.IndexOf('%');
        int end = 0;
        while (percent >= 0 && percent + 1 + end < format.Length && (char.IsAsciiDigit(format[percent + 1 + end]) || format[percent + 1 + end] is '-' or '#' or '+' or ' ')) end++;
        if (percent < 0 || percent + 1 + end >= format.Length) throw new CommandFailedException("missing % conversion specification in suffix");
        string flags = format.Substring(percent + 1, end);
        char kind = format[percent + 1 + end];
        if (kind is not ('d' or 'i' or 'u' or 'o' or 'x' or 'X')) throw new CommandFailedException($"invalid conversion specifier in suffix: {kind}");
        string width = flags.TrimStart('0', '-', '#', '+', ' ');
        var spec = default(CFormat) with { Precision = -1, Zero = flags.StartsWith('0'), Left = flags.Contains('-'), Width = width.Length is > 0 and < 4 ? int.Parse(width) : 0 };
        return format[..percent] + spec.Integer(number, kind is 'i' or 'u' ? 'd' : kind) + format[(percent + 2 + end)..];
    }
}
