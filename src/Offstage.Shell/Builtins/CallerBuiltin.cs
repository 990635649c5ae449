using Offstage.Shell.Execution;

namespace Offstage.Shell.Builtins;

internal sealed class CallerBuiltin : IBuiltin
{
    public string Name => "caller";

    public string Usage => "caller [expr]";

    public int Run(BuiltinCall call)
    {
        List<CallFrame> frames = call.Process.Frames;
        if (frames.Count == 0)
            return 1;
        if (call.Arguments.Count == 1)
        {
            string source = frames.Count > 1 ? frames[^2].Source : call.Process.ScriptPath ?? "NULL";
            call.WriteLine($"{frames[^1].CallLine} {source}");
            return 0;
        }

        if (!int.TryParse(call.Arguments[1], out int level))
        {
            call.Complain($"{call.Arguments[1]}: invalid number");
            return call.ComplainUsage();
        }

        int at = frames.Count - 1 - level;
        if (at < 0 || level < 0 || (at == 0 && call.Process.ScriptPath is null))
            return 1;
        string function = at > 0 ? frames[at - 1].Function : "main";
        string file = at > 0 ? frames[at - 1].Source : call.Process.ScriptPath!;
        call.WriteLine($"{frames[at].CallLine} {function} {file}");
        return 0;
    }
}
