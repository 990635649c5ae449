using Offstage.Shell.Builtins;
using Offstage.Shell.Execution;

namespace Offstage.Shell.Commands;

/// <summary>A builtin as a program, for those that run programs: xargs, find, env.</summary>
internal sealed class BuiltinCommand(string name) : ICommand
{
    public string Name => name;

    public int Run(CommandContext context)
    {
        ShellProcess process = context.Process ?? throw new InvalidOperationException("A builtin runs only within a shell.");
        return process.RunBuiltin(BuiltinTable.Find(name)!, [name, .. context.Arguments], null);
    }
}
