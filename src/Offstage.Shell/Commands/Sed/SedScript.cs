using System.Text;

namespace Offstage.Shell.Commands.Sed;

/// <summary>A script gathered from <c>-e</c> and <c>-f</c>, which knows where each of its characters came from.</summary>
internal sealed class SedScript
{
    private readonly StringBuilder text = new();
    private readonly List<Part> parts = [];
    private int expressions;

    /// <param name="File">Null for an expression.</param>
    private sealed record Part(int Start, int Expression, string? File);

    public string Text => text.ToString();

    public bool IsEmpty => parts.Count == 0;

    public void AddExpression(string expression) => Add(expression, null);

    public void AddFile(string name, string content) => Add(content.EndsWith('\n') ? content[..^1] : content, name);

    /// <summary>How messages name the place before a position.</summary>
    public string Place(int position) => Place(position, inLine: position);

    /// <summary>How messages name a block that is not closed.</summary>
    public string Block(int position) => Place(position, inLine: null);

    private string Place(int position, int? inLine)
    {
        var part = parts.FindLast(p => p.Start < position) ?? parts[0];
        if (part.File is null) return $"-e expression #{part.Expression}, char {(inLine is { } at ? at - part.Start : 0)}";
        int line = 1;
        for (int i = part.Start; i < Math.Min(position, text.Length); i++)
        {
            if (text[i] == '\n') line++;
        }

        return $"file {part.File} line {line}";
    }

    private void Add(string piece, string? file)
    {
        if (parts.Count > 0) text.Append('\n');
        parts.Add(new(text.Length, file is null ? ++expressions : expressions, file));
        text.Append(piece);
    }
}
