using System.Globalization;
using Offstage.Shell.Execution;

namespace Offstage.Shell.Builtins;

internal sealed class GetoptsBuiltin : IBuiltin
{
    public string Name => "getopts";

    public string Usage => "getopts optstring name [arg ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("", out int next, out int status) is null)
            return status;
        if (call.Arguments.Count < next + 2)
            return call.ComplainUsage();
        ShellProcess process = call.Process;
        string letters = call.Arguments[next];
        string name = call.Arguments[next + 1];
        IReadOnlyList<string> arguments = call.Arguments.Count > next + 2 ? call.Arguments.GetRange(next + 2, call.Arguments.Count - next - 2) : process.Positional;
        bool silent = letters.StartsWith(':');
        bool tells = !silent && process.Variables.Value("OPTERR") != "0";
        int index = int.TryParse(process.Variables.Value("OPTIND"), out int given) && given > 0 ? given : 1;
        int offset = process.OptionOffset;
        if (offset == 0)
        {
            string? argument = index <= arguments.Count ? arguments[index - 1] : null;
            if (argument is null || argument.Length < 2 || argument[0] != '-' || argument == "--")
                return Finish(call, name, argument == "--" ? index + 1 : index);
            offset = 1;
        }

        if (index > arguments.Count || offset >= arguments[index - 1].Length)
            return Finish(call, name, index);
        string current = arguments[index - 1];
        char letter = current[offset++];
        int place = letter == ':' ? -1 : letters.IndexOf(letter, silent ? 1 : 0);
        string? value = null;
        string found = letter.ToString();
        bool ends = offset >= current.Length;
        if (place < 0)
        {
            if (tells)
                process.WriteError($"{process.SourceName()}: illegal option -- {letter}\n");
            value = silent ? letter.ToString() : null;
            found = "?";
        }
        else if (place + 1 < letters.Length && letters[place + 1] == ':')
        {
            if (!ends)
            {
                value = current[offset..];
            }
            else if (index < arguments.Count)
            {
                value = arguments[index++];
            }
            else
            {
                if (tells)
                    process.WriteError($"{process.SourceName()}: option requires an argument -- {letter}\n");
                found = silent ? ":" : "?";
                value = silent ? letter.ToString() : null;
            }

            ends = true;
        }

        if (ends)
        {
            index++;
            offset = 0;
        }

        process.Variables.Assign("OPTIND", index.ToString(CultureInfo.InvariantCulture));
        process.OptionOffset = offset;
        if (value is null)
            _ = process.Variables.Unset("OPTARG");
        else
            process.Variables.Assign("OPTARG", value);
        return Assign(call, name, found) ?? 0;
    }

    private static int? Assign(BuiltinCall call, string name, string value)
    {
        if (!ShellProcess.IsName(name))
        {
            call.Complain($"`{name}': not a valid identifier");
            return 1;
        }

        call.Process.Variables.Assign(name, value);
        return null;
    }

    private static int Finish(BuiltinCall call, string name, int index)
    {
        call.Process.Variables.Assign("OPTIND", index.ToString(CultureInfo.InvariantCulture));
        call.Process.OptionOffset = 0;
        _ = call.Process.Variables.Unset("OPTARG");
        return Assign(call, name, "?") ?? 1;
    }
}
