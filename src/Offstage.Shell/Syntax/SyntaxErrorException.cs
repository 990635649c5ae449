namespace Offstage.Shell.Syntax;

/// <summary>A script that cannot be parsed.</summary>
/// <param name="line">Counted from 1.</param>
/// <param name="message">Without place, for instance <c>syntax error near unexpected token `)'</c>.</param>
/// <param name="sourceLine">The line to show below; null when the message stands alone.</param>
internal sealed class SyntaxErrorException(int line, string message, string? sourceLine, bool atEnd = false) : Exception(message)
{
    public int Line => line;

    public string? SourceLine => sourceLine;

    /// <summary>Whether more text could have mended it.</summary>
    public bool AtEnd => atEnd;
}
