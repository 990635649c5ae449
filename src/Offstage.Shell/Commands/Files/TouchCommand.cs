using Offstage.Shell.Commands.Text;
using Offstage.Shell.Commands.Time;

namespace Offstage.Shell.Commands.Files;

internal sealed class TouchCommand : ICommand
{
    private static readonly OptionTable table = new(
        "touch [OPTION]... FILE...",
        "Update the access and modification times of each FILE to the current time.",
        new('a', null, "change only the access time"),
        new('c', "no-create", "do not create any files"),
        new('d', "date", "parse STRING and use it instead of current time", OptionArgument.Required, "STRING"),
        new('f', null, "(ignored)"),
        new('h', "no-dereference", "affect each symbolic link instead of any referenced file"),
        new('m', null, "change only the modification time"),
        new('r', "reference", "use this file's times instead of current time", OptionArgument.Required, "FILE"),
        new('t', null, "use [[CC]YY]MMDDhhmm[.ss] instead of current time", OptionArgument.Required, "STAMP"),
        new('\0', "time", "change the specified time", OptionArgument.Required, "WORD"));

    public string Name => "touch";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        if (options.Operands.Count == 0) return Usage.Error(context, "missing file operand");
        var now = context.Time.GetUtcNow();
        DateTimeOffset accessed = now, modified = now;
        if (options.Value('r') is { } reference)
        {
            var error = context.Files.Stat(context.Resolve(reference), followLinks: !options.Has('h'), out var status);
            if (error != FileError.None) throw new CommandFailedException($"failed to get attributes of {Latin.Quote(reference)}: {error.Message()}");
            (accessed, modified) = (status.AccessedAt, status.ModifiedAt);
        }

        if (options.Value('d') is { } date)
        {
            accessed = DateText.TryParse(date, options.Has('r') ? modified : now, TimeZones.Of(context), out var parsed) ? parsed : throw new CommandFailedException($"invalid date format {Latin.Quote(date)}");
            modified = accessed;
        }

        if (options.Value('t') is { } stamp)
        {
            accessed = DateText.TryParseStamp(stamp, now, TimeZones.Of(context), out var parsed) ? parsed : throw new CommandFailedException($"invalid date format {Latin.Quote(stamp)}");
            modified = accessed;
        }

        bool access = options.Has('a') || options.Value("time") is "access" or "atime" or "use", modify = options.Has('m') || options.Value("time") is "modify" or "mtime";
        if (!access && !modify) access = modify = true;
        int result = 0;
        foreach (string operand in options.Operands)
        {
            if (operand == "-") continue;
            string path = context.Resolve(operand);
            bool follow = !options.Has('h');
            var error = context.Files.SetTimes(path, follow, access ? accessed : null, modify ? modified : null);
            if (error == FileError.NotFound)
            {
                if (options.Has('c') || options.Has('h')) continue;
                error = context.Files.Open(path, FileOpening.Write | FileOpening.Create, 0b110_110_110 & ~context.Umask, out var handle);
                handle?.Dispose();
                if (error == FileError.None) error = context.Files.SetTimes(path, follow, access ? accessed : null, modify ? modified : null);
                if (error == FileError.IsDirectory) error = FileError.NotFound;
            }

            if (error == FileError.None) continue;
            context.Complain($"{(error == FileError.NotDirectory ? "setting times of" : "cannot touch")} {Latin.Quote(operand)}: {error.Message()}");
            result = 1;
        }

        return result;
    }
}
