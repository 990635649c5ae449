using System.Text;
using Offstage.Shell.Commands.Files;
using Offstage.Shell.Commands.Text;
using Offstage.Shell.Commands.Time;

namespace Offstage.Shell.Commands.Find;

/// <summary>The formats of -printf.</summary>
internal static class FindFormat
{
    public static string Expand(string format, FindEntry entry)
    {
        if (format == "%p\n") return entry.Path + "\n";
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            char c = format[i];
            if (c == '\\' && i + 1 < format.Length)
            {
                if (format[i + 1] == 'c') break;
                int length = 2;
                while (length < 4 && format[i + 1] is >= '0' and <= '7' && i + length < format.Length && format[i + length] is >= '0' and <= '7') length++;
                text.Append(Escapes.Expand(format.Substring(i, length)));
                i += length - 1;
            }
            else if (c == '%' && i + 1 < format.Length)
            {
                i++;
                var spec = default(CFormat) with { Precision = -1 };
                for (; i < format.Length && "-0+ #".Contains(format[i], StringComparison.Ordinal); i++)
                    spec = format[i] == '-' ? spec with { Left = true } : format[i] == '0' ? spec with { Zero = true } : spec;
                int width = 0;
                while (i < format.Length && char.IsAsciiDigit(format[i])) width = Math.Min((width * 10) + format[i++] - '0', 10_000);
                spec = spec with { Width = width };
                if (i < format.Length && format[i] == '.')
                {
                    i++;
                    int precision = 0;
                    while (i < format.Length && char.IsAsciiDigit(format[i])) precision = Math.Min((precision * 10) + format[i++] - '0', 10_000);
                    spec = spec with { Precision = precision };
                }

                if (i >= format.Length) break;
                char field = format[i];
                char which = field is 'A' or 'C' or 'T' && i + 1 < format.Length ? format[++i] : '\0';
                text.Append(Field(field, which, spec, entry));
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private static string Field(char field, char which, CFormat spec, FindEntry entry)
    {
        string Number(long value) => spec.Integer(value, 'd');
        return field switch
        {
            '%' => "%",
            'p' => spec.Text(entry.Path),
            'f' => spec.Text(PathText.Name(entry.Path)),
            'h' => spec.Text(Head(entry.Path)),
            'H' => spec.Text(entry.Start),
            'P' => spec.Text(entry.Depth == 0 ? "" : entry.Path[Math.Min(entry.Path.Length, entry.Start.Length + (entry.Start.EndsWith('/') ? 0 : 1))..]),
            'd' => Number(entry.Depth),
            's' => Number(entry.Status.Size),
            'k' => Number(Blocks(entry.Status) / 2),
            'b' => Number(Blocks(entry.Status)),
            'm' => spec.Integer(entry.Status.Mode, 'o'),
            'M' => spec.Text(ModeChange.Type(entry.Kind) + ModeChange.Text(entry.Status.Mode)),
            'n' => Number(entry.Status.Links),
            'i' => Number(entry.Status.Inode),
            'l' => spec.Text(entry.LinkTarget),
            'L' => entry.Kind == FileKind.SymbolicLink ? " -> " + entry.LinkTarget : "",
            'y' => spec.Text(FindTests.Letter(entry.Kind).ToString()),
            'Y' => spec.Text(entry.Kind != FileKind.SymbolicLink ? FindTests.Letter(entry.Kind).ToString() : entry.Context.Files.Stat(entry.Absolute, followLinks: true, out var target) == FileError.None ? FindTests.Letter(target.Kind).ToString() : "N"),
            'u' or 'g' => spec.Text("root"),
            'U' or 'G' => Number(0),
            'D' => Number(entry.Status.Device),
            'F' => spec.Text("tree"),
            'S' => spec.Text(entry.Status.Size == 0 ? "1" : CFormat.General(Blocks(entry.Status) * 512.0 / entry.Status.Size, 6, false)),
            't' => spec.Text(Date(entry.Status.ModifiedAt, entry)),
            'a' => spec.Text(Date(entry.Status.AccessedAt, entry)),
            'c' => spec.Text(Date(entry.Status.ChangedAt, entry)),
            'T' => spec.Text(Part(entry.Status.ModifiedAt, which, entry)),
            'A' => spec.Text(Part(entry.Status.AccessedAt, which, entry)),
            'C' => spec.Text(Part(entry.Status.ChangedAt, which, entry)),
            _ => "%" + field,
        };
    }

    private static long Blocks(FileStatus status) => status.IsRegular ? (status.Size + 4095) / 4096 * 8 : status.IsDirectory ? 8 : 0;

    private static string Head(string path)
    {
        int slash = path.TrimEnd('/').LastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "" : path[..slash];
    }

    private static string Fraction(DateTimeOffset at) => (at.Ticks % TimeSpan.TicksPerSecond).ToString("D7") + "000";

    private static string Date(DateTimeOffset at, FindEntry entry)
        => TimeFormat.Format("%a %b %e %H:%M:%S." + Fraction(at) + " %Y", at, TimeZones.Of(entry.Context));

    private static string Part(DateTimeOffset at, char which, FindEntry entry)
    {
        var zone = TimeZones.Of(entry.Context);
        return which switch
        {
            '@' => $"{at.ToUnixTimeSeconds()}.{Fraction(at)}",
            'S' => TimeFormat.Format("%S." + Fraction(at), at, zone),
            'T' or 'X' => TimeFormat.Format("%H:%M:%S." + Fraction(at), at, zone),
            '+' => TimeFormat.Format("%Y-%m-%d+%H:%M:%S." + Fraction(at), at, zone),
            _ => TimeFormat.Format("%" + which, at, zone),
        };
    }
}
