using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class FmtCommand : ICommand
{
    private const int WidthMax = 2500;

    private static readonly OptionTable table = new(
        "fmt [-WIDTH] [OPTION]... [FILE]...",
        "Reformat each paragraph in the FILE(s), writing to standard output.",
        new('c', "crown-margin", "preserve indentation of first two lines"),
        new('p', "prefix", "reformat only lines beginning with STRING, reattaching the prefix to reformatted lines", OptionArgument.Required, "STRING"),
        new('s', "split-only", "split long lines, but do not refill"),
        new('t', "tagged-paragraph", "indentation of first line different from second"),
        new('u', "uniform-spacing", "one space between words, two after sentences"),
        new('w', "width", "maximum line width (default of 75 columns)", OptionArgument.Required, "WIDTH"),
        new('g', "goal", "goal width (default of 93% of width)", OptionArgument.Required, "WIDTH"));

    public string Name => "fmt";

    public int Run(CommandContext context)
    {
        var arguments = context.Arguments.Select((a, i) => i == 0 && a.Length > 1 && a[0] == '-' && char.IsAsciiDigit(a[1]) ? "-w" + a[1..] : a).ToList();
        var options = table.Parse(context, arguments, out int usage);
        if (options is null) return usage;
        int width = 75, goal;
        if (options.Value('w') is { } wanted) width = Number(wanted, WidthMax);
        if (options.Value('g') is { } aim)
        {
            goal = Number(aim, options.Has('w') ? width : 75);
            if (!options.Has('w')) width = goal + 10;
        }
        else
        {
            // Seven percent are left free on both sides of the goal.
            goal = width * 187 / 200;
        }

        var status = new RunningStatus();
        foreach (string name in options.Operands.Count == 0 ? ["-"] : options.Operands)
        {
            using var file = InputFile.TryOpen(context, name, out var error);
            if (file is null)
            {
                context.Complain($"cannot open {Latin.Quote(name)} for reading: {error.Message()}");
                status.Value = 1;
                continue;
            }

            new FmtFile(context, file, new FmtParagraph(width, goal), options).Format();
            status.Note(context, file);
        }

        return status.Value;
    }

    private static int Number(string text, int most)
    {
        if (text.Length == 0 || text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0) throw new CommandFailedException($"invalid width: {Latin.Quote(text)}");
        return int.TryParse(text, out int value) && value <= most ? value : throw new CommandFailedException($"invalid width: {Latin.Quote(text)}: Numerical result out of range");
    }
}

/// <summary>Reads one file's paragraphs and writes them anew.</summary>
internal sealed class FmtFile
{
    private const int WordsMax = 1000, CharactersMax = 5000, TabWidth = 8;

    private readonly CommandContext context;
    private readonly InputFile file;
    private readonly FmtParagraph paragraph;
    private readonly ParsedOptions options;
    private readonly string prefix;
    private readonly int prefixLead;
    private readonly int prefixFull;
    private readonly List<FmtWord> words = [];
    private readonly StringBuilder output = new();

    private string? line;
    private int at;
    private int column;
    private int lineIndent;
    private int prefixIndent;
    private int firstIndent;
    private int otherIndent;
    private int lineBefore;
    private int characters;
    private bool hasTabs;
    private bool matchesPrefix;
    private bool lineEnds;

    public FmtFile(CommandContext context, InputFile file, FmtParagraph paragraph, ParsedOptions options)
    {
        (this.context, this.file, this.paragraph, this.options) = (context, file, paragraph, options);
        string given = options.Value('p') ?? "";
        prefix = given.TrimStart(' ');
        prefixLead = given.Length - prefix.Length;
        prefixFull = prefix.Length;
        prefix = prefix.TrimEnd(' ');
    }

    /// <summary>Whether the current line has text behind its prefix.</summary>
    private bool HasText => line is not null && at < line.Length;

    private bool ContinuesParagraph => HasText && lineIndent == prefixIndent && column >= lineIndent + prefixFull;

    public void Format()
    {
        ReadPrefix();
        while (ReadParagraph())
        {
            paragraph.Break(words, firstIndent, otherIndent, lineBefore);
            Write(words.Count);
        }
    }

    private bool ReadParagraph()
    {
        lineBefore = 0;
        while (!HasText || lineIndent < prefixLead || column < lineIndent + prefixFull || (prefix.Length > 0 && !matchesPrefix))
        {
            if (line is null) return false;
            CopyLine();
            ReadPrefix();
        }

        prefixIndent = lineIndent;
        firstIndent = column;
        words.Clear();
        characters = 0;
        ReadWords();
        bool crown = options.Has('c'), tagged = options.Has('t');
        bool continues = ContinuesParagraph;
        if (options.Has('s')) otherIndent = firstIndent;
        else if (crown) otherIndent = continues ? column : firstIndent;
        else if (!tagged) otherIndent = firstIndent;
        else if (continues && column != firstIndent) otherIndent = column;
        else if (otherIndent == firstIndent) otherIndent = firstIndent == 0 ? 3 : 0;
        if (!options.Has('s') && !(tagged && !crown && column == firstIndent))
        {
            while (ContinuesParagraph && column == otherIndent) ReadWords();
        }

        words[^1].EndsWithPeriod = words[^1].IsFinal = true;
        return true;
    }

    /// <summary>Reads a line and what stands before its text.</summary>
    private void ReadPrefix()
    {
        context.Check();
        at = column = 0;
        line = file.Reader.TryReadLine(out var bytes, out lineEnds) ? Latin.Text(bytes) : null;
        if (line is null) return;
        SkipBlanks();
        matchesPrefix = true;
        if (prefix.Length == 0)
        {
            lineIndent = Math.Min(prefixLead, column);
            return;
        }

        lineIndent = column;
        foreach (char c in prefix)
        {
            if (at >= line.Length || line[at] != c)
            {
                matchesPrefix = false;
                return;
            }

            at++;
            column++;
        }

        SkipBlanks();
    }

    private void SkipBlanks()
    {
        for (; at < line!.Length && line[at] is ' ' or '\t'; at++)
        {
            if (line[at] == '\t')
            {
                hasTabs = true;
                column = (column / TabWidth * TabWidth) + TabWidth;
            }
            else
            {
                column++;
            }
        }
    }

    private void ReadWords()
    {
        while (HasText)
        {
            int start = at;
            while (at < line!.Length && line[at] is not (' ' or '\t' or '\n' or '\v' or '\f' or '\r')) at++;
            // Other white space is a word's end too, and counts as nothing.
            string text = line[start..at];
            if (words.Count + 1 >= WordsMax || characters + text.Length >= CharactersMax) WriteFirstPart();
            FmtWord word = Word(text);
            column += text.Length;
            characters += text.Length;
            int before = column;
            while (at < line.Length && line[at] is '\v' or '\f' or '\r') at++;
            SkipBlanks();
            bool ended = at >= line.Length;
            word.Space = column - before;
            word.IsFinal = (ended && !lineEnds) || (word.EndsWithPeriod && (ended || word.Space > 1));
            if (ended || options.Has('u')) word.Space = word.IsFinal ? 2 : 1;
            words.Add(word);
        }

        ReadPrefix();
    }

    private static FmtWord Word(string text)
    {
        int last = text.Length - 1;
        while (last > 0 && ")]'\"".Contains(text[last])) last--;
        return new(text)
        {
            OpensBracket = text.Length > 0 && "(['`\"".Contains(text[0]),
            EndsWithPunctuation = text.Length > 0 && text[^1] < 128 && (char.IsPunctuation(text[^1]) || char.IsSymbol(text[^1])),
            EndsWithPeriod = text.Length > 0 && ".?!".Contains(text[last]),
        };
    }

    private void WriteFirstPart()
    {
        if (words.Count == 0) return;
        paragraph.Break(words, firstIndent, otherIndent, lineBefore);
        int split = FmtParagraph.SplitPoint(words);
        Write(split);
        words.RemoveRange(0, split);
        characters = words.Sum(w => w.Length);
        firstIndent = otherIndent;
    }

    private void Write(int end)
    {
        for (int start = 0; start < end; start = words[start].NextBreak)
        {
            output.Clear();
            Pad(prefixIndent);
            output.Append(prefix);
            Pad((start == 0 ? firstIndent : otherIndent) - output.Length);
            int width = start == 0 ? firstIndent : otherIndent;
            for (int i = start; i < words[start].NextBreak; i++)
            {
                output.Append(words[i].Text);
                width += words[i].Length;
                if (i + 1 >= words[start].NextBreak) break;
                Pad(words[i].Space, width);
                width += words[i].Space;
            }

            lineBefore = width;
            output.Append('\n');
            context.Output.Write(output.ToString());
        }
    }

    private void Pad(int space) => Pad(space, output.Length);

    /// <summary>Moves on by blanks, or by tabs where the file has some.</summary>
    private void Pad(int space, int from)
    {
        int target = from + Math.Max(0, space);
        if (hasTabs)
        {
            int stop = target / TabWidth * TabWidth;
            if (from + 1 < stop)
            {
                for (; from < stop; from = (from / TabWidth * TabWidth) + TabWidth) output.Append('\t');
            }
        }

        output.Append(' ', target - from);
    }

    /// <summary>Writes a line that belongs to no paragraph as it is.</summary>
    private void CopyLine()
    {
        output.Clear();
        if (HasText || column > lineIndent)
        {
            Pad(lineIndent);
            int written = lineIndent;
            for (int i = 0; i < prefix.Length && written < column; i++, written++) output.Append(prefix[i]);
            if (HasText) Pad(column - written, written);
        }

        output.Append(line, at, line!.Length - at);
        if (lineEnds || HasText || column >= lineIndent + prefix.Length) output.Append('\n');
        context.Output.Write(output.ToString());
    }
}
