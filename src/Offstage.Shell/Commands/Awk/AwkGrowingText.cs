using System.Text;

namespace Offstage.Shell.Commands.Awk;

/// <summary>The text of a variable that is appended to. Each value made of it is a beginning of it, so that a loop need not copy the whole.</summary>
internal sealed class AwkGrowingText(string start)
{
    private readonly StringBuilder gathered = new(start, start.Length * 2);
    private string latest = start;

    /// <summary>The first so many characters.</summary>
    public string Text(int length) => latest.Length == length ? latest : latest = gathered.ToString(0, length);

    /// <returns>False when a longer value was made of the same beginning already.</returns>
    public bool TryAppend(int length, string text)
    {
        if (gathered.Length != length) return false;
        gathered.Append(text);
        return true;
    }
}
