using System.Text;

namespace Offstage.Terminal;

/// <summary>
/// Text that arrives in pieces, each line begun with a mark. In a terminal it shows as it comes; elsewhere by whole lines, so
/// that blocks never meet within one.
/// </summary>
internal sealed class TextBlock(Screen screen, string mark, TextStyle style)
{
    private readonly CleanText clean = new();
    private readonly StringBuilder held = new();
    private bool atLineStart = true;

    public void Write(string piece)
    {
        string text = clean.Next(piece);
        if (screen.IsTerminal)
        {
            Show(text);
            return;
        }

        foreach (char c in text)
        {
            if (c == '\r')
                held.Clear();
            else if (c != '\n')
                held.Append(c);
            else
                WriteHeld();
        }
    }

    /// <summary>Ends the line that is begun: another block follows, or nothing.</summary>
    public void EndLine()
    {
        if (held.Length > 0)
            WriteHeld();
        if (!atLineStart)
        {
            screen.Write(screen.End(style));
            screen.WriteLine();
            atLineStart = true;
        }
    }

    private void WriteHeld()
    {
        screen.Write(mark);
        screen.WriteLine(held.ToString());
        held.Clear();
    }

    private void Show(string text)
    {
        foreach (char c in text)
        {
            if (c == '\r')
            {
                if (!atLineStart)
                    screen.Write(screen.End(style) + "\r\e[K");
                atLineStart = true;
                continue;
            }

            if (atLineStart)
            {
                screen.Write(mark);
                screen.Write(screen.Begin(style));
                atLineStart = false;
            }

            if (c == '\n')
            {
                screen.Write(screen.End(style));
                atLineStart = true;
            }

            screen.Write(c);
        }
    }
}
