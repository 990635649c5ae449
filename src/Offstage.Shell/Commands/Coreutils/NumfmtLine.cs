using System.Globalization;
using System.Text;
using Offstage.Shell.Commands.Text;

namespace Offstage.Shell.Commands.Coreutils;

internal sealed record NumfmtSettings
{
    public required string From { get; init; }

    public required string To { get; init; }

    public required long FromUnit { get; init; }

    public required long ToUnit { get; init; }

    public required string Rounding { get; init; }

    /// <summary>What becomes of a text that is no number: abort, fail, warn or ignore.</summary>
    public required string Invalid { get; init; }

    public required string Suffix { get; init; }

    /// <summary>The least width; below 0 the number stands on the left, 0 for none.</summary>
    public required int Padding { get; init; }

    public required NumfmtFormat Format { get; init; }

    /// <summary>Null: fields are parted by blanks.</summary>
    public required char? Delimiter { get; init; }

    public required FieldList Fields { get; init; }
}

/// <summary><c>before%010.2fafter</c>, taken apart.</summary>
/// <param name="Zeros">Whether the padding is made of zeros.</param>
/// <param name="Precision">Null when it is not given.</param>
internal sealed record NumfmtFormat(string Before, string After, int Padding, bool Zeros, int? Precision)
{
    public static NumfmtFormat Parse(string text)
    {
        int at = 0;
        string before = Literal(text, ref at);
        if (at >= text.Length) throw new CommandFailedException($"format {Latin.Quote(text)} has no % directive");
        int start = ++at;
        bool left = false, zeros = false;
        for (; at < text.Length && text[at] is ' ' or '\'' or '0' or '-'; at++)
        {
            left |= text[at] == '-';
            zeros |= text[at] == '0';
        }

        int digits = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        int width = Number(text[digits..at], text);
        int? precision = null;
        if (at < text.Length && text[at] == '.')
        {
            digits = ++at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            precision = Number(text[digits..at], text);
        }

        if (at >= text.Length && start == at) throw new CommandFailedException($"format {Latin.Quote(text)} ends in %");
        if (at >= text.Length || text[at] != 'f') throw new CommandFailedException($"invalid format {Latin.Quote(text)}, directive must be %[0]['][-][N][.][N]f");
        at++;
        string after = Literal(text, ref at);
        if (at < text.Length) throw new CommandFailedException($"format {Latin.Quote(text)} has too many % directives");
        return new(before, after, left ? -width : width, zeros && !left, precision);
    }

    private static int Number(string digits, string format)
        => digits.Length == 0 ? 0 : int.TryParse(digits, out int value) && value <= 10_000 ? value : throw new CommandFailedException($"invalid format {Latin.Quote(format)} (width overflow)");

    private static string Literal(string text, ref int at)
    {
        var literal = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] == '%')
            {
                if (at + 1 >= text.Length || text[at + 1] != '%') break;
                at++;
            }

            literal.Append(text[at]);
        }

        return literal.ToString();
    }
}

/// <summary>Converts the numbers of a line.</summary>
internal sealed class NumfmtLine(CommandContext context, NumfmtSettings settings)
{
    private const string Letters = "KMGTPEZY";
    private const int DigitsMax = 27;

    private static readonly decimal tooLarge = 1_000_000_000_000_000_000_000_000_000m;

    public int Status { get; private set; }

    /// <param name="end">What is written behind it; null for nothing.</param>
    public void Convert(string line, byte? end)
    {
        int at = 0;
        for (int field = 1; ; field++)
        {
            int start = at;
            if (settings.Delimiter is { } delimiter)
            {
                while (at < line.Length && line[at] != delimiter) at++;
            }
            else
            {
                while (at < line.Length && line[at] is ' ' or '\t') at++;
                while (at < line.Length && line[at] is not (' ' or '\t')) at++;
            }

            string text = line[start..at];
            context.Output.Write(settings.Fields.Contains(field) ? Field(text, field) : text);
            if (at >= line.Length) break;
            at++;
            context.Output.Write(settings.Delimiter is { } d ? d.ToString() : " ");
        }

        if (end is { } e) context.Output.WriteByte(e);
    }

    private string Field(string text, int field)
    {
        string number = text;
        if (settings.Suffix.Length > 0 && text.Length > settings.Suffix.Length && text.EndsWith(settings.Suffix, StringComparison.Ordinal)) number = text[..^settings.Suffix.Length];
        string trimmed = number.TrimStart(' ', '\t');
        int padding = settings.Padding;
        // Columns keep their places where nothing else is asked for.
        if (padding == 0 && settings.Delimiter is null && (trimmed.Length < number.Length || field > 1)) padding = number.Length;
        try
        {
            decimal value = Read(trimmed, out int precision);
            if (settings.FromUnit != 1 || settings.ToUnit != 1) value = value * settings.FromUnit / settings.ToUnit;
            string written = Write(value, settings.Format.Precision ?? precision) + settings.Suffix;
            if (settings.Format.Zeros && padding > written.Length)
            {
                int sign = written.StartsWith('-') ? 1 : 0;
                written = written.Insert(sign, new string('0', padding - written.Length));
            }

            return settings.Format.Before + (padding < 0 ? written.PadRight(-padding) : written.PadLeft(padding)) + settings.Format.After;
        }
        catch (OverflowException)
        {
            return Refuse($"value too large to be converted: {Latin.Quote(text)}", text);
        }
        catch (FormatException e)
        {
            return Refuse(e.Message, text);
        }
    }

    private string Refuse(string problem, string text)
    {
        if (settings.Invalid == "abort") throw new CommandFailedException(problem, 2);
        if (settings.Invalid != "ignore") context.Complain(problem);
        if (settings.Invalid == "fail") Status = 2;
        return text;
    }

    /// <exception cref="FormatException">It is no number; the message says why.</exception>
    private decimal Read(string text, out int precision)
    {
        int at = text.StartsWith('-') ? 1 : 0, digits = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        int whole = at - digits;
        precision = 0;
        if (at < text.Length && text[at] == '.')
        {
            int point = at++;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            precision = at - point - 1;
            if (precision == 0) throw new FormatException($"invalid number: {Latin.Quote(text)}");
        }

        if (whole + precision == 0) throw new FormatException($"invalid number: {Latin.Quote(text)}");
        if (text.AsSpan(digits, whole).TrimStart('0').Length > DigitsMax) throw new OverflowException();
        decimal value = decimal.Parse(text.AsSpan(0, at), NumberStyles.Number, CultureInfo.InvariantCulture);
        if (at == text.Length) return value;
        int suffix = at;
        while (suffix < text.Length && text[suffix] is ' ' or '\t') suffix++;
        int power = suffix < text.Length ? Letters.IndexOf(text[suffix]) + 1 : 0;
        if (power == 0) throw new FormatException($"invalid suffix in input: {Latin.Quote(text)}");
        if (settings.From == "none") throw new FormatException($"rejecting suffix in input: {Latin.Quote(text)} (consider using --from)");
        suffix++;
        bool marked = suffix < text.Length && text[suffix] == 'i' && settings.From is "auto" or "iec-i";
        if (marked) suffix++;
        else if (settings.From == "iec-i") throw new FormatException($"missing 'i' suffix in input: {Latin.Quote(text)} (e.g Ki/Mi/Gi)");
        if (suffix < text.Length) throw new FormatException($"invalid suffix in input {Latin.Quote(text)}: {Latin.Quote(text[suffix..])}");
        decimal radix = settings.From is "iec" or "iec-i" || marked ? 1024 : 1000;
        for (; power > 0; power--) value *= radix;
        precision = 0;
        return value;
    }

    private string Write(decimal value, int precision)
    {
        decimal size = Math.Abs(value);
        if (settings.To == "none")
        {
            if (size >= 1_000_000_000_000_000_000m) throw new FormatException($"value too large to be printed: '{CFormat.General((double)value, 6, false)}' (consider using --to)");
            return Fixed(Round(value, precision), precision);
        }

        if (size >= tooLarge) throw new FormatException($"value too large to be printed: '{CFormat.General((double)value, 6, false)}' (cannot handle values > 999Y)");
        decimal radix = settings.To == "si" ? 1000 : 1024;
        int power = 0;
        for (; Math.Abs(value) >= radix; power++) value /= radix;
        int? wanted = settings.Format.Precision;
        value = Round(value, wanted is { } w ? Math.Min(power * 3, w) : Math.Abs(value) < 10 ? 1 : 0);
        if (Math.Abs(value) >= radix)
        {
            value /= radix;
            power++;
        }

        bool decimals = value != 0 && Math.Abs(value) < 10 && power > 0;
        string unit = power == 0 ? "" : power > Letters.Length ? "(error)" : Letters[power - 1] + (settings.To == "iec-i" ? "i" : "");
        return Fixed(value, wanted ?? (decimals ? 1 : 0)) + unit;
    }

    private decimal Round(decimal value, int precision)
    {
        if (precision > 15) return value;
        decimal unit = 1;
        for (int i = 0; i < precision; i++) unit *= 10;
        decimal scaled = value * unit;
        return settings.Rounding switch
        {
            "up" => Math.Ceiling(scaled),
            "down" => Math.Floor(scaled),
            "towards-zero" => Math.Truncate(scaled),
            "nearest" => Math.Round(scaled, MidpointRounding.AwayFromZero),
            _ => scaled < 0 ? Math.Floor(scaled) : Math.Ceiling(scaled),
        } / unit;
    }

    private static string Fixed(decimal value, int precision) => value.ToString($"F{precision}", CultureInfo.InvariantCulture);
}
