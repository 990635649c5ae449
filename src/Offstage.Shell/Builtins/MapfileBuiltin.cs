
using System.Text;
using Offstage.Shell.Execution;
using Offstage.Shell.Expansion;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

/// <summary><c>mapfile</c> and <c>readarray</c>.</summary>
internal sealed class MapfileBuiltin(string name) : IBuiltin
{
    public string Name => name;

    public string Usage => $"{name} [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("d:n:O:s:tu:C:c:", out int next, out int status) is not { } options)
            return status;
        ShellProcess process = call.Process;
        string? Value(char letter) => options.LastOrDefault(o => o.Letter == letter).Value;
        var numbers = new Dictionary<char, long>();
        foreach ((char letter, string? value) in options)
        {
            if (letter is not ('n' or 'O' or 's' or 'u' or 'c'))
                continue;
            if (!long.TryParse(value, out long number) || number < 0)
            {
                call.Complain(letter switch
                {
                    'O' => $"{value}: invalid array origin",
                    'u' => $"{value}: invalid file descriptor specification",
                    'c' => $"{value}: invalid callback quantum",
                    _ => $"{value}: invalid line count",
                });
                return 1;
            }

            numbers[letter] = number;
        }

        string array = next < call.Arguments.Count ? call.Arguments[next] : "MAPFILE";
        if (!ShellProcess.IsName(array))
        {
            call.Complain($"`{array}': not a valid identifier");
            return 1;
        }

        int descriptor = (int)numbers.GetValueOrDefault('u');
        if (process.Descriptors.Find(descriptor) is not { } source)
        {
            call.Complain($"{descriptor}: invalid file descriptor: Bad file descriptor");
            return 1;
        }

        Variable variable = process.Variables.Writable(array);
        if (variable.Has(VariableAttributes.Associative))
        {
            call.Complain($"{array}: not an indexed array");
            return 1;
        }

        if (!numbers.ContainsKey('O'))
        {
            variable.Clear();
            variable.SetIndexed(new IndexedArray());
        }

        char delimiter = Value('d') is { } given ? given.Length == 0 ? '\0' : given[0] : '\n';
        bool trims = options.Exists(o => o.Letter == 't');
        long index = numbers.GetValueOrDefault('O');
        long skip = numbers.GetValueOrDefault('s');
        long max = numbers.GetValueOrDefault('n');
        long quantum = numbers.GetValueOrDefault('c', 5000);
        long read = 0;
        while ((max == 0 || read < max) && ReadLine(process, source, delimiter) is { } line)
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            if (trims && line.EndsWith(delimiter))
                line = line[..^1];
            read++;
            if (Value('C') is { } callback && read % quantum == 0)
                process.Evaluate($"{callback} {index} {ShellQuoting.Quote(line, process.IsUtf8)}", "eval");
            process.Budget.Hold(line.Length + 32);
            variable.WritableIndexed().Set(index++, line);
        }

        process.Variables.Changed(array, variable);
        return 0;
    }

    private static string? ReadLine(ShellProcess process, FileDescription source, char delimiter)
    {
        var line = new StringBuilder();
        Span<byte> buffer = stackalloc byte[512];
        while (source.ReadThrough((byte)delimiter, buffer, process.Interruption, out int count) == FileError.None && count > 0)
        {
            process.Interruption.Check();
            line.Append(Encoding.Latin1.GetString(buffer[..count]));
            if (buffer[count - 1] == (byte)delimiter)
                break;
        }

        return line.Length == 0 ? null : line.Replace("\0", delimiter == '\0' ? "\0" : "").ToString();
    }
}
