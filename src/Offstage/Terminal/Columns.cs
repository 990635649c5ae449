namespace Offstage.Terminal;

/// <summary>Rows whose cells stand below each other. The last column takes what is left of the width.</summary>
internal sealed class Columns(params string[] heads)
{
    private readonly List<string[]> rows = [];

    public void Add(params string[] cells) => rows.Add(cells);

    /// <param name="paint">Colours a cell: column, row's cells, padded text.</param>
    public void Write(Screen screen, Func<int, string, string> paint)
    {
        int[] widths = [.. heads.Select((h, i) => Math.Max(h.Length, rows.Count == 0 ? 0 : rows.Max(r => r[i].Length)))];
        int left = screen.IsTerminal ? Console.WindowWidth - widths[..^1].Sum(w => w + 2) : int.MaxValue;
        screen.WriteLine(screen.Dim(string.Join("  ", heads.Select((h, i) => i == heads.Length - 1 ? h : h.PadRight(widths[i])))));
        foreach (string[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                bool last = i == row.Length - 1;
                string cell = last && row[i].Length > Math.Max(left, 12) ? row[i][..(Math.Max(left, 12) - 1)] + "…" : row[i];
                screen.Write(paint(i, cell) + (last ? "" : new string(' ', widths[i] - cell.Length + 2)));
            }

            screen.WriteLine();
        }
    }
}
