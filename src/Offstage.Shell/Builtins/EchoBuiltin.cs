using System.Text;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Builtins;

internal sealed class EchoBuiltin : IBuiltin
{
    public string Name => "echo";

    public string Usage => "echo [-neE] [arg ...]";

    public int Run(BuiltinCall call)
    {
        List<string> arguments = call.Arguments;
        bool escapes = call.Process.Options.Shopt("xpg_echo");
        bool ends = true;
        int at = 1;
        while (at < arguments.Count && arguments[at] is { Length: > 1 } option && option[0] == '-' && option.AsSpan(1).IndexOfAnyExcept("neE") < 0)
        {
            foreach (char letter in option.AsSpan(1))
            {
                ends &= letter != 'n';
                escapes = letter == 'e' || (letter != 'E' && escapes);
            }

            at++;
        }

        for (int i = at; i < arguments.Count; i++)
        {
            if (i > at)
                call.Write(" ");
            if (!escapes || !arguments[i].Contains('\\'))
            {
                call.Write(arguments[i]);
                continue;
            }

            call.Write(Escapes.Decode(arguments[i], zeroForOctal: true, out bool stops));
            if (stops)
                return 0;
        }

        if (ends)
            call.Write("\n");
        return 0;
    }
}

/// <summary>The escapes of <c>echo -e</c> and of <c>%b</c>.</summary>
internal static class Escapes
{
    /// <param name="zeroForOctal">Whether octal numbers begin with <c>\0</c> only.</param>
    /// <param name="stops">Whether <c>\c</c> ended all output.</param>
    public static string Decode(string text, bool zeroForOctal, out bool stops)
    {
        stops = false;
        var decoded = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                decoded.Append(text[i]);
                continue;
            }

            char c = text[++i];
            int taken;
            switch (c)
            {
                case 'c':
                    stops = true;
                    return decoded.ToString();
                case '\\':
                    decoded.Append('\\');
                    break;
                case '0':
                    decoded.Append((char)(AnsiEscapes.Number(text.AsSpan(i + 1), 8, 3, out taken) & 0xFF));
                    i += taken;
                    break;
                case >= '1' and <= '7' when !zeroForOctal:
                    decoded.Append((char)(AnsiEscapes.Number(text.AsSpan(i), 8, 3, out taken) & 0xFF));
                    i += taken - 1;
                    break;
                case 'x':
                    int value = AnsiEscapes.Number(text.AsSpan(i + 1), 16, 2, out taken);
                    if (taken == 0)
                        decoded.Append("\\x");
                    else
                        decoded.Append((char)value);
                    i += taken;
                    break;
                case 'u' or 'U':
                    int point = AnsiEscapes.Number(text.AsSpan(i + 1), 16, c == 'u' ? 4 : 8, out taken);
                    if (taken == 0)
                        decoded.Append('\\').Append(c);
                    else
                        AnsiEscapes.AppendCodePoint(decoded, point);
                    i += taken;
                    break;
                default:
                    if (AnsiEscapes.Simple(c) is { } simple)
                        decoded.Append(simple);
                    else
                        decoded.Append('\\').Append(c);
                    break;
            }
        }

        return decoded.ToString();
    }
}
