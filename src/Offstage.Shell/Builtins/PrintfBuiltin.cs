using System.Globalization;
using System.Text;
using Offstage.Shell.Execution;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Builtins;

internal sealed class PrintfBuiltin : IBuiltin
{
    public string Name => "printf";

    public string Usage => "printf [-v var] format [arguments]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("v:", out int next, out int status) is not { } options)
            return status;
        string? variable = options.LastOrDefault().Value;
        if (variable is not null && !ShellProcess.IsName(variable.Split('[')[0]))
        {
            call.Complain($"`{variable}': not a valid identifier");
            return 2;
        }

        if (next == call.Arguments.Count)
            return call.ComplainUsage();
        var formatter = new PrintfFormatter(call.Process, call.Complain);
        string text = formatter.Format(call.Arguments[next], call.Arguments.GetRange(next + 1, call.Arguments.Count - next - 1));
        if (variable is null)
            call.Write(text);
        else
            call.Process.AssignTarget(variable, text);
        return formatter.Failed ? 1 : 0;
    }
}

/// <summary>Formats as printf does: the format is used again while arguments are left.</summary>
internal sealed class PrintfFormatter(ShellProcess process, Action<string> complain)
{
    private const int WidthMax = 1 << 20;

    private readonly StringBuilder output = new();
    private List<string> arguments = [];
    private int next;
    private bool stops;

    /// <summary>Whether an argument was no number, or the format is wrong.</summary>
    public bool Failed { get; private set; }

    public string Format(string format, List<string> operands)
    {
        arguments = operands;
        do
        {
            int before = next;
            process.Interruption.Check();
            FormatOnce(format);
            if (next == before)
                break;
        }
        while (next < arguments.Count && !stops);
        return output.ToString();
    }

    private void FormatOnce(string format)
    {
        for (int i = 0; i < format.Length && !stops; i++)
        {
            char c = format[i];
            if (c == '\\')
                i = Escape(format, i);
            else if (c != '%')
                output.Append(c);
            else if (i + 1 < format.Length && format[i + 1] == '%')
                output.Append(format[++i]);
            else
                i = Directive(format, i + 1);
        }
    }

    private int Escape(string format, int at)
    {
        if (at + 1 == format.Length)
        {
            output.Append('\\');
            return at;
        }

        char c = format[at + 1];
        int taken = 0;
        switch (c)
        {
            case >= '0' and <= '7':
                output.Append((char)(AnsiEscapes.Number(format.AsSpan(at + 1), 8, 3, out taken) & 0xFF));
                return at + taken;
            case 'x':
                int hex = AnsiEscapes.Number(format.AsSpan(at + 2), 16, 2, out taken);
                if (taken == 0)
                {
                    Failed = true;
                    complain("missing hex digit for \\x");
                    output.Append("\\x");
                    return at + 1;
                }

                output.Append((char)hex);
                return at + 1 + taken;
            case 'u' or 'U':
                int point = AnsiEscapes.Number(format.AsSpan(at + 2), 16, c == 'u' ? 4 : 8, out taken);
                if (taken == 0)
                {
                    Failed = true;
                    complain($"missing unicode digit for \\{c}");
                    output.Append('\\').Append(c);
                    return at + 1;
                }

                AnsiEscapes.AppendCodePoint(output, point);
                return at + 1 + taken;
            case '\\' or '"' or '\'' or '?':
                output.Append(c);
                return at + 1;
            default:
                if (AnsiEscapes.Simple(c) is { } simple)
                    output.Append(simple);
                else
                    output.Append('\\').Append(c);
                return at + 1;
        }
    }

    private int Directive(string format, int at)
    {
        int start = at;
        string flags = "";
        while (at < format.Length && "-+ #0'".Contains(format[at]))
            flags += format[at++];
        int width = 0;
        if (at < format.Length && format[at] == '*')
        {
            at++;
            width = (int)Math.Clamp(Integer(Take()), -WidthMax, WidthMax);
        }
        else
        {
            while (at < format.Length && char.IsAsciiDigit(format[at]))
                width = Math.Min(WidthMax, (width * 10) + format[at++] - '0');
        }

        if (width < 0)
        {
            flags += '-';
            width = -width;
        }

        int? precision = null;
        if (at < format.Length && format[at] == '.')
        {
            at++;
            precision = 0;
            if (at < format.Length && format[at] == '*')
            {
                at++;
                long asked = Integer(Take());
                precision = asked < 0 ? null : (int)Math.Min(asked, WidthMax);
            }
            else
            {
                while (at < format.Length && char.IsAsciiDigit(format[at]))
                    precision = Math.Min(WidthMax, (precision.Value * 10) + format[at++] - '0');
            }
        }

        string timeFormat = "";
        if (at < format.Length && format[at] == '(')
        {
            int close = format.IndexOf(')', at);
            if (close > 0 && close + 1 < format.Length && format[close + 1] == 'T')
            {
                timeFormat = format[(at + 1)..close];
                at = close + 1;
            }
        }

        while (at < format.Length && "hlLjzt".Contains(format[at]))
            at++;
        if (at >= format.Length)
        {
            complain($"`%{format[start..]}': missing format character");
            Failed = true;
            stops = true;
            return at;
        }

        Convert(format[at], flags, width, precision, timeFormat, format[start..(at + 1)]);
        return at;
    }

    private string? Take() => next < arguments.Count ? arguments[next++] : Missing();

    private string? Missing()
    {
        // Missing arguments are empty or zero, and using up none ends the repetition.
        next++;
        return null;
    }

    private void Convert(char conversion, string flags, int width, int? precision, string timeFormat, string directive)
    {
        switch (conversion)
        {
            case 's':
                Pad(Cut(Take() ?? "", precision), flags, width);
                break;
            case 'b':
                string text = Escapes.Decode(Take() ?? "", zeroForOctal: false, out bool ends);
                Pad(Cut(text, precision), flags, width);
                stops |= ends;
                break;
            case 'q':
                Pad(Cut(ShellQuoting.Backslash(Take() ?? "", process.IsUtf8), precision), flags, width);
                break;
            case 'Q':
                // The precision counts before the quotes are there.
                Pad(ShellQuoting.Backslash(Cut(Take() ?? "", precision), process.IsUtf8), flags, width);
                break;
            case 'c':
                string character = Take() ?? "";
                Pad(character.Length > 0 ? character[..1] : "\0", flags, width);
                break;
            case 'd' or 'i':
                PrintfNumbers.Signed(output, Integer(Take()), flags, width, precision);
                break;
            case 'u' or 'o' or 'x' or 'X':
                PrintfNumbers.Unsigned(output, unchecked((ulong)Integer(Take())), conversion, flags, width, precision);
                break;
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'a' or 'A':
                PrintfNumbers.Real(output, Real(Take()), conversion, flags, width, precision);
                break;
            case 'n':
                _ = Take();
                break;
            case 'T':
                long seconds = Take() is { } given ? Integer(given) : -1;
                DateTimeOffset time = seconds is -1 or -2 ? process.Session.Time.GetUtcNow() : DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, -62135596800, 253402300799));
                Pad(Cut(TimeText.Format(timeFormat.Length == 0 ? "%X" : timeFormat, time), precision), flags, width);
                break;
            default:
                complain($"`{directive[^1]}': invalid format character");
                Failed = true;
                stops = true;
                break;
        }
    }

    private static string Cut(string text, int? precision) => precision is { } length && length < text.Length ? text[..length] : text;

    private void Pad(string text, string flags, int width)
    {
        process.Budget.Check();
        output.Append(flags.Contains('-') ? text.PadRight(width) : text.PadLeft(width));
    }

    private long Integer(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return 0;
        if (text[0] is '\'' or '"')
            return text.Length < 2 ? 0 : process.IsUtf8 && char.ConvertToUtf32(Utf8Text.Decode(text[1..]) + "\0", 0) is var point ? point : text[1];
        string trimmed = text.TrimStart(' ', '\t', '\n');
        int at = trimmed.Length > 0 && trimmed[0] is '-' or '+' ? 1 : 0;
        bool negative = at == 1 && trimmed[0] == '-';
        int @base = 10;
        if (at + 1 < trimmed.Length && trimmed[at] == '0')
        {
            bool hex = trimmed[at + 1] is 'x' or 'X' && at + 2 < trimmed.Length && char.IsAsciiHexDigit(trimmed[at + 2]);
            @base = hex ? 16 : 8;
            at += hex ? 2 : 0;
        }

        int first = at;
        UInt128 value = 0;
        while (at < trimmed.Length && char.IsAsciiHexDigit(trimmed[at]) && System.Convert.ToInt32(trimmed[at].ToString(), 16) is var digit && digit < @base)
        {
            value = value > ulong.MaxValue ? value : (value * (uint)@base) + (uint)digit;
            at++;
        }

        if (at < trimmed.Length || at == first)
        {
            complain($"{text}: invalid number");
            Failed = true;
        }

        if (value > (negative ? (UInt128)long.MaxValue + 1 : ulong.MaxValue) || (!negative && value > ulong.MaxValue))
        {
            process.Complain($"printf: warning: {text}: Numerical result out of range");
            return negative ? long.MinValue : long.MaxValue;
        }

        if (!negative && value > long.MaxValue)
        {
            process.Complain($"printf: warning: {text}: Numerical result out of range");
            return long.MaxValue;
        }

        return negative ? unchecked(-(long)(ulong)value) : (long)value;
    }

    private double Real(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return 0;
        if (text[0] is '\'' or '"')
            return text.Length > 1 ? text[1] : 0;
        if (PrintfNumbers.TryReal(text.TrimStart(), out double value, out int taken) && taken == text.TrimStart().Length)
            return value;
        complain($"{text}: invalid number");
        Failed = true;
        return value;
    }
}
