using System.Text;
using Offstage.Shell.Commands.Text;
using Offstage.Shell.Commands.Time;

namespace Offstage.Shell.Commands.Files;

internal sealed class StatCommand : ICommand
{
    private const string Plain = "  File: %N\n  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F\nDevice: %Hd,%Ld\tInode: %-10i  Links: %h\nAccess: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z\n Birth: %w\n";

    private static readonly OptionTable table = new(
        "stat [OPTION]... FILE...",
        "Display file status.",
        new('L', "dereference", "follow links"),
        new('f', "file-system", "display file system status instead of file status"),
        new('c', "format", "use the specified FORMAT instead of the default; output a newline after each use of FORMAT", OptionArgument.Required, "FORMAT"),
        new('\0', "printf", "like --format, but interpret backslash escapes, and do not output a mandatory trailing newline", OptionArgument.Required, "FORMAT"),
        new('t', "terse", "print the information in terse form"));

    public string Name => "stat";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int result);
        if (options is null) return result;
        if (options.Operands.Count == 0) return Usage.MissingOperand(context);
        string format = Plain;
        if (options.Has('t')) format = "%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o\n";
        if (options.Last("c", "printf") is { } which) format = which == "c" ? options.Value('c') + "\n" : Escapes.Expand(options.Value("printf")!);
        foreach (string operand in options.Operands)
        {
            string path = context.Resolve(operand);
            FileStatus status;
            FileError error = FileError.None;
            if (operand == "-") status = context.StandardInput.Status;
            else error = context.Files.Stat(path, options.Has('L'), out status);
            if (error == FileError.None)
            {
                context.Output.Write(Format(context, format, operand, path, status));
                continue;
            }

            context.Complain($"cannot statx {Latin.Quote(operand)}: {error.Message()}");
            result = 1;
        }

        return result;
    }

    private static string Format(CommandContext context, string format, string shown, string path, FileStatus status)
    {
        var zone = TimeZones.Of(context);
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            int start = i++;
            var spec = default(CFormat) with { Precision = -1 };
            for (; i < format.Length && "-+ #0'".Contains(format[i], StringComparison.Ordinal); i++)
            {
                spec = format[i] switch { '-' => spec with { Left = true }, '0' => spec with { Zero = true }, '+' => spec with { Plus = true }, ' ' => spec with { Space = true }, '#' => spec with { Alternate = true }, _ => spec };
            }

            int width = 0, precision = -1;
            while (i < format.Length && char.IsAsciiDigit(format[i])) width = Math.Min((width * 10) + format[i++] - '0', 10_000);
            if (i < format.Length && format[i] == '.')
            {
                i++;
                precision = 0;
                while (i < format.Length && char.IsAsciiDigit(format[i])) precision = Math.Min((precision * 10) + format[i++] - '0', 100);
            }

            if (i < format.Length && format[i] is 'H' or 'L' && i + 1 < format.Length && format[i + 1] is 'd' or 'r') i++;
            if (i >= format.Length)
            {
                text.Append(format, start, format.Length - start);
                break;
            }

            spec = spec with { Width = width, Precision = precision };
            text.Append(Field(context, format[i], format[i - 1], spec, shown, path, status, zone));
        }

        return text.ToString();
    }

    private static string Field(CommandContext context, char field, char before, CFormat spec, string shown, string path, FileStatus status, TimeZoneInfo zone)
    {
        string Number(long value) => spec.Integer(value, 'd');
        string Epoch(DateTimeOffset at) => spec.Precision >= 0
            ? spec.Text("") + at.ToUnixTimeSeconds() + (spec.Precision == 0 ? "" : "." + (at.Ticks % TimeSpan.TicksPerSecond * 100).ToString("D9").PadRight(spec.Precision, '0')[..spec.Precision])
            : Number(at.ToUnixTimeSeconds());
        string Date(DateTimeOffset at) => spec.Text(TimeFormat.Format("%Y-%m-%d %H:%M:%S.%N %z", at, zone));
        int type = status.Kind switch { FileKind.Directory => 0x4000, FileKind.SymbolicLink => 0xA000, FileKind.CharacterDevice => 0x2000, FileKind.Pipe => 0x1000, _ => 0x8000 };
        return field switch
        {
            'a' => (spec with { Precision = -1 }).Integer(status.Mode, 'o'),
            'A' => spec.Text(ModeChange.Type(status.Kind) + ModeChange.Text(status.Mode)),
            'b' => Number(status.IsRegular ? (status.Size + 4095) / 4096 * 8 : status.IsDirectory ? 8 : 0),
            'B' => Number(512),
            'd' => Number(before == 'H' ? 0 : status.Device),
            'D' => spec.Integer(status.Device, 'x'),
            'f' => spec.Integer(type | status.Mode, 'x'),
            'F' => spec.Text(KindText(status)),
            'g' or 'u' => Number(0),
            'G' or 'U' => spec.Text("root"),
            'h' => Number(status.Links),
            'i' => Number(status.Inode),
            'm' => spec.Text("/"),
            'n' => spec.Text(shown),
            'N' => spec.Text(status.IsSymbolicLink && context.Files.ReadLink(path, out string target) == FileError.None ? $"{Latin.Quote(shown)} -> {Latin.Quote(target)}" : context.Arguments.Any(a => a.StartsWith("-c", StringComparison.Ordinal) || a.StartsWith("--", StringComparison.Ordinal)) ? Latin.Quote(shown) : shown),
            'o' => Number(4096),
            's' => Number(status.Size),
            't' or 'T' or 'r' => Number(0),
            'w' => spec.Text("-"),
            'W' => Number(0),
            'x' => Date(status.AccessedAt),
            'X' => Epoch(status.AccessedAt),
            'y' => Date(status.ModifiedAt),
            'Y' => Epoch(status.ModifiedAt),
            'z' => Date(status.ChangedAt),
            'Z' => Epoch(status.ChangedAt),
            '%' => "%",
            _ => "?",
        };
    }

    private static string KindText(FileStatus status) => status.Kind switch
    {
        FileKind.Directory => "directory",
        FileKind.SymbolicLink => "symbolic link",
        FileKind.CharacterDevice => "character special file",
        FileKind.Pipe => "fifo",
        _ => status.Size == 0 ? "regular empty file" : "regular file",
    };
}
