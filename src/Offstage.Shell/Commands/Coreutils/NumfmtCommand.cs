using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class NumfmtCommand : ICommand
{
    private static readonly string[] scales = ["none", "si", "iec", "iec-i"];
    private static readonly string[] roundings = ["up", "down", "from-zero", "towards-zero", "nearest"];
    private static readonly string[] invalids = ["abort", "fail", "warn", "ignore"];

    private static readonly OptionTable table = new(
        "numfmt [OPTION]... [NUMBER]...",
        "Reformat NUMBER(s), or the numbers from standard input if none are specified.",
        new('\0', "debug", "ignored"),
        new('d', "delimiter", "use X instead of whitespace for field delimiter", OptionArgument.Required, "X"),
        new('\0', "field", "replace the numbers in these input fields (default=1)", OptionArgument.Required, "FIELDS"),
        new('\0', "format", "use printf style floating-point FORMAT", OptionArgument.Required, "FORMAT"),
        new('\0', "from", "auto-scale input numbers to UNITs; default is 'none'", OptionArgument.Required, "UNIT"),
        new('\0', "from-unit", "specify the input unit size (instead of the default 1)", OptionArgument.Required, "N"),
        new('\0', "grouping", "use locale-defined grouping of digits"),
        new('\0', "header", "print (without converting) the first N header lines", OptionArgument.Optional, "N"),
        new('\0', "invalid", "failure mode for invalid numbers: abort (default), fail, warn, ignore", OptionArgument.Required, "MODE"),
        new('\0', "padding", "pad the output to N characters", OptionArgument.Required, "N"),
        new('\0', "round", "use METHOD for rounding when scaling: up, down, from-zero (default), towards-zero, nearest", OptionArgument.Required, "METHOD"),
        new('\0', "suffix", "add SUFFIX to output numbers, and accept optional SUFFIX in input numbers", OptionArgument.Required, "SUFFIX"),
        new('\0', "to", "auto-scale output numbers to UNITs", OptionArgument.Required, "UNIT"),
        new('\0', "to-unit", "the output unit size (instead of the default 1)", OptionArgument.Required, "N"),
        new('z', "zero-terminated", "line delimiter is NUL, not newline"));

    public string Name => "numfmt";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, out int usage);
        if (options is null) return usage;
        foreach (var (name, choices) in ((string, string[])[])[("from", [.. scales, "auto"]), ("to", scales), ("round", roundings), ("invalid", invalids)])
        {
            if (options.Value(name) is not { } value || choices.Contains(value)) continue;
            context.Complain($"invalid argument {Latin.Quote(value)} for '--{name}'");
            context.Error.WriteLine("Valid arguments are:");
            foreach (string choice in choices) context.Error.WriteLine($"  - '{choice}'");
            context.Error.WriteLine("Try 'numfmt --help' for more information.");
            return 1;
        }

        NumfmtLine line = new(context, Settings(options));
        byte end = options.Has('z') ? (byte)0 : (byte)'\n';
        if (options.Operands.Count > 0)
        {
            foreach (string operand in options.Operands) line.Convert(operand, end);
            return line.Status;
        }

        long header = options.Has("header") ? options.Value("header") is { } count ? Positive(count, "header value") : 1 : 0;
        InputReader reader = context.Reader();
        while (reader.TryReadLine(out var bytes, out bool ended, end))
        {
            context.Check();
            if (header-- > 0)
            {
                context.Output.Write(bytes);
                if (ended) context.Output.WriteByte(end);
                continue;
            }

            line.Convert(Latin.Text(bytes), ended ? end : null);
        }

        reader.Release();
        return line.Status;
    }

    private static NumfmtSettings Settings(ParsedOptions options)
    {
        NumfmtFormat? format = options.Value("format") is { } text ? NumfmtFormat.Parse(text) : null;
        int padding = format?.Padding ?? 0;
        if (options.Value("padding") is { } p)
        {
            if (!int.TryParse(p, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out padding) || padding is 0 or > 100_000 or < -100_000) throw new CommandFailedException($"invalid padding value {Latin.Quote(p)}");
        }

        string? delimiter = options.Value('d');
        if (delimiter?.Length > 1) throw new CommandFailedException("the delimiter must be a single character");
        if (options.Has("grouping") && format is not null) throw new CommandFailedException("--grouping cannot be combined with --format");
        string fields = options.Value("field") ?? "1";
        return new()
        {
            From = options.Value("from") ?? "none",
            To = options.Value("to") ?? "none",
            FromUnit = options.Value("from-unit") is { } f ? Unit(f) : 1,
            ToUnit = options.Value("to-unit") is { } t ? Unit(t) : 1,
            Rounding = options.Value("round") ?? "from-zero",
            Invalid = options.Value("invalid") ?? "abort",
            Suffix = options.Value("suffix") ?? "",
            Padding = padding,
            Format = format ?? new NumfmtFormat("", "", 0, false, null),
            Delimiter = delimiter is { Length: 1 } ? delimiter[0] : null,
            Fields = fields == "-" ? FieldList.Parse("1-", fields: true, complement: false) : Fields(fields),
        };
    }

    private static FieldList Fields(string text)
    {
        if (text.Any(c => !char.IsAsciiDigit(c) && c is not ('-' or ',' or ' '))) throw new CommandFailedException($"invalid field value {Latin.Quote(text)}\nTry 'numfmt --help' for more information.");
        return FieldList.Parse(text, fields: true, complement: false);
    }

    private static long Positive(string text, string what)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value > 0 ? value : throw new CommandFailedException($"invalid {what} {Latin.Quote(text)}");

    private static long Unit(string text)
    {
        bool si = !text.EndsWith('i') && text.Length > 0 && char.IsAsciiLetter(text[^1]);
        string parsed = si ? text + "B" : text.EndsWith('i') ? text + "B" : text;
        return SizeText.TryParse(parsed, out long value) && value > 0 ? value : throw new CommandFailedException($"invalid unit size: {Latin.Quote(text)}");
    }
}
