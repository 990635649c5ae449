namespace Offstage.Shell.Commands.Bc;

/// <summary>What <c>read()</c> makes of a line.</summary>
internal static class BcInput
{
    /// <returns>Zero at the end of the input, and for a line that begins with no number.</returns>
    public static BcNumber Number(string? line, int radix)
    {
        string text = (line ?? "").Trim();
        bool negative = text.StartsWith('-');
        if (negative || text.StartsWith('+')) text = text[1..];
        int end = 0;
        for (bool point = false; end < text.Length; end++)
        {
            if (text[end] == '.' && !point) point = true;
            else if (!char.IsAsciiDigit(text[end]) && !char.IsAsciiLetterUpper(text[end])) break;
        }

        if (end == 0) return BcNumber.Zero;
        BcNumber number = BcNumber.Parse(text[..end], radix);
        return negative ? number.Negate() : number;
    }
}
