namespace Offstage.Shell.Commands.Yq;

/// <summary>A text that is read under the eyes of its run: a parser that cannot be interrupted ends at its next piece.</summary>
internal sealed class CheckedReader(string text, Action check) : TextReader
{
    private const int PieceLength = 1024;
    private int at;

    public override int Peek() => at < text.Length ? text[at] : -1;

    public override int Read()
    {
        if ((at & (PieceLength - 1)) == 0)
            check();
        return at < text.Length ? text[at++] : -1;
    }

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        check();
        int length = Math.Min(Math.Min(buffer.Length, PieceLength), text.Length - at);
        text.AsSpan(at, length).CopyTo(buffer);
        at += length;
        return length;
    }
}
