using System.Text;

namespace Offstage.Shell.Expansion;

/// <summary>Text written so that the shell reads it back as it was.</summary>
internal static class ShellQuoting
{
    /// <summary>In single quotes, or in <c>$'…'</c> when it holds control characters.</summary>
    public static string Quote(string text, bool isUtf8)
        => NeedsAnsi(text, isUtf8) ? Ansi(text, isUtf8) : Single(text);

    public static string Single(string text)
    {
        if (text == "'")
            return "\\'";
        return "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }

    /// <summary>In double quotes, as <c>declare -p</c> shows values.</summary>
    public static string Double(string text, bool isUtf8)
    {
        if (NeedsAnsi(text, isUtf8))
            return Ansi(text, isUtf8);
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (char c in text)
        {
            if (c is '"' or '\\' or '$' or '`')
                quoted.Append('\\');
            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    /// <summary>With backslashes, as <c>printf %q</c> shows it.</summary>
    public static string Backslash(string text, bool isUtf8)
    {
        if (text.Length == 0)
            return "''";
        if (NeedsAnsi(text, isUtf8))
            return Ansi(text, isUtf8);
        var quoted = new StringBuilder(text.Length + 8);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool special = " \t\n'\"\\|&;()<>!{}*[]?^$`,".Contains(c) || (i == 0 && c is '#' or '~') || (c == '~' && i > 0 && text[i - 1] is ':' or '=');
            if (special)
                quoted.Append('\\');
            quoted.Append(c);
        }

        return quoted.ToString();
    }

    /// <summary>As <c>set</c> shows values: in quotes only when there is need.</summary>
    public static string IfNeeded(string text, bool isUtf8)
    {
        if (NeedsAnsi(text, isUtf8))
            return Ansi(text, isUtf8);
        return IsPlain(text) ? text : Single(text);
    }

    /// <summary>As tracing shows words: <c>$'…'</c> only where quotes are needed for nothing else.</summary>
    public static string Traced(string text, bool isUtf8) => IsPlain(text) ? IfNeeded(text, isUtf8) : Single(text);

    private static bool IsPlain(string text)
        => text.Length == 0 || (text.All(c => !" \t\n'\"\\|&;()<>!{}*[]?^$`".Contains(c)) && text[0] is not ('#' or '~'));

    public static bool NeedsAnsi(string text, bool isUtf8)
    {
        foreach (char c in text)
        {
            if (c < ' ' || c == 0x7F || (c >= 0x80 && !isUtf8))
                return true;
        }

        return isUtf8 && Utf8Text.IsNeeded(text) && Utf8Text.Decode(text).Any(c => char.IsControl(c) || c is >= '\uDC80' and <= '\uDCFF');
    }

    private static string Ansi(string text, bool isUtf8)
    {
        var quoted = new StringBuilder("$'");
        foreach (char c in text)
        {
            switch (c)
            {
                case '\'' or '\\':
                    quoted.Append('\\').Append(c);
                    break;
                case '\a':
                    quoted.Append("\\a");
                    break;
                case '\b':
                    quoted.Append("\\b");
                    break;
                case '\x1b':
                    quoted.Append("\\E");
                    break;
                case '\f':
                    quoted.Append("\\f");
                    break;
                case '\n':
                    quoted.Append("\\n");
                    break;
                case '\r':
                    quoted.Append("\\r");
                    break;
                case '\t':
                    quoted.Append("\\t");
                    break;
                case '\v':
                    quoted.Append("\\v");
                    break;
                case < ' ' or '\x7f' or (>= '\x80' and <= '\xff') when c < 0x80 || !isUtf8:
                    quoted.Append('\\').Append(Convert.ToString(c, 8).PadLeft(3, '0'));
                    break;
                default:
                    quoted.Append(c);
                    break;
            }
        }

        return quoted.Append('\'').ToString();
    }
}
