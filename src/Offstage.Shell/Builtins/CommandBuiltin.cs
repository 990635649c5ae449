using Offstage.Shell.Execution;

namespace Offstage.Shell.Builtins;

internal sealed class CommandBuiltin : IBuiltin
{
    public string Name => "command";

    public string Usage => "command [-pVv] command [arg ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("pVv", out int next, out int status) is not { } options)
            return status;
        if (next == call.Arguments.Count)
            return 0;
        char describes = options.LastOrDefault(o => o.Letter is 'v' or 'V').Letter;
        if (describes == '\0')
        {
            string? path = options.Exists(o => o.Letter == 'p') ? "/usr/bin:/bin" : null;
            List<string> rest = call.Arguments.GetRange(next, call.Arguments.Count - next);
            return call.Process.RunWithoutFunctions(rest, path);
        }

        bool found = false;
        foreach (string name in call.Arguments.Skip(next))
        {
            string? text = describes == 'v' ? CommandKinds.Short(call.Process, name) : CommandKinds.Describe(call.Process, name);
            if (text is not null)
            {
                call.WriteLine(text);
                found = true;
            }
            else if (describes == 'V')
            {
                call.Complain($"{name}: not found");
            }
        }

        return found ? 0 : 1;
    }
}

internal sealed class BuiltinBuiltin : IBuiltin
{
    public string Name => "builtin";

    public string Usage => "builtin [shell-builtin [arg ...]]";

    public int Run(BuiltinCall call)
    {
        int next = call.Arguments is [_, "--", ..] ? 2 : 1;
        if (next >= call.Arguments.Count)
            return 0;
        if (BuiltinTable.Find(call.Arguments[next]) is not { } builtin)
        {
            call.Complain($"{call.Arguments[next]}: not a shell builtin");
            return 1;
        }

        return call.Process.RunBuiltin(builtin, call.Arguments.GetRange(next, call.Arguments.Count - next), null);
    }
}
