using System.Text;

namespace Offstage.Shell.Syntax;

/// <summary>Here-documents: their bodies stand behind the line on which they are named.</summary>
internal sealed partial class Parser
{
    private readonly List<(Redirection Redirection, bool StripsTabs, int Line)> pendingDocuments = [];

    private void ReadPendingDocuments()
    {
        if (pendingDocuments.Count == 0)
            return;
        (Redirection Redirection, bool StripsTabs, int Line)[] documents = [.. pendingDocuments];
        pendingDocuments.Clear();
        foreach ((Redirection redirection, bool stripsTabs, int line) in documents)
            redirection.Document = ReadDocument(redirection.Target, stripsTabs, line);
    }

    private HereDocument ReadDocument(Word delimiterWord, bool stripsTabs, int line)
    {
        string delimiter = UnquotedText(delimiterWord.Parts);
        bool quoted = delimiterWord.IsQuoted || delimiterWord.Text.Contains('\\');
        var body = new StringBuilder();
        bool ended = false;
        int bodyLine = Line(at);
        while (at < text.Length)
        {
            string next = ReadDocumentLine(joins: !quoted, out _);
            if (stripsTabs)
                next = next.TrimStart('\t');
            if (next == delimiter)
            {
                ended = true;
                break;
            }

            body.Append(next).Append('\n');
        }

        if (!ended)
            Warnings.Add($"line {Line(text.Length) - (text.EndsWith('\n') ? 1 : 0)}: warning: here-document at line {line} delimited by end-of-file (wanted `{delimiter}')");
        string source = body.ToString();
        Word word = quoted
            ? new Word(source, [new WordPart.Quoted(source, source)])
            : new Word(source, [new WordPart.DoubleQuoted(new Parser(source, options, bodyLine).ReadDocumentParts())]);
        return new HereDocument(word, source, delimiter, stripsTabs);
    }

    /// <summary>A line, with those that a backslash continues where the body is expanded.</summary>
    private string ReadDocumentLine(bool joins, out bool terminated)
    {
        var line = new StringBuilder();
        while (true)
        {
            int end = text.IndexOf('\n', at);
            terminated = end >= 0;
            end = terminated ? end : text.Length;
            string piece = text[at..end];
            at = terminated ? end + 1 : end;
            int slashes = piece.Length - piece.TrimEnd('\\').Length;
            if (!joins || !terminated || slashes % 2 == 0)
                return line.Append(piece).ToString();
            line.Append(piece.AsSpan(0, piece.Length - 1));
        }
    }

    /// <summary>A text read as the body of a here-document is.</summary>
    public Word ParseQuotedText(string quoted)
        => new(quoted, [new WordPart.DoubleQuoted(new Parser(quoted, options, firstLine).ReadDocumentParts())]);

    private WordPart[] ReadDocumentParts()
    {
        var parts = new List<WordPart>();
        var literal = new StringBuilder();
        while (at < text.Length)
        {
            char c = text[at];
            if (c == '\\' && at + 1 < text.Length && text[at + 1] is '$' or '`' or '\\')
            {
                literal.Append(text[at + 1]);
                at += 2;
            }
            else if (c == '\\' && at + 1 < text.Length && text[at + 1] == '\n')
            {
                at += 2;
            }
            else if (c is '$' or '`')
            {
                AddExpansion(parts, literal, inDoubleQuotes: true);
            }
            else
            {
                literal.Append(c);
                at++;
            }
        }

        FlushLiteral(parts, literal);
        return [.. parts];
    }

    /// <summary>A word's text with its quotes removed and nothing expanded.</summary>
    private static string UnquotedText(IEnumerable<WordPart> parts) => string.Concat(parts.Select(p => p switch
    {
        WordPart.Literal l => l.Text,
        WordPart.Quoted q => q.Value,
        WordPart.DoubleQuoted d => UnquotedText(d.Parts),
        WordPart.Parameter e => e.Expansion.Source,
        WordPart.CommandSubstitution s => $"$({s.Source})",
        WordPart.Backquoted b => $"`{b.Script}`",
        _ => "",
    }));
}
