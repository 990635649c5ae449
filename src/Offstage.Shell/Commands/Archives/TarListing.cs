using System.Globalization;
using System.Text;
using Offstage.Shell.Commands.Files;

namespace Offstage.Shell.Commands.Archives;

/// <summary>Members as tar shows them.</summary>
internal static class TarListing
{
    /// <summary>How wide owner and size are together.</summary>
    private const int OwnerSizeWidth = 19;

    public static string Long(TarEntry entry, bool numericOwner)
    {
        char type = entry.Type switch { '1' => 'h', '2' => 'l', '3' => 'c', '4' => 'b', '6' => 'p', _ => entry.IsDirectory ? 'd' : '-' };
        string owner = numericOwner || entry.User.Length == 0 ? "0/0" : $"{entry.User}/{entry.Group}";
        string size = entry.Size.ToString(CultureInfo.InvariantCulture);
        string time = entry.ModifiedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        string link = entry.Type == '2' ? $" -> {Quote(entry.LinkName)}" : entry.Type == '1' ? $" link to {Quote(entry.LinkName)}" : "";
        return $"{type}{ModeChange.Text(entry.Mode)} {owner} {size.PadLeft(Math.Max(size.Length, OwnerSizeWidth - owner.Length - 1))} {time} {Quote(entry.Name)}{link}";
    }

    /// <summary>With the escapes of C for what is not printed as it is.</summary>
    public static string Quote(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            text.Append(c switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                '\b' => "\\b",
                '\f' => "\\f",
                '\a' => "\\a",
                '\v' => "\\v",
                < ' ' or >= (char)127 => "\\" + Convert.ToString(c, 8).PadLeft(3, '0'),
                _ => c.ToString(),
            });
        }

        return text.ToString();
    }

    /// <summary>The start of a name that would lead out of a folder: slashes, and everything up to the last <c>..</c>.</summary>
    public static string UnsafePrefix(string name)
    {
        int end = 0;
        for (int at = 0; at < name.Length;)
        {
            int slash = name.IndexOf('/', at);
            string part = name[at..(slash < 0 ? name.Length : slash)];
            int next = slash < 0 ? name.Length : slash + 1;
            if (part == "..") end = next;
            at = next;
        }

        while (end < name.Length && name[end] == '/') end++;
        return name[..end];
    }
}
