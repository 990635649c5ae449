using Offstage.Shell.Commands.Text;
using Offstage.Shell.RegularExpressions;

namespace Offstage.Shell.Commands.Sed;

/// <summary>Reads a script into a list of instructions whose jumps are resolved.</summary>
internal sealed partial class SedParser
{
    /// <summary>Of GNU's sed, whose language this is.</summary>
    private static readonly Version Supported = new(4, 9);

    private const string UnexpectedEnd = "unexpected `,'";

    private readonly SedScript parts;
    private readonly string script;
    private readonly SedScriptOptions options;
    private readonly List<SedInstruction> instructions = [];
    private readonly Stack<int> blocks = new();
    private readonly Dictionary<string, int> labels = new(StringComparer.Ordinal);
    private int at;

    private SedParser(SedScript script, SedScriptOptions options) => (parts, this.script, this.options) = (script, script.Text, options);

    /// <exception cref="SedSyntaxException">The script is none.</exception>
    public static SedInstruction[] Parse(SedScript script, SedScriptOptions options) => new SedParser(script, options).Parse();

    private SedInstruction[] Parse()
    {
        while (SkipToCommand()) Command();
        if (blocks.Count > 0) throw new SedSyntaxException($"{parts.Block(instructions[blocks.Peek()].Start)}: unmatched `{{'");
        foreach (var jump in instructions.Where(i => i.Command is 'b' or 't' or 'T'))
        {
            jump.Target = jump.Name.Length == 0 ? instructions.Count
                : labels.TryGetValue(jump.Name, out int target) ? target
                : throw new SedSyntaxException($"can't find label for jump to `{jump.Name}'", 4);
        }

        return [.. instructions];
    }

    private char Peek => at < script.Length ? script[at] : '\0';

    private bool AtEnd => at >= script.Length;

    private SedSyntaxException Error(string message) => new($"{parts.Place(Math.Min(at, script.Length))}: {message}");

    private SedSyntaxException ErrorAfter(string message)
    {
        at++;
        return Error(message);
    }

    private bool SkipToCommand()
    {
        while (true)
        {
            while (!AtEnd && (char.IsWhiteSpace(Peek) || Peek == ';')) at++;
            if (AtEnd) return false;
            if (Peek != '#') return true;
            while (!AtEnd && Peek != '\n') at++;
        }
    }

    private void SkipBlanks()
    {
        while (!AtEnd && Peek is ' ' or '\t') at++;
    }

    private void Command()
    {
        var first = Address(isSecond: false);
        SedAddress? second = null;
        SkipBlanks();
        if (first is not null && Peek == ',')
        {
            at++;
            SkipBlanks();
            second = Address(isSecond: true) ?? throw ErrorAfter(UnexpectedEnd);
        }

        if (first is SedAddress.Line(0) && second is not SedAddress.Pattern) throw ErrorAfter("invalid usage of line address 0");
        bool negated = false;
        SkipBlanks();
        while (Peek == '!')
        {
            if (negated) throw ErrorAfter("multiple `!'s");
            negated = true;
            at++;
            SkipBlanks();
        }

        if (AtEnd) throw Error("missing command");
        char command = script[at++];
        var instruction = new SedInstruction { Command = command, Start = at, First = first, Second = second, Negated = negated };
        Arguments(instruction);
    }

    private void Arguments(SedInstruction instruction)
    {
        switch (instruction.Command)
        {
            case '{':
                blocks.Push(instructions.Count);
                instructions.Add(instruction);
                return;
            case '}':
                if (blocks.Count == 0) throw Error("unexpected `}'");
                if (instruction.First is not null) throw Error("} doesn't want any addresses");
                instructions[blocks.Pop()].Target = instructions.Count;
                End();
                return;
            case ':':
                if (instruction.First is not null) throw Error(": doesn't want any addresses");
                SkipBlanks();
                string label = Word(";");
                if (label.Length == 0) throw Error("\":\" lacks a label");
                labels[label] = instructions.Count;
                return;
            case 'b' or 't' or 'T':
                SkipBlanks();
                instruction.Name = Word(";}");
                break;
            case 'a' or 'i' or 'c':
                instruction.Text = Text();
                break;
            case 'r' or 'R' or 'w' or 'W' when options.Sandbox:
                throw Error("e/r/w commands disabled in sandbox mode");
            case 'r' or 'R' or 'w' or 'W':
                instruction.Name = FileName();
                break;
            case 'q' or 'Q' or 'l' or 'L':
                if (instruction.Second is not null && instruction.Command is 'q' or 'Q') throw Error("command only uses one address");
                SkipBlanks();
                if (char.IsAsciiDigit(Peek)) instruction.Number = (int)Math.Min(Number(), int.MaxValue);
                End();
                break;
            case 's':
                instruction.Substitution = Substitution();
                End();
                break;
            case 'y':
                instruction.Map = Map();
                End();
                break;
            case 'v':
                SkipBlanks();
                if (IsNewer(Word(";"))) throw Error("expected newer version of sed");
                End();
                return;
            case 'e' when options.Sandbox:
                throw Error("e/r/w commands disabled in sandbox mode");
            case 'e':
                SkipBlanks();
                instruction.Name = Rest();
                break;
            case '=' or 'd' or 'D' or 'F' or 'g' or 'G' or 'h' or 'H' or 'n' or 'N' or 'p' or 'P' or 'x' or 'z':
                End();
                break;
            default:
                throw Error($"unknown command: `{instruction.Command}'");
        }

        instructions.Add(instruction);
    }

    /// <summary>What may follow a command in its line.</summary>
    private void End()
    {
        SkipBlanks();
        if (AtEnd || Peek is '}' or '#') return;
        if (Peek is not ('\n' or ';' or '\r')) throw ErrorAfter("extra characters after command");
        at++;
    }

    private string Word(string ends)
    {
        int start = at;
        while (!AtEnd && !char.IsWhiteSpace(Peek) && !ends.Contains(Peek)) at++;
        return script[start..at];
    }

    /// <summary>What is left of the line.</summary>
    private string Rest()
    {
        int end = script.IndexOf('\n', at);
        if (end < 0) end = script.Length;
        string rest = script[at..end];
        at = end;
        return rest;
    }

    private string FileName()
    {
        SkipBlanks();
        string name = Rest();
        return name.Length > 0 ? name : throw Error("missing filename in r/R/w/W commands");
    }

    private static bool IsNewer(string wanted)
        => Version.TryParse(wanted.Contains('.') ? wanted : wanted + ".0", out var version) && version > Supported;

    private byte[] Text()
    {
        SkipBlanks();
        if (AtEnd) throw Error("expected \\ after `a', `c' or `i'");
        if (Peek == '\\')
        {
            int look = at + 1;
            while (look < script.Length && script[look] is ' ' or '\t') look++;
            if (look < script.Length && script[look] == '\n')
            {
                at = look + 1;
            }
            else if (look >= script.Length)
            {
                // Nothing follows: no text, yet a last line that does not end gets its end.
                at = look;
                return [];
            }
            else
            {
                // a\text, as GNU allows: blanks after the backslash are kept.
                at++;
            }
        }

        var text = new System.Text.StringBuilder();
        while (!AtEnd && Peek != '\n')
        {
            char c = script[at++];
            if (c != '\\')
            {
                text.Append(c);
            }
            else if (!AtEnd)
            {
                int next = at;
                if (script[next] is not 'n' && SedText.Escape(script, ref next) is { } plain)
                {
                    text.Append(plain);
                    at = next;
                }
                else
                {
                    text.Append(script[at++]);
                }
            }
        }

        at++;
        return Latin.Bytes(text.Append('\n').ToString());
    }

    private SedAddress? Address(bool isSecond)
    {
        char c = Peek;
        if (char.IsAsciiDigit(c))
        {
            long number = Number();
            SkipBlanks();
            if (Peek != '~' || isSecond) return new SedAddress.Line(number);
            at++;
            return new SedAddress.Step(number, char.IsAsciiDigit(Peek) ? Number() : 0);
        }

        if (isSecond && c is '+' or '~')
        {
            at++;
            long count = char.IsAsciiDigit(Peek) ? Number() : throw Error("expected number");
            return c == '+' ? new SedAddress.After(count) : new SedAddress.UpToMultiple(count);
        }

        if (c == '$')
        {
            at++;
            return new SedAddress.Last();
        }

        if (c is not ('/' or '\\')) return null;
        at++;
        char delimiter = c == '/' ? '/' : at < script.Length ? script[at++] : '\0';
        string pattern = Delimited(delimiter, isPattern: true, bracketsCount: true) ?? throw Error("unterminated address regex");
        var flags = PosixRegexOptions.None;
        while (true)
        {
            if (Peek == 'I') flags |= PosixRegexOptions.IgnoreCase;
            else if (Peek == 'M') flags |= PosixRegexOptions.Multiline;
            else break;
            at++;
        }

        return new SedAddress.Pattern(Compile(pattern, delimiter, flags, 0));
    }

    private long Number()
    {
        long value = 0;
        while (char.IsAsciiDigit(Peek)) value = Math.Min((value * 10) + script[at++] - '0', long.MaxValue / 20);
        return value;
    }

    /// <summary>Reads up to the delimiter. Escapes stay as they are.</summary>
    /// <returns>Null when it does not come.</returns>
    private string? Delimited(char delimiter, bool isPattern, bool bracketsCount = false)
    {
        int start = at;
        while (!AtEnd)
        {
            char c = script[at];
            if (c == delimiter)
            {
                at++;
                return script[start..(at - 1)];
            }

            if (c == '\n' && isPattern) return null;
            if (c == '[' && bracketsCount)
            {
                SkipBracket();
                continue;
            }

            at += c == '\\' ? 2 : 1;
        }

        at = script.Length;
        return null;
    }

    /// <summary>A delimiter in a bracket expression is a member of it. A bracket that does not close is left to the compiler.</summary>
    private void SkipBracket()
    {
        int close = at + 1;
        if (close < script.Length && script[close] == '^') close++;
        if (close < script.Length && script[close] == ']') close++;
        while (close < script.Length && script[close] is not (']' or '\n'))
        {
            if (script[close] == '[' && close + 1 < script.Length && script[close + 1] == ':' && script.IndexOf(":]", close, StringComparison.Ordinal) is > 0 and var end) close = end + 1;
            close++;
        }

        at = close < script.Length && script[close] == ']' ? close + 1 : at + 1;
    }

    private SedPattern Compile(string pattern, char delimiter, PosixRegexOptions flags, int groups)
    {
        if (pattern.Length == 0)
        {
            if (flags != PosixRegexOptions.None) throw Error("no previous regular expression");
            return new SedPattern(null);
        }

        try
        {
            var regex = PosixRegex.Compile(
                Latin.Bytes(SedText.Pattern(pattern, delimiter)),
                options.Extended ? RegexSyntax.Extended : RegexSyntax.Basic,
                flags | (options.Utf8 ? PosixRegexOptions.Utf8 : 0));
            if (groups > regex.GroupCount) throw Error($"invalid reference \\{groups} on `s' command's RHS");
            return new SedPattern(regex);
        }
        catch (PosixRegexException error)
        {
            throw Error(error.Message);
        }
    }
}

/// <param name="Extended">With -E.</param>
internal sealed record SedScriptOptions(bool Extended, bool Utf8, bool Sandbox);
