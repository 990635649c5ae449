using System.Globalization;
using System.Text;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Execution;

/// <summary>The escapes of prompt strings.</summary>
internal static class PromptText
{
    public static string Decode(ShellProcess process, string text)
    {
        if (!text.Contains('\\'))
            return process.Expander.ExpandQuotedText(text);
        var decoded = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                decoded.Append(text[i]);
                continue;
            }

            char c = text[++i];
            if (c is >= '0' and <= '7')
            {
                decoded.Append((char)(AnsiEscapes.Number(text.AsSpan(i), 8, 3, out int taken) & 0xFF));
                i += taken - 1;
            }
            else if (c == 'D' && i + 1 < text.Length && text[i + 1] == '{' && text.IndexOf('}', i) is > 0 and var end)
            {
                decoded.Append(Builtins.TimeText.Format(text[(i + 2)..end] is { Length: > 0 } format ? format : "%X", Now(process)));
                i = end;
            }
            else
            {
                decoded.Append(Simple(process, c) ?? $"\\{c}");
            }
        }

        return process.Expander.ExpandQuotedText(decoded.ToString());
    }

    private static DateTimeOffset Now(ShellProcess process) => process.Session.Time.GetUtcNow();

    private static string? Simple(ShellProcess process, char c)
    {
        string home = process.Variables.Value("HOME") ?? "";
        string directory = process.WorkingDirectory;
        string shown = home.Length > 1 && (directory == home || directory.StartsWith(home + "/", StringComparison.Ordinal)) ? "~" + directory[home.Length..] : directory;
        return c switch
        {
            'u' => process.Session.Settings.UserName,
            'h' => process.Session.Settings.HostName.Split('.')[0],
            'H' => process.Session.Settings.HostName,
            'w' => shown,
            'W' => shown == "~" || directory == "/" ? shown : PathText.Name(directory),
            '$' => process.Session.Settings.UserId == 0 ? "#" : "\\$",
            's' => PathText.Name(process.Name),
            'v' => "5.2",
            'V' => "5.2.15",
            'n' => "\n",
            'r' => "\r",
            'a' => "\a",
            'e' => "\x1b",
            '\\' => "\\\\",
            '[' or ']' => "",
            // There is no terminal whose name could be told.
            'l' => "tty",
            'j' => process.Jobs.All.Count.ToString(CultureInfo.InvariantCulture),
            't' => Builtins.TimeText.Format("%H:%M:%S", Now(process)),
            'T' => Builtins.TimeText.Format("%I:%M:%S", Now(process)),
            '@' => Builtins.TimeText.Format("%I:%M %p", Now(process)),
            'A' => Builtins.TimeText.Format("%H:%M", Now(process)),
            'd' => Builtins.TimeText.Format("%a %b %d", Now(process)),
            '#' or '!' => "1",
            _ => null,
        };
    }
}
