using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Time;

internal sealed class DateCommand : ICommand
{
    private static readonly OptionTable table = new(
        "date [OPTION]... [+FORMAT]",
        "Display date and time in the given FORMAT. The time cannot be set.",
        new('d', "date", "display time described by STRING, not 'now'", OptionArgument.Required, "STRING"),
        new('f', "file", "like --date; once for each line of DATEFILE", OptionArgument.Required, "DATEFILE"),
        new('I', "iso-8601", "output date/time in ISO 8601 format", OptionArgument.Optional, "FMT"),
        new('R', "rfc-email", "output date and time in RFC 5322 format"),
        new('\0', "rfc-2822", "the same as --rfc-email"),
        new('\0', "rfc-3339", "output date/time in RFC 3339 format", OptionArgument.Required, "FMT"),
        new('r', "reference", "display the last modification time of FILE", OptionArgument.Required, "FILE"),
        new('s', "set", "set time described by STRING", OptionArgument.Required, "STRING"),
        new('u', "utc", "print Coordinated Universal Time (UTC)"),
        new('\0', "universal", "the same as --utc"));

    public string Name => "date";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int status);
        if (options is null) return status;
        if (options.Has('s')) throw new CommandFailedException("cannot set date: Operation not permitted");
        if (options.Operands.Count > 1) return Usage.ExtraOperand(context, options.Operands[1]);
        var zone = options.Has('u') || options.Has("universal") ? TimeZoneInfo.Utc : TimeZones.Of(context);
        string format = Format(options);
        if (options.Operands.Count == 1)
        {
            string operand = options.Operands[0];
            if (!operand.StartsWith('+')) throw new CommandFailedException(operand.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 ? "cannot set date: Operation not permitted" : $"invalid date {Latin.Quote(operand)}");
            format = operand[1..];
        }

        var now = context.Time.GetUtcNow();
        if (options.Value('r') is { } reference)
        {
            var error = context.Files.Stat(context.Resolve(reference), followLinks: true, out var file);
            if (error != FileError.None) throw new CommandFailedException($"{reference}: {error.Message()}");
            now = file.ModifiedAt;
        }

        if (options.Value('f') is not { } list)
        {
            if (options.Value('d') is { } text && !DateText.TryParse(text, now, zone, out now)) throw new CommandFailedException($"invalid date {Latin.Quote(text)}");
            context.Output.WriteLine(TimeFormat.Format(format, now, zone));
            return 0;
        }

        using var dates = InputFile.Open(context, list);
        if (dates is null) return 1;
        while (dates.Reader.TryReadLine(out var line, out _))
        {
            string text = Latin.Text(line);
            if (DateText.TryParse(text, now, zone, out var time))
            {
                context.Output.WriteLine(TimeFormat.Format(format, time, zone));
                continue;
            }

            context.Complain($"invalid date {Latin.Quote(text)}");
            status = 1;
        }

        return status;
    }

    private static string Format(ParsedOptions options)
    {
        if (options.Has('R') || options.Has("rfc-2822")) return "%a, %d %b %Y %H:%M:%S %z";
        if (options.Has('I'))
        {
            return (options.Value('I') ?? "date") switch
            {
                "date" => "%Y-%m-%d",
                "hours" => "%Y-%m-%dT%H%:z",
                "minutes" => "%Y-%m-%dT%H:%M%:z",
                "seconds" => "%Y-%m-%dT%H:%M:%S%:z",
                "ns" => "%Y-%m-%dT%H:%M:%S,%N%:z",
                var other => throw new CommandFailedException($"invalid argument {Latin.Quote(other)} for '--iso-8601'"),
            };
        }

        return options.Value("rfc-3339") switch
        {
            null => "%a %b %e %H:%M:%S %Z %Y",
            "date" => "%Y-%m-%d",
            "seconds" => "%Y-%m-%d %H:%M:%S%:z",
            "ns" => "%Y-%m-%d %H:%M:%S.%N%:z",
            var other => throw new CommandFailedException($"invalid argument {Latin.Quote(other)} for '--rfc-3339'"),
        };
    }
}
