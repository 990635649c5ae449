using System.Globalization;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed class SeqCommand : ICommand
{
    private static readonly OptionTable table = new(
        "seq [OPTION]... LAST\nseq [OPTION]... FIRST LAST\nseq [OPTION]... FIRST INCREMENT LAST",
        "Print numbers from FIRST to LAST, in steps of INCREMENT.",
        new('f', "format", "use printf style floating-point FORMAT", OptionArgument.Required, "FORMAT"),
        new('s', "separator", "use STRING to separate numbers (default: \\n)", OptionArgument.Required, "STRING"),
        new('w', "equal-width", "equalize width by padding with leading zeroes"))
    { StopsAtOperand = true, NumbersAreOperands = true };

    public string Name => "seq";

    public int Run(CommandContext context)
    {
        var options = table.Parse(context, [.. context.Arguments.Select(Guard)], out int usage);
        if (options is null) return usage;
        var operands = options.Operands.Select(o => o.TrimStart('\u0001')).ToList();
        if (operands.Count == 0) return Usage.MissingOperand(context);
        if (operands.Count > 3) return Usage.ExtraOperand(context, operands[3]);
        string firstText = operands.Count > 1 ? operands[0] : "1", stepText = operands.Count > 2 ? operands[1] : "1", lastText = operands[^1];
        string separator = options.Value('s') ?? "\n";
        if (options.Has('f') && options.Has('w')) return Usage.Error(context, "format string may not be specified when printing equal width strings");
        foreach (string text in operands)
        {
            if (!TryNumber(text, out _)) return Usage.Error(context, $"invalid floating point argument: {Latin.Quote(text)}");
        }

        TryNumber(firstText, out double first);
        TryNumber(stepText, out double step);
        TryNumber(lastText, out double last);
        if (step == 0) return Usage.Error(context, $"invalid Zero increment value: {Latin.Quote(stepText)}");
        if (!options.Has('f') && IsInteger(firstText) && IsInteger(stepText) && (IsInteger(lastText) || double.IsInfinity(last)))
        {
            Integers(context, (long)first, (long)step, double.IsInfinity(last) ? (step > 0 ? long.MaxValue : long.MinValue) : (long)last, separator, options.Has('w') ? Math.Max(firstText.Length, lastText.Length) : 0);
            return 0;
        }

        int precision = Math.Max(Decimals(firstText), Decimals(stepText));
        var (prefix, format, conversion, suffix) = options.Value('f') is { } f ? Format(f) : ("", default(CFormat) with { Precision = precision }, 'f', "");
        if (options.Has('w'))
        {
            int width = Math.Max(format.Float(first, 'f').Length, format.Float(last, 'f').Length);
            format = format with { Width = width, Zero = true };
        }

        // Each number is made from the first one, so that errors do not add up; half a step's thousandth forgives the last rounding.
        long count = (long)Math.Floor(((last - first) / step) + 1e-10);
        for (long i = 0; i <= count; i++)
        {
            if ((i & 0x3FF) == 0) context.Check();
            if (i > 0) context.Output.Write(separator);
            context.Output.Write(prefix + format.Float(first + (i * step), conversion) + suffix);
        }

        if (count >= 0) context.Output.WriteByte((byte)'\n');
        return 0;
    }

    /// <summary>Negative numbers such as <c>-.5</c> are no options.</summary>
    private static string Guard(string argument) => argument.Length > 1 && argument[0] == '-' && argument[1] == '.' ? "\u0001" + argument : argument;

    private static void Integers(CommandContext context, long first, long step, long last, string separator, int width)
    {
        var output = context.Output;
        Span<byte> digits = stackalloc byte[32];
        bool any = false;
        string format = width > 0 ? "D" + width : "D";
        for (long i = first; step > 0 ? i <= last : i >= last; i += step)
        {
            if ((i & 0xFFF) == 0) context.Check();
            if (any) output.Write(separator);
            any = true;
            if (width == 0)
            {
                System.Buffers.Text.Utf8Formatter.TryFormat(i, digits, out int length);
                output.Write(digits[..length]);
            }
            else
            {
                output.Write(i.ToString(i < 0 ? "D" + (width - 1) : format, CultureInfo.InvariantCulture));
            }

            if (step > 0 ? i > long.MaxValue - step : i < long.MinValue - step) break;
        }

        if (any) output.WriteByte((byte)'\n');
    }

    private static bool IsInteger(string text) => text.Length is > 0 and < 18 && text.AsSpan(text[0] is '-' or '+' ? 1 : 0).IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool TryNumber(string text, out double value)
    {
        if (text is "inf" or "infinity" or "+inf")
        {
            value = double.PositiveInfinity;
            return true;
        }

        if (text is "-inf" or "-infinity")
        {
            value = double.NegativeInfinity;
            return true;
        }

        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && long.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out long hex))
        {
            value = hex;
            return true;
        }

        value = CNumber.Prefix(text, out int length);
        return length == text.Length && length > 0 && !double.IsNaN(value);
    }

    private static int Decimals(string text)
    {
        int point = text.IndexOf('.');
        int exponent = text.IndexOfAny(['e', 'E']);
        int digits = point < 0 ? 0 : (exponent < 0 ? text.Length : exponent) - point - 1;
        if (exponent >= 0 && int.TryParse(text.AsSpan(exponent + 1), out int power)) digits -= power;
        return Math.Clamp(digits, 0, 300);
    }

    private static (string Prefix, CFormat Format, char Conversion, string Suffix) Format(string text)
    {
        int at = 0;
        var prefix = new System.Text.StringBuilder();
        while (at < text.Length && !(text[at] == '%' && (at + 1 >= text.Length || text[at + 1] != '%')))
        {
            prefix.Append(text[at]);
            at += text[at] == '%' ? 2 : 1;
        }

        if (at >= text.Length) throw new CommandFailedException($"format {Latin.Quote(text)} has no % directive");
        at++;
        var format = default(CFormat) with { Precision = -1 };
        for (; at < text.Length && "-+ #0'".Contains(text[at], StringComparison.Ordinal); at++)
        {
            format = text[at] switch
            {
                '-' => format with { Left = true },
                '+' => format with { Plus = true },
                ' ' => format with { Space = true },
                '#' => format with { Alternate = true },
                '0' => format with { Zero = true },
                _ => format,
            };
        }

        int Digits()
        {
            int value = 0;
            while (at < text.Length && char.IsAsciiDigit(text[at])) value = Math.Min((value * 10) + text[at++] - '0', 10_000);
            return value;
        }

        format = format with { Width = Digits() };
        if (at < text.Length && text[at] == '.')
        {
            at++;
            format = format with { Precision = Digits() };
        }

        if (at < text.Length && text[at] == 'L') at++;
        if (at >= text.Length) throw new CommandFailedException($"format {Latin.Quote(text)} ends in %");
        char conversion = text[at++];
        if (!"efgaEFGA".Contains(conversion, StringComparison.Ordinal)) throw new CommandFailedException($"format {Latin.Quote(text)} has unknown %{conversion} directive");
        string suffix = text[at..];
        bool extra = suffix.Replace("%%", "", StringComparison.Ordinal).Contains('%');
        if (extra) throw new CommandFailedException($"format {Latin.Quote(text)} has too many % directives");
        return (prefix.ToString(), format, conversion, suffix.Replace("%%", "%", StringComparison.Ordinal));
    }
}
