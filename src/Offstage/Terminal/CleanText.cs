using System.Text;

namespace Offstage.Terminal;

/// <summary>
/// Text of an agent or its commands without what would drive the terminal: no escape sequences, no control characters. It
/// comes in pieces, and a sequence may be cut between two of them.
/// </summary>
/// <remarks>What is left: text, line feeds, tabs, and <c>\r</c> where a line is begun anew, as progress bars do.</remarks>
internal sealed class CleanText
{
    private State state;

    private enum State
    {
        Text,
        Return,
        Escape,
        Sequence,
        Command,
        CommandEscape,
    }

    /// <summary>Cleans text that is whole, onto one line.</summary>
    public static string OneLine(string text, int lengthMax = 200)
    {
        string clean = new CleanText().Next(text).Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ').Trim();
        return clean.Length <= lengthMax ? clean : clean[..(lengthMax - 1)] + "…";
    }

    /// <summary>Cleans text that is whole.</summary>
    public static string Of(string text) => new CleanText().Next(text).Replace('\r', '\n').TrimEnd('\n');

    public string Next(string piece)
    {
        var clean = new StringBuilder(piece.Length);
        foreach (char c in piece)
            Take(c, clean);
        return clean.ToString();
    }

    private void Take(char c, StringBuilder clean)
    {
        switch (state)
        {
            case State.Escape:
                state = c switch { '[' => State.Sequence, ']' or 'P' or '_' or '^' or 'X' => State.Command, >= ' ' and <= '/' => State.Escape, _ => State.Text };
                return;
            case State.Sequence:
                state = c is >= '@' and <= '~' ? State.Text : State.Sequence;
                return;
            case State.Command:
                // A line feed ends it too: a command that is never closed must not swallow all that follows.
                state = c switch { '\a' or '\n' or '\u009c' => State.Text, '\e' => State.CommandEscape, _ => State.Command };
                return;
            case State.CommandEscape:
                state = State.Text;
                return;
            case State.Return:
                state = State.Text;
                if (c is not ('\n' or '\r'))
                    clean.Append('\r');
                break;
        }

        if (c == '\e')
            state = State.Escape;
        else if (c == '\u009b')
            state = State.Sequence;
        else if (c == '\r')
            state = State.Return;
        else if (c is '\n' or '\t' || !char.IsControl(c))
            clean.Append(IsDirection(c) ? '\ufffd' : c);
    }

    /// <summary>Characters that show text in another order than it has: a command to approve must look like what it is.</summary>
    private static bool IsDirection(char c) => c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
