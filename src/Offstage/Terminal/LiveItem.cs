using System.Text;

namespace Offstage.Terminal;

/// <summary>
/// An item while it runs: its live text is shown as it comes, and when the durable whole arrives, what of it was not shown.
/// </summary>
internal sealed class LiveItem(TextBlock block)
{
    /// <summary>Beyond this the durable whole is cut anyway and nothing is compared.</summary>
    private const int ReceivedMax = 256 * 1024;

    private readonly StringBuilder received = new();
    private bool tooLong;

    public TextBlock Block => block;

    public void Take(string piece)
    {
        block.Write(piece);
        if (received.Length + piece.Length > ReceivedMax)
            tooLong = true;
        else if (!tooLong)
            received.Append(piece);
    }

    /// <param name="note">Says that live text was missed, before the whole is shown once more.</param>
    public void Complete(string whole, Action note)
    {
        string shown = received.ToString();
        if (!tooLong && whole.StartsWith(shown, StringComparison.Ordinal))
        {
            block.Write(whole[shown.Length..]);
        }
        else if (!tooLong && shown.Length < whole.Length)
        {
            block.EndLine();
            note();
            block.Write(whole);
        }

        block.EndLine();
    }
}
