using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Sed;

/// <summary>What <c>l</c> prints: every byte visible, long lines folded.</summary>
internal static class SedListing
{
    /// <param name="width">With the fold's backslash; 0 for no folding.</param>
    public static byte[] Of(ReadOnlySpan<byte> text, int width, byte terminator)
    {
        var all = new StringBuilder();
        int column = 0;
        foreach (byte b in text)
        {
            string shown = b switch
            {
                (byte)'\\' => "\\\\",
                7 => "\\a",
                8 => "\\b",
                12 => "\\f",
                10 => "\\n",
                13 => "\\r",
                9 => "\\t",
                11 => "\\v",
                < 32 or >= 127 => "\\" + Convert.ToString(b, 8).PadLeft(3, '0'),
                _ => ((char)b).ToString(),
            };
            if (width > 0 && column + shown.Length > width - 1)
            {
                all.Append("\\\n");
                column = 0;
            }

            all.Append(shown);
            column += shown.Length;
        }

        return Latin.Bytes(all.Append('$').Append((char)terminator).ToString());
    }
}
