using System.Text;
using Offstage.Processes;

namespace Offstage.Agents.BuiltIn.Tools;

/// <summary>What a command has said so far: for the person, for the model, and live up to where the person's is cut. Any thread.</summary>
internal sealed class CommandOutput(int shownBytesMax, int toldBytesMax)
{
    private readonly Lock gate = new();
    private readonly BoundedCapture shown = new(shownBytesMax);
    private readonly BoundedCapture told = new(toldBytesMax);
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();

    public string Shown
    {
        get
        {
            lock (gate)
                return shown.ToString();
        }
    }

    public string Told
    {
        get
        {
            lock (gate)
                return told.ToString();
        }
    }

    /// <returns>The text to tell live; empty when there is none.</returns>
    public string Add(ReadOnlySpan<byte> piece)
    {
        lock (gate)
        {
            shown.Append(piece);
            told.Append(piece);
            if (shown.IsTruncated)
                return "";
            char[] text = new char[Encoding.UTF8.GetMaxCharCount(piece.Length)];
            return new string(text, 0, decoder.GetChars(piece, text, flush: false));
        }
    }
}
