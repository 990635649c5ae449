using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Sed;

/// <summary>The arguments of <c>s</c> and <c>y</c>.</summary>
internal sealed partial class SedParser
{
    private SedSubstitution Substitution()
    {
        if (AtEnd) throw Error("unterminated `s' command");
        char delimiter = script[at++];
        if (delimiter is '\n' or '\\') throw Error("unterminated `s' command");
        string pattern = Delimited(delimiter, isPattern: false, bracketsCount: true) ?? throw Error("unterminated `s' command");
        string right = Delimited(delimiter, isPattern: false) ?? throw Error("unterminated `s' command");
        var replacement = SedReplacementParser.Parse(right, delimiter);
        var flags = PosixRegexOptions.None;
        int occurrence = 0;
        bool all = false, print = false, execute = false;
        string? file = null;
        for (bool more = true; more && !AtEnd;)
        {
            char c = Peek;
            at++;
            switch (c)
            {
                case 'g' when all:
                    throw Error("multiple `g' options to `s' command");
                case 'g':
                    all = true;
                    break;
                case 'p' when print:
                    throw Error("multiple `p' options to `s' command");
                case 'p':
                    print = true;
                    break;
                case 'i' or 'I':
                    flags |= PosixRegexOptions.IgnoreCase;
                    break;
                case 'm' or 'M':
                    flags |= PosixRegexOptions.Multiline;
                    break;
                case 'e' or 'w' when options.Sandbox:
                    throw Error("e/r/w commands disabled in sandbox mode");
                case 'e':
                    execute = true;
                    break;
                case 'w':
                    file = FileName();
                    more = false;
                    break;
                case >= '0' and <= '9':
                    at--;
                    if (occurrence > 0) throw ErrorAfter("multiple number options to `s' command");
                    occurrence = (int)Math.Min(Number(), int.MaxValue);
                    if (occurrence == 0) throw Error("number option to `s' command may not be zero");
                    break;
                case '}' or '#' or ';' or '\n' or ' ' or '\t' or '\r':
                    at--;
                    more = false;
                    break;
                default:
                    throw Error("unknown option to `s'");
            }
        }

        var compiled = Compile(pattern, delimiter, flags, replacement.GroupMax);
        return new(compiled, replacement, Math.Max(1, occurrence), all, print, execute, file);
    }

    private byte[] Map()
    {
        char delimiter = AtEnd ? throw Error("unterminated `y' command") : script[at++];
        string from = Unescaped(Delimited(delimiter, isPattern: false) ?? throw Error("unterminated `y' command"), delimiter);
        string to = Unescaped(Delimited(delimiter, isPattern: false) ?? throw Error("unterminated `y' command"), delimiter);
        if (from.Length != to.Length) throw Error("strings for `y' command are different lengths");
        byte[] map = new byte[256];
        for (int i = 0; i < 256; i++) map[i] = (byte)i;
        for (int i = from.Length - 1; i >= 0; i--) map[from[i]] = (byte)to[i];
        return map;
    }

    private static string Unescaped(string text, char delimiter)
    {
        var result = new System.Text.StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                result.Append(text[i]);
                continue;
            }

            int next = i + 1;
            if (text[next] == delimiter || text[next] is '\\' or '\n')
            {
                result.Append(text[next]);
                i = next;
            }
            else if (SedText.Escape(text, ref next) is { } plain)
            {
                result.Append(plain);
                i = next - 1;
            }
            else
            {
                result.Append('\\');
            }
        }

        return result.ToString();
    }
}
