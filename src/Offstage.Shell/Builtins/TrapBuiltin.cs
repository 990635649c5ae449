using Offstage.Shell.Execution;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Builtins;

internal sealed class TrapBuiltin : IBuiltin
{
    private static readonly string[] Events = ["EXIT", "DEBUG", "ERR", "RETURN"];

    public string Name => "trap";

    public string Usage => "trap [-lp] [[arg] signal_spec ...]";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        if (call.Options("lp", out int next, out int status) is not { } options)
            return status;
        ShellProcess process = call.Process;
        if (options.Exists(o => o.Letter == 'l'))
            return process.RunBuiltin(BuiltinTable.Find("kill")!, ["kill", "-l"], null);
        List<string> rest = call.Arguments.GetRange(next, call.Arguments.Count - next);
        if (options.Count > 0 || rest.Count == 0)
        {
            foreach (string name in rest.Count > 0 ? rest.Select(r => Resolve(r) ?? "") : Shown())
            {
                if (process.Traps.FindShown(name) is { } command)
                    call.WriteLine($"trap -- {ShellQuoting.Single(command)} {(Events.Contains(name) ? name : "SIG" + name)}");
            }

            return 0;
        }

        bool resets = rest[0] == "-" || (rest.Count == 1 && Resolve(rest[0]) is not null) || (rest.Count > 1 && int.TryParse(rest[0], out _) && Resolve(rest[0]) is not null);
        if (rest.Count == 1 && !resets)
            return call.ComplainUsage();
        foreach (string argument in rest[0] == "-" ? rest.Skip(1) : resets ? rest : rest.Skip(1))
        {
            if (Resolve(argument) is not { } name)
            {
                call.Complain($"{argument}: invalid signal specification");
                status = 1;
            }
            else if (resets)
            {
                process.Traps.Forget(name);
            }
            else if (name is not ("KILL" or "STOP"))
            {
                process.Traps.Set(name, rest[0]);
            }
        }

        return status;
    }

    /// <summary>The name under which a trap is kept; null when there is no such signal or event.</summary>
    private static string? Resolve(string text)
    {
        string upper = text.ToUpperInvariant();
        if (Events.Contains(upper))
            return upper;
        return Signals.Find(text) is { } number ? Signals.Name(number) : null;
    }

    private static IEnumerable<string> Shown()
        => Enumerable.Range(0, Signals.Max + 1).Select(Signals.Name).OfType<string>().Concat(Events.Skip(1));
}
