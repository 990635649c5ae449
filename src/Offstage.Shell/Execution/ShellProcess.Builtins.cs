using Offstage.Shell.Builtins;
using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;

namespace Offstage.Shell.Execution;

/// <summary>Running builtins.</summary>
internal sealed partial class ShellProcess
{
    public int RunBuiltin(IBuiltin builtin, List<string> arguments, Word[]? words)
    {
        var call = new BuiltinCall(this, builtin, arguments, words);
        try
        {
            int status = builtin.Run(call);
            return call.Flush() ? status : 1;
        }
        catch (ShellErrorException e) when (e.Reach == ErrorReach.Line && builtin.Name is "read" or "printf" or "mapfile" or "readarray" or "getopts")
        {
            // A variable that cannot be written fails the builtin, not the line.
            Tell(e);
            return 1;
        }
        catch (ExpressionException e)
        {
            _ = call.Flush();
            call.Complain(e.Message);
            return 1;
        }
    }

    /// <summary>Runs a command by its words, without looking for functions: <c>command</c>, <c>builtin</c>.</summary>
    public int RunWithoutFunctions(List<string> arguments, string? path = null)
    {
        if (BuiltinTable.Find(arguments[0]) is { } builtin && !DisabledBuiltins.Contains(arguments[0]))
            return RunBuiltin(builtin, arguments, null);
        if (path is null)
            return RunProgram(arguments);
        Found found = Locate(arguments[0], path);
        if (found is Found.Program or Found.Script)
            return Run(found, arguments, null);
        return RunProgram(arguments);
    }
}
