using Offstage.Shell.Execution;
using Offstage.Shell.Expansion;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

/// <summary>Variables as declarations show them.</summary>
internal static class DeclarationList
{
    /// <summary>All variables with the attributes asked for.</summary>
    public static int Show(BuiltinCall call, DeclarationOptions options, bool onlyLocals)
    {
        ShellProcess process = call.Process;
        bool plain = !options.Prints && options.On == 0 && !onlyLocals;
        foreach (string name in process.Variables.Names.Order(StringComparer.Ordinal).ToArray())
        {
            Variable variable = process.Variables.FindRaw(name)!;
            if ((variable.Attributes & options.On) != options.On || name.StartsWith("BASH_FUNC_", StringComparison.Ordinal))
                continue;
            if (onlyLocals && (variable.Depth != process.FunctionDepth || variable.IsTemporary))
                continue;
            if (plain && variable.IsSet)
                call.WriteLine(Plain(name, variable, process.IsUtf8));
            else if (!plain)
                call.WriteLine(Declarations.Declaration(name, variable, process.IsUtf8));
        }

        if (plain)
        {
            foreach ((_, Command.Function function) in process.Functions.OrderBy(f => f.Key, StringComparer.Ordinal))
                call.WriteLine(ScriptPrinter.Print(function));
        }

        return 0;
    }

    /// <summary>The named variables.</summary>
    public static int Named(BuiltinCall call, DeclarationOptions options)
    {
        int status = 0;
        foreach (string name in call.Arguments.Skip(options.Next))
        {
            if (call.Process.Variables.FindRaw(name) is { } variable)
            {
                call.WriteLine(Declarations.Declaration(name, variable, call.Process.IsUtf8));
                continue;
            }

            call.Complain($"{name}: not found");
            status = 1;
        }

        return status;
    }

    /// <summary>As <c>set</c> shows it.</summary>
    public static string Plain(string name, Variable variable, bool isUtf8)
        => variable.IsArray ? $"{name}={Declarations.ArrayText(variable, isUtf8)}" : $"{name}={ShellQuoting.IfNeeded(variable.Scalar ?? "", isUtf8)}";
}
