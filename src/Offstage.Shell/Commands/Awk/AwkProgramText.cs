using System.Text;
using System.Text.RegularExpressions;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Awk;

/// <summary>The text of a program, gathered from the command line and from files, which knows where each of its lines came from.</summary>
internal sealed partial class AwkProgramText(CommandContext context)
{
    private const int IncludesMax = 200;

    private readonly StringBuilder text = new();
    private readonly List<(int Line, string Origin, int LineThere)> parts = [];
    private readonly HashSet<string> included = new(StringComparer.Ordinal);
    private int lines;

    public bool IsEmpty => parts.Count == 0;

    public string Text => text.ToString();

    public void AddCommandLine(string program) => Add(program, "cmd. line");

    /// <param name="once">Whether a file that was added before is left out, as <c>@include</c> does.</param>
    public void AddFile(string name, bool once = false)
    {
        if (!included.Add(name) && once) return;
        if (included.Count > IncludesMax) throw new CommandFailedException("fatal: too many source files", 2);
        using var file = InputFile.TryOpen(context, name, out var error);
        if (file is null) throw new CommandFailedException($"fatal: cannot open source file `{name}' for reading: {error.Message()}", 2);
        Add(Latin.Text(file.ReadToEnd()), name);
    }

    /// <summary>How messages name a line of the whole.</summary>
    public string Place(int line)
    {
        var (first, origin, lineThere) = parts.FindLast(p => p.Line <= line);
        return $"{origin}:{line - first + lineThere}";
    }

    /// <summary>The line around a position, and how far into it the position is.</summary>
    public (string Line, int Column) LineAt(int position)
    {
        string all = Text;
        int start = position == 0 ? 0 : all.LastIndexOf('\n', Math.Min(position, all.Length) - 1) + 1;
        int end = all.IndexOf('\n', start);
        return (all[start..(end < 0 ? all.Length : end)], position - start);
    }

    private void Add(string program, string origin)
    {
        Begin(origin, 1);
        if (!program.Contains("@include", StringComparison.Ordinal))
        {
            Append(program);
            return;
        }

        int number = 0;
        foreach (string line in program.Split('\n'))
        {
            number++;
            var include = IncludePattern().Match(line);
            if (!include.Success)
            {
                Append(line);
                continue;
            }

            AddFile(include.Groups[1].Value, once: true);
            Begin(origin, number + 1);
        }
    }

    private void Begin(string origin, int lineThere) => parts.Add((lines + 1, origin, lineThere));

    private void Append(string piece)
    {
        text.Append(piece).Append('\n');
        lines += piece.Count(c => c == '\n') + 1;
    }

    [GeneratedRegex("""^\s*@include\s+"([^"]*)"\s*$""")]
    private static partial Regex IncludePattern();
}
