using System.Text;

namespace Offstage.Shell.Execution;

/// <summary>The menu of <c>select</c>, in columns.</summary>
internal static class SelectMenu
{
    private const int TabSize = 8;

    public static string Format(IReadOnlyList<string> items, int width)
    {
        int digits = items.Count.ToString().Length;
        int longest = items.Max(i => i.Length) + digits + 2;
        int columnWidth = longest + 2;
        int columns = Math.Max(1, width / columnWidth);
        int rows = (items.Count + columns - 1) / columns;
        columns = (items.Count + rows - 1) / rows;
        if (rows == 1)
            (rows, columns) = (items.Count, 1);
        var text = new StringBuilder();
        for (int row = 0; row < rows; row++)
        {
            int at = 0;
            for (int column = 0; (column * rows) + row < items.Count; column++)
            {
                int index = (column * rows) + row;
                string shown = $"{(index + 1).ToString().PadLeft(digits)}) {items[index]}";
                text.Append(shown);
                at += shown.Length;
                if (((column + 1) * rows) + row < items.Count)
                    at = Indent(text, at, columnWidth * (column + 1));
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static int Indent(StringBuilder text, int from, int to)
    {
        while (from < to)
        {
            if (to / TabSize > from / TabSize)
            {
                text.Append('\t');
                from += TabSize - (from % TabSize);
            }
            else
            {
                text.Append(' ');
                from++;
            }
        }

        return from;
    }
}
