using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sqlite;

/// <summary>Writes the rows of one statement in the mode of the settings.</summary>
/// <param name="formatReal">All digits of a number, as the modes that can be read back need them.</param>
internal sealed class SqlitePrinter(OutputWriter output, SqliteSettings settings, Budget budget, string[] names, Func<double, string> formatReal)
{
    private readonly List<SqliteValue[]> kept = [];
    private long keptBytes;
    private long rows;

    private bool IsGrid => settings.Mode is SqliteMode.Column or SqliteMode.Table or SqliteMode.Box or SqliteMode.Markdown;

    public void Row(SqliteValue[] row)
    {
        if (IsGrid)
        {
            // The widths are known at the end only.
            long bytes = 64 + row.Sum(v => (v.Text.Length * 2L) + 48);
            budget.Hold(bytes);
            keptBytes += bytes;
            kept.Add(row);
            return;
        }

        if (rows++ == 0 && settings.ShowHeaders) Header();
        switch (settings.Mode)
        {
            case SqliteMode.Csv:
                output.Write(string.Join(settings.Separator, row.Select(v => v.Type == SqliteType.Null ? settings.NullValue : Csv(v.Text))) + settings.RowSeparator);
                break;
            case SqliteMode.Json:
                output.Write(rows == 1 ? "[{" : ",\n{");
                output.Write(string.Join(',', row.Select((v, i) => $"{Json(names[i])}:{JsonValue(v)}")));
                output.Write("}");
                break;
            case SqliteMode.Line:
                int width = Math.Max(5, names.Max(Width));
                if (rows > 1) output.Write("\n");
                for (int i = 0; i < row.Length; i++) output.WriteLine($"{Pad(names[i], width, left: false)} = {Shown(row[i])}");
                break;
            case SqliteMode.Insert:
                string columns = settings.Headers ? $"({string.Join(',', names.Select(QuoteName))})" : "";
                output.WriteLine($"INSERT INTO {QuoteName(settings.Table)}{columns} VALUES({string.Join(',', row.Select(Literal))});");
                break;
            case SqliteMode.Quote:
                output.Write(string.Join(settings.Separator, row.Select(Literal)) + settings.RowSeparator);
                break;
            case SqliteMode.Html:
                output.Write("<TR>" + string.Concat(row.Select(v => $"<TD>{Html(Shown(v))}</TD>\n")) + "</TR>\n");
                break;
            default:
                output.Write(string.Join(settings.Separator, row.Select(Shown)) + settings.RowSeparator);
                break;
        }
    }

    public void End()
    {
        if (settings.Mode == SqliteMode.Json && rows > 0) output.Write("]\n");
        if (!IsGrid || kept.Count == 0) return;
        Grid();
        budget.Release(keptBytes);
    }

    private string Shown(SqliteValue value)
    {
        if (value.Type == SqliteType.Null) return settings.NullValue;
        // Text ends at a zero byte, as C sees it.
        int zero = value.Text.IndexOf('\0');
        return zero < 0 ? value.Text : value.Text[..zero];
    }

    private void Header()
    {
        switch (settings.Mode)
        {
            case SqliteMode.Csv:
                output.Write(string.Join(settings.Separator, names.Select(Csv)) + settings.RowSeparator);
                break;
            case SqliteMode.Quote:
                output.Write(string.Join(settings.Separator, names.Select(n => $"'{n.Replace("'", "''", StringComparison.Ordinal)}'")) + settings.RowSeparator);
                break;
            case SqliteMode.Html:
                output.Write("<TR>" + string.Concat(names.Select(n => $"<TH>{Html(n)}</TH>\n")) + "</TR>\n");
                break;
            case SqliteMode.List or SqliteMode.Ascii:
                output.Write(string.Join(settings.Separator, names) + settings.RowSeparator);
                break;
        }
    }

    private void Grid()
    {
        string[][] cells = [.. kept.Select(r => r.Select(Shown).ToArray())];
        int[] widths = new int[names.Length];
        for (int c = 0; c < widths.Length; c++)
        {
            int wanted = c < settings.Widths.Count ? settings.Widths[c] : 0;
            widths[c] = wanted != 0 ? Math.Abs(wanted) : Math.Max(Width(names[c]), cells.Length == 0 ? 0 : cells.Max(r => r[c].Split('\n').Max(Width)));
        }

        var (line, corners) = settings.Mode == SqliteMode.Box ? ("│", new[] { "┌┬┐", "├┼┤", "└┴┘" }) : ("|", ["+++", "+++", "+++"]);
        switch (settings.Mode)
        {
            case SqliteMode.Column:
                if (settings.ShowHeaders)
                {
                    output.WriteLine(string.Join("  ", names.Select((n, c) => Cell(n, widths[c], c))));
                    output.WriteLine(string.Join("  ", widths.Select(w => new string('-', w))));
                }

                break;
            case SqliteMode.Markdown:
                if (settings.ShowHeaders)
                {
                    output.WriteLine($"| {string.Join(" | ", names.Select((n, c) => Centered(n, widths[c])))} |");
                    output.WriteLine($"|{string.Join('|', widths.Select(w => new string('-', w + 2)))}|");
                }

                break;
            default:
                Rule(corners[0], widths);
                if (settings.ShowHeaders)
                {
                    Line(names.Select((n, c) => Centered(n, widths[c])), line);
                    Rule(corners[1], widths);
                }

                break;
        }

        bool many = cells.Any(r => r.Any(t => t.Contains('\n')));
        for (int r = 0; r < cells.Length; r++)
        {
            string[][] parts = [.. cells[r].Select((t, c) => t.Split('\n').SelectMany(p => Wrapped(p, widths[c])).ToArray())];
            for (int k = 0; k < parts.Max(p => p.Length); k++)
            {
                IEnumerable<string> texts = parts.Select((p, c) => Cell(k < p.Length ? p[k] : "", widths[c], c));
                if (settings.Mode == SqliteMode.Column) output.WriteLine(string.Join("  ", texts));
                else Line(texts, settings.Mode == SqliteMode.Markdown ? "|" : line);
            }

            if (!many || r == cells.Length - 1) continue;
            if (settings.Mode == SqliteMode.Column) output.Write("\n");
            else if (settings.Mode != SqliteMode.Markdown) Rule(corners[1], widths);
        }

        if (settings.Mode is SqliteMode.Table or SqliteMode.Box) Rule(corners[2], widths);
    }

    private void Line(IEnumerable<string> cells, string line)
    {
        string bar = Latin.FromUnicode(line);
        output.WriteLine($"{bar} {string.Join($" {bar} ", cells)} {bar}");
    }

    private void Rule(string corners, int[] widths)
    {
        char dash = corners[0] == '+' ? '-' : '─';
        output.WriteLine(Latin.FromUnicode(corners[0] + string.Join(corners[1], widths.Select(w => new string(dash, w + 2))) + corners[2]));
    }

    private string Cell(string text, int width, int column)
    {
        bool right = column < settings.Widths.Count && settings.Widths[column] < 0;
        if (Width(text) > width) text = Latin.FromUnicode(string.Concat(Latin.ToUnicode(text).EnumerateRunes().Take(width).Select(r => r.ToString())));
        return Pad(text, width, !right);
    }

    /// <summary>Text that is too wide goes on in further lines.</summary>
    private static IEnumerable<string> Wrapped(string text, int width)
    {
        if (Width(text) <= width || width < 1) return [text];
        return Latin.ToUnicode(text).EnumerateRunes().Chunk(width).Select(piece => Latin.FromUnicode(string.Concat(piece.Select(r => r.ToString()))));
    }

    private static string Centered(string text, int width)
    {
        int room = Math.Max(0, width - Width(text));
        return new string(' ', room / 2) + text + new string(' ', room - (room / 2));
    }

    private static string Pad(string text, int width, bool left)
    {
        string room = new(' ', Math.Max(0, width - Width(text)));
        return left ? text + room : room + text;
    }

    /// <summary>Characters: bytes that do not go on with another.</summary>
    private static int Width(string text)
    {
        int count = 0;
        foreach (char c in text) count += (c & 0xC0) != 0x80 ? 1 : 0;
        return count;
    }

    private string Csv(string text)
    {
        bool quote = text.Length == 0 || text.Contains(settings.Separator, StringComparison.Ordinal) || text.Any(c => c is '"' or '\'' or < '!' or >= (char)127);
        return quote ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private string JsonValue(SqliteValue value) => value.Type switch
    {
        SqliteType.Null => "null",
        SqliteType.Integer => value.Text,
        SqliteType.Real => double.IsFinite(value.Real) ? formatReal(value.Real) : value.Real > 0 ? "1e999" : "-1e999",
        _ => Json(value.Text),
    };

    private static string Json(string text)
    {
        var result = new StringBuilder("\"");
        foreach (char c in text)
        {
            result.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return result.Append('"').ToString();
    }

    public static string QuoteName(string name)
        => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && name != "table" ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public string Literal(SqliteValue value) => value.Type switch
    {
        SqliteType.Null => "NULL",
        SqliteType.Integer => value.Text,
        SqliteType.Real => double.IsFinite(value.Real) ? formatReal(value.Real) : value.Real > 0 ? "1e999" : "-1e999",
        SqliteType.Blob => $"X'{Convert.ToHexStringLower(Latin.Bytes(value.Text))}'",
        _ => TextLiteral(value.Text),
    };

    /// <summary>Line ends are written as char(10), so that each statement stands in one line.</summary>
    private static string TextLiteral(string text)
    {
        string quoted = $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
        if (text.Contains('\n')) quoted = $"replace({quoted.Replace("\n", "\\n", StringComparison.Ordinal)},'\\n',char(10))";
        return quoted;
    }

    private static string Html(string text)
        => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&#39;", StringComparison.Ordinal);
}
