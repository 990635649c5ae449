using System.Text;
using Offstage.Shell.Execution;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Builtins;

/// <summary>One call of a builtin.</summary>
/// <param name="arguments">With the name first.</param>
/// <param name="words">As written, for the lists of declarations; null when the call was not written out.</param>
internal sealed class BuiltinCall(ShellProcess process, IBuiltin builtin, List<string> arguments, Word[]? words)
{
    private const int FlushedAt = 64 * 1024;

    private readonly StringBuilder output = new();

    public ShellProcess Process => process;

    public List<string> Arguments => arguments;

    public Word[]? Words => words;

    /// <summary>Gathers output; it is written when the builtin ends, in one piece.</summary>
    public void Write(string text)
    {
        output.Append(text);
        if (output.Length > FlushedAt)
            Flush();
    }

    public void WriteLine(string text)
    {
        output.Append(text).Append('\n');
        if (output.Length > FlushedAt)
            Flush();
    }

    public void Complain(string message) => process.Complain($"{arguments[0]}: {message}");

    /// <summary>Tells how the builtin is used.</summary>
    /// <returns>The status of a usage error.</returns>
    public int ComplainUsage()
    {
        process.WriteError($"{arguments[0]}: usage: {builtin.Usage}\n");
        return 2;
    }

    public int InvalidOption(string option)
    {
        Complain($"{option}: invalid option");
        return ComplainUsage();
    }

    /// <summary>Takes options of one letter, as getopt does; a colon in the list demands an argument for the letter before it.</summary>
    /// <param name="next">Where the operands begin.</param>
    /// <param name="status">What to return when the answer is null.</param>
    public List<(char Letter, string? Value)>? Options(string letters, out int next, out int status)
    {
        var given = new List<(char, string?)>();
        status = 0;
        next = 1;
        for (; next < arguments.Count; next++)
        {
            string argument = arguments[next];
            if (argument == "--")
            {
                next++;
                break;
            }

            if (argument.Length < 2 || argument[0] != '-')
                break;
            for (int at = 1; at < argument.Length; at++)
            {
                int place = argument[at] == ':' ? -1 : letters.IndexOf(argument[at]);
                if (place < 0)
                {
                    status = InvalidOption($"-{argument[at]}");
                    return null;
                }

                if (place + 1 == letters.Length || letters[place + 1] != ':')
                {
                    given.Add((argument[at], null));
                    continue;
                }

                string? value = at + 1 < argument.Length ? argument[(at + 1)..] : next + 1 < arguments.Count ? arguments[++next] : null;
                if (value is null)
                {
                    Complain($"-{argument[at]}: option requires an argument");
                    status = ComplainUsage();
                    return null;
                }

                given.Add((argument[at], value));
                break;
            }
        }

        return given;
    }

    /// <summary>Writes what was gathered.</summary>
    /// <returns>False when it could not be written; that was told.</returns>
    public bool Flush()
    {
        if (output.Length == 0)
            return true;
        byte[] bytes = new byte[output.Length];
        int at = 0;
        foreach (ReadOnlyMemory<char> chunk in output.GetChunks())
            at += Encoding.Latin1.GetBytes(chunk.Span, bytes.AsSpan(at));
        output.Clear();
        FileError error = process.Descriptors.Find(1) is { } file ? file.Write(bytes, process.Interruption) : FileError.BadDescriptor;
        if (error == FileError.None)
            return true;
        if (error == FileError.BrokenPipe && !process.SignalIsIgnored(Signals.BrokenPipe))
            throw new ProcessKilledException(Signals.BrokenPipe);
        Complain($"write error: {error.Message()}");
        return false;
    }
}
