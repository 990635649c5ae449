using System.Text;

namespace Offstage.Shell.Commands.Text;

/// <summary>Between the shell's text, one char for each byte, and bytes.</summary>
internal static class Latin
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>What a script reads of a .NET string: its UTF-8 bytes, one char each.</summary>
    public static string FromUnicode(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The .NET string of UTF-8 bytes; what is no UTF-8 becomes U+FFFD.</summary>
    public static string ToUnicode(string text) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));

    /// <summary>In single quotes, as GNU's messages show a name in the C locale.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("'");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '\'' => "\\'",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                '\\' => "\\\\",
                < ' ' or >= (char)127 => "\\" + Convert.ToString(c, 8).PadLeft(3, '0'),
                _ => c.ToString(),
            });
        }

        return quoted.Append('\'').ToString();
    }
}
