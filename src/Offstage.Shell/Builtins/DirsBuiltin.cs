using System.Globalization;
using Offstage.Shell.Execution;

namespace Offstage.Shell.Builtins;

/// <summary><c>dirs</c>, <c>pushd</c> and <c>popd</c>.</summary>
internal sealed class DirsBuiltin(string name) : IBuiltin
{
    public string Name => name;

    public string Usage => name switch
    {
        "dirs" => "dirs [-clpv] [+N] [-N]",
        "pushd" => "pushd [-n] [+N | -N | dir]",
        _ => "popd [-n] [+N | -N]",
    };

    public int Run(BuiltinCall call) => name switch
    {
        "dirs" => Show(call),
        "pushd" => Push(call),
        _ => Pop(call),
    };

    private static List<string> Stack(ShellProcess process) => [process.WorkingDirectory, .. process.DirectoryStack];

    /// <summary>The place that <c>+N</c> or <c>-N</c> names; null when the argument is no such number.</summary>
    private static int? Index(string argument, int count)
    {
        if (argument.Length < 2 || argument[0] is not ('+' or '-') || !int.TryParse(argument.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return null;
        return argument[0] == '+' ? number : count - 1 - number;
    }

    private static string Shown(ShellProcess process, string directory, bool longForm)
    {
        string home = process.Variables.Value("HOME") ?? "";
        return !longForm && home.Length > 1 && (directory == home || directory.StartsWith(home + "/", StringComparison.Ordinal)) ? "~" + directory[home.Length..] : directory;
    }

    private static int Show(BuiltinCall call)
    {
        List<string> stack = Stack(call.Process);
        bool longForm = false;
        bool lines = false;
        bool numbered = false;
        int? only = null;
        foreach (string argument in call.Arguments.Skip(1))
        {
            if (Index(argument, stack.Count) is { } index)
            {
                if (index < 0 || index >= stack.Count)
                {
                    call.Complain($"{argument.TrimStart('+', '-')}: directory stack index out of range");
                    return 1;
                }

                only = index;
                continue;
            }

            foreach (char letter in argument.AsSpan(1))
            {
                switch (letter)
                {
                    case 'c':
                        call.Process.DirectoryStack.Clear();
                        return 0;
                    case 'l':
                        longForm = true;
                        break;
                    case 'p':
                        lines = true;
                        break;
                    case 'v':
                        lines = numbered = true;
                        break;
                    default:
                        return call.InvalidOption($"-{letter}");
                }
            }
        }

        IEnumerable<string> shown = stack.Select((d, i) => (numbered ? $"{i,2}  " : "") + Shown(call.Process, d, longForm));
        call.WriteLine(only is { } one ? shown.ElementAt(one) : string.Join(lines ? '\n' : ' ', shown));
        return 0;
    }

    private static int Finish(BuiltinCall call)
    {
        call.WriteLine(string.Join(' ', Stack(call.Process).Select(d => Shown(call.Process, d, false))));
        return 0;
    }

    private static int Push(BuiltinCall call)
    {
        ShellProcess process = call.Process;
        int next = 1;
        bool stays = call.Arguments.Count > 1 && call.Arguments[1] == "-n";
        next += stays ? 1 : 0;
        next += next < call.Arguments.Count && call.Arguments[next] == "--" ? 1 : 0;
        List<string> stack = Stack(process);
        if (next == call.Arguments.Count)
        {
            if (stack.Count < 2)
            {
                call.Complain("no other directory");
                return 1;
            }

            (stack[0], stack[1]) = (stack[1], stack[0]);
        }
        else if (Index(call.Arguments[next], stack.Count) is { } index)
        {
            if (index < 0 || index >= stack.Count)
            {
                call.Complain($"{call.Arguments[next]}: directory stack index out of range");
                return 1;
            }

            stack = [.. stack.Skip(index), .. stack.Take(index)];
        }
        else if (stays)
        {
            process.DirectoryStack.Insert(0, call.Arguments[next]);
            return Finish(call);
        }
        else
        {
            stack.Insert(0, call.Arguments[next]);
        }

        FileError error = stays ? FileError.None : CdBuiltin.Change(process, stack[0], false);
        if (error != FileError.None)
        {
            call.Complain($"{stack[0]}: {error.Message()}");
            return 1;
        }

        process.DirectoryStack.Clear();
        process.DirectoryStack.AddRange(stack.Skip(1));
        return Finish(call);
    }

    private static int Pop(BuiltinCall call)
    {
        ShellProcess process = call.Process;
        bool stays = call.Arguments.Count > 1 && call.Arguments[1] == "-n";
        int next = stays ? 2 : 1;
        List<string> stack = Stack(process);
        if (stack.Count < 2)
        {
            call.Complain("directory stack empty");
            return 1;
        }

        int index = stays ? 1 : 0;
        if (next < call.Arguments.Count)
        {
            if (Index(call.Arguments[next], stack.Count) is not { } asked)
                return call.InvalidOption(call.Arguments[next]);
            if (asked < 0 || asked >= stack.Count)
            {
                call.Complain($"{call.Arguments[next]}: directory stack index out of range");
                return 1;
            }

            index = asked;
        }

        if (index > 0)
        {
            process.DirectoryStack.RemoveAt(index - 1);
            return Finish(call);
        }

        FileError error = CdBuiltin.Change(process, stack[1], false);
        if (error != FileError.None)
        {
            call.Complain($"{stack[1]}: {error.Message()}");
            return 1;
        }

        process.DirectoryStack.RemoveAt(0);
        return Finish(call);
    }
}
