namespace Offstage.Shell.Builtins;

/// <summary>The list of commands that were typed: without a terminal it is empty.</summary>
internal sealed class HistoryBuiltin : IBuiltin
{
    public string Name => "history";

    public string Usage => "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("cd:anrwps", out int next, out int status) is not { } given)
            return status;
        if (given.Count > 0 || next == call.Arguments.Count || int.TryParse(call.Arguments[next], out _))
            return 0;
        call.Complain($"{call.Arguments[next]}: numeric argument required");
        return 1;
    }
}

internal sealed class FcBuiltin : IBuiltin
{
    public string Name => "fc";

    public string Usage => "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("e:lnrs", out _, out int status) is not { } given)
            return status;
        if (!given.Exists(g => g.Letter == 's'))
            return 0;
        call.Complain("no command found");
        return 1;
    }
}

/// <summary>Key bindings, of which there are none: no line is edited here.</summary>
internal sealed class BindBuiltin : IBuiltin
{
    public string Name => "bind";

    public string Usage => "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]";

    public int Run(BuiltinCall call)
    {
        call.Complain("warning: line editing not enabled");
        return call.Options("lpsvPSVXm:f:q:u:r:x:", out _, out int status) is null ? status : 0;
    }
}
