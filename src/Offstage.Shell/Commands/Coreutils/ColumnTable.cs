using System.Globalization;
using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

/// <summary>column's table: every field of a line in a column as wide as its widest.</summary>
internal sealed class ColumnTable(CommandContext context, ParsedOptions options)
{
    private readonly List<string> names = [.. (options.Value('N') ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries)];

    public void Print(List<string> lines)
    {
        List<List<string>> rows = [.. lines.Select(Split)];
        int count = Math.Max(names.Count, rows.Max(r => r.Count));
        var order = Columns('O', count);
        order.AddRange(Enumerable.Range(0, count).Except(order).ToList());
        order.RemoveAll(Columns('H', count).Contains);
        if (options.Has('J')) PrintJson(rows, order);
        else PrintText(rows, order, [.. Columns('R', count)]);
    }

    private List<string> Split(string line)
    {
        List<string> fields = options.Value('s') is { } separators ? [.. line.Split(separators.ToCharArray())] : [.. line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)];
        if (options.Value('l') is not { } text) return fields;
        int limit = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0 ? value : throw new CommandFailedException($"invalid columns limit argument: {Latin.Quote(text)}");
        if (fields.Count <= limit) return fields;
        // The last column takes the rest of the line as it stands.
        int at = 0;
        for (int i = 0; i < limit - 1; i++) at = line.IndexOf(fields[i], at, StringComparison.Ordinal) + fields[i].Length;
        string rest = options.Has('s') ? line[(at + 1)..] : line[at..].TrimStart(' ', '\t');
        return [.. fields.Take(limit - 1), rest];
    }

    /// <summary>The columns that an option names, by number from 1 or by name.</summary>
    private List<int> Columns(char letter, int count)
    {
        var found = new List<int>();
        foreach (string text in (options.Value(letter) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int index = names.IndexOf(text);
            if (index < 0 && int.TryParse(text, out int number)) index = number - 1;
            if (text == "0") found.AddRange(Enumerable.Range(0, count));
            else if (index >= 0 && index < count) found.Add(index);
            else if (index < 0) throw new CommandFailedException($"undefined column name {Latin.Quote(text)}");
        }

        return found;
    }

    private void PrintText(List<List<string>> rows, List<int> order, HashSet<int> right)
    {
        if (names.Count > 0 && !options.Has('d')) rows.Insert(0, names);
        string between = options.Value('o') ?? "  ";
        int[] widths = [.. order.Select(c => rows.Max(r => c < r.Count ? ColumnCommand.Width(context, r[c]) : 0))];
        foreach (List<string> row in rows)
        {
            context.Check();
            for (int i = 0; i < order.Count; i++)
            {
                string cell = order[i] < row.Count ? row[order[i]] : "";
                string padding = new(' ', widths[i] - ColumnCommand.Width(context, cell));
                if (right.Contains(order[i])) context.Output.Write(padding);
                context.Output.Write(cell);
                if (i + 1 == order.Count) break;
                if (!right.Contains(order[i])) context.Output.Write(padding);
                context.Output.Write(between);
            }

            context.Output.Write("\n");
        }
    }

    private void PrintJson(List<List<string>> rows, List<int> order)
    {
        context.Output.Write($"{{\n   \"{options.Value('n') ?? "table"}\": [\n");
        for (int i = 0; i < rows.Count; i++)
        {
            context.Check();
            context.Output.Write(i == 0 ? "      {\n" : ",{\n");
            for (int c = 0; c < order.Count; c++)
            {
                string name = order[c] < names.Count ? names[order[c]] : "";
                string value = order[c] < rows[i].Count && rows[i][order[c]].Length > 0 ? Quote(rows[i][order[c]]) : "null";
                context.Output.Write($"         {Quote(name.ToLowerInvariant())}: {value}{(c + 1 < order.Count ? "," : "")}\n");
            }

            context.Output.Write("      }");
        }

        context.Output.Write("\n   ]\n}\n");
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
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

        return quoted.Append('"').ToString();
    }
}
