using Offstage.Shell.Execution;

namespace Offstage.Shell.Builtins;

internal sealed class EvalBuiltin : IBuiltin
{
    public string Name => "eval";

    public string Usage => "eval [arg ...]";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        int next = call.Arguments is [_, "--", ..] ? 2 : 1;
        if (next == 1 && call.Arguments.Count > 1 && call.Arguments[1] is ['-', _, ..] option)
            return call.InvalidOption(option[..2]);
        string text = string.Join(' ', call.Arguments.Skip(next));
        if (string.IsNullOrWhiteSpace(text))
            return 0;
        call.Process.TraceDepth++;
        try
        {
            return call.Process.Evaluate(text, "eval");
        }
        finally
        {
            call.Process.TraceDepth--;
        }
    }
}

internal sealed class SourceBuiltin(string name) : IBuiltin
{
    public string Name => name;

    public string Usage => $"{name} filename [arguments]";

    public bool IsSpecial => name == ".";

    public int Run(BuiltinCall call)
    {
        if (call.Options("", out int next, out int status) is null)
            return status;
        if (next == call.Arguments.Count)
        {
            call.Complain("filename argument required");
            return call.ComplainUsage();
        }

        ShellProcess process = call.Process;
        string file = call.Arguments[next];
        string path = Find(process, file);
        FileError error = process.ReadFile(PathText.Absolute(process.WorkingDirectory, path), out string text);
        if (error == FileError.IsDirectory)
        {
            call.Complain($"{file}: is a directory");
            return 1;
        }

        if (error != FileError.None)
        {
            process.Complain($"{file}: {error.Message()}");
            return 1;
        }

        List<string>? arguments = next + 1 < call.Arguments.Count ? call.Arguments.GetRange(next + 1, call.Arguments.Count - next - 1) : null;
        return process.Source(text, path, arguments);
    }

    private static string Find(ShellProcess process, string file)
    {
        if (file.Contains('/') || !process.Options.Shopt("sourcepath"))
            return file;
        foreach (string directory in (process.Variables.Value("PATH") ?? "").Split(':'))
        {
            string candidate = directory.Length == 0 ? file : PathText.Join(directory, file);
            if (process.Session.Settings.Files.Stat(PathText.Absolute(process.WorkingDirectory, candidate), true, out FileStatus status) == FileError.None && status.IsRegular)
                return candidate;
        }

        return file;
    }
}

/// <summary>Reached only behind <c>command</c> or <c>builtin</c>; the executor does the rest itself, with its redirections.</summary>
internal sealed class ExecBuiltin : IBuiltin
{
    public string Name => "exec";

    public string Usage => "exec [-cl] [-a name] [command [argument ...]] [redirection ...]";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        if (call.Arguments.Count == 1)
            return 0;
        int status = call.Process.RunWithoutFunctions(call.Arguments.GetRange(1, call.Arguments.Count - 1));
        call.Process.Flow = Flow.Exit;
        return call.Process.LastStatus = status;
    }
}

internal sealed class ExitBuiltin(string name) : IBuiltin
{
    public string Name => name;

    public string Usage => $"{name} [n]";

    public bool IsSpecial => name == "exit";

    public int Run(BuiltinCall call)
    {
        int status = call.Process.LastStatus;
        if (call.Arguments.Count > 1 && !ReturnBuiltin.TryStatus(call, out status))
        {
            call.Process.Flow = Flow.Exit;
            return 2;
        }

        if (call.Arguments.Count > 2)
        {
            call.Complain("too many arguments");
            status = 1;
        }

        call.Process.Flow = Flow.Exit;
        return call.Process.LastStatus = status;
    }
}

internal sealed class ReturnBuiltin : IBuiltin
{
    public string Name => "return";

    public string Usage => "return [n]";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        int status = call.Process.LastStatus;
        bool valid = call.Arguments.Count == 1 || TryStatus(call, out status);
        if (call.Process.Returnable == 0)
        {
            call.Complain("can only `return' from a function or sourced script");
            return 2;
        }

        if (call.Arguments.Count > 2)
        {
            call.Complain("too many arguments");
            return 1;
        }

        call.Process.Flow = Flow.Return;
        return call.Process.LastStatus = valid ? status : 2;
    }

    public static bool TryStatus(BuiltinCall call, out int status)
    {
        int at = call.Arguments.Count > 2 && call.Arguments[1] == "--" ? 2 : 1;
        bool valid = long.TryParse(call.Arguments[at].Trim(), out long number);
        status = (int)(number & 0xFF);
        if (!valid)
            call.Complain($"{call.Arguments[at]}: numeric argument required");
        return valid;
    }
}

/// <summary><c>break</c> and <c>continue</c>.</summary>
internal sealed class LoopControlBuiltin(string name) : IBuiltin
{
    public string Name => name;

    public string Usage => $"{name} [n]";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        ShellProcess process = call.Process;
        if (process.LoopDepth == 0)
        {
            call.Complain("only meaningful in a `for', `while', or `until' loop");
            return 0;
        }

        long count = 1;
        if (call.Arguments.Count > 1)
        {
            int at = call.Arguments.Count > 2 && call.Arguments[1] == "--" ? 2 : 1;
            if (!long.TryParse(call.Arguments[at], out count))
            {
                call.Complain($"{call.Arguments[at]}: numeric argument required");
                process.Flow = Flow.Exit;
                return 128;
            }

            if (call.Arguments.Count > at + 1)
            {
                call.Complain("too many arguments");
                process.Flow = Flow.Break;
                process.FlowCount = process.LoopDepth;
                return 1;
            }

            if (count <= 0)
            {
                call.Complain($"{call.Arguments[at]}: loop count out of range");
                process.Flow = Flow.Break;
                process.FlowCount = process.LoopDepth;
                return 1;
            }
        }

        process.Flow = name == "break" ? Flow.Break : Flow.Continue;
        process.FlowCount = (int)Math.Min(count, process.LoopDepth);
        return 0;
    }
}

internal sealed class ShiftBuiltin : IBuiltin
{
    public string Name => "shift";

    public string Usage => "shift [n]";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        long count = 1;
        if (call.Arguments.Count > 1 && !long.TryParse(call.Arguments[1], out count))
        {
            call.Complain($"{call.Arguments[1]}: numeric argument required");
            return 1;
        }

        if (count < 0)
        {
            call.Complain($"{count}: shift count out of range");
            return 1;
        }

        IReadOnlyList<string> positional = call.Process.Positional;
        if (count > positional.Count)
        {
            if (call.Process.Options.Shopt("shift_verbose"))
                call.Complain($"{count}: shift count out of range");
            return 1;
        }

        call.Process.Positional = [.. positional.Skip((int)count)];
        return 0;
    }
}

internal sealed class LetBuiltin : IBuiltin
{
    public string Name => "let";

    public string Usage => "let arg [arg ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Arguments.Count == 1)
        {
            call.Complain("expression expected");
            return 1;
        }

        long value = 0;
        foreach (string expression in call.Arguments.Skip(call.Arguments[1] == "--" ? 2 : 1))
            value = call.Process.Arithmetic.Evaluate(expression);
        return value != 0 ? 0 : 1;
    }
}
