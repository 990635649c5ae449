using Offstage.Shell.Expansion;

namespace Offstage.Shell.Builtins;

internal sealed class AliasBuiltin : IBuiltin
{
    public string Name => "alias";

    public string Usage => "alias [-p] [name[=value] ... ]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("p", out int next, out int status) is not { } options)
            return status;
        Dictionary<string, string> aliases = call.Process.Aliases;
        if (next == call.Arguments.Count || options.Count > 0)
        {
            foreach ((string name, string value) in aliases.OrderBy(a => a.Key, StringComparer.Ordinal))
                call.WriteLine($"alias {name}={ShellQuoting.Single(value)}");
        }

        foreach (string argument in call.Arguments.Skip(next))
        {
            int equals = argument.IndexOf('=');
            if (equals > 0)
            {
                aliases[argument[..equals]] = argument[(equals + 1)..];
                call.Process.AliasesChanged();
            }
            else if (aliases.TryGetValue(argument, out string? value))
            {
                call.WriteLine($"alias {argument}={ShellQuoting.Single(value)}");
            }
            else
            {
                call.Complain($"{argument}: not found");
                status = 1;
            }
        }

        return status;
    }
}

internal sealed class UnaliasBuiltin : IBuiltin
{
    public string Name => "unalias";

    public string Usage => "unalias [-a] name [name ...]";

    public int Run(BuiltinCall call)
    {
        if (call.Options("a", out int next, out int status) is not { } options)
            return status;
        if (options.Count > 0)
            call.Process.Aliases.Clear();
        else if (next == call.Arguments.Count)
            return call.ComplainUsage();
        foreach (string name in call.Arguments.Skip(next))
        {
            if (!call.Process.Aliases.Remove(name) && options.Count == 0)
            {
                call.Complain($"{name}: not found");
                status = 1;
            }
        }

        call.Process.AliasesChanged();
        return status;
    }
}
