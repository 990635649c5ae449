using Offstage.Shell.Execution;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

internal sealed class UnsetBuiltin : IBuiltin
{
    public string Name => "unset";

    public string Usage => "unset [-f] [-v] [-n] [name ...]";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        if (call.Options("fvn", out int next, out int status) is not { } options)
            return status;
        bool Has(char letter) => options.Exists(o => o.Letter == letter);
        ShellProcess process = call.Process;
        if (Has('f') && Has('v'))
        {
            call.Complain("cannot simultaneously unset a function and a variable");
            return 1;
        }

        foreach (string name in call.Arguments.Skip(next))
        {
            if (Has('f'))
                status |= UnsetFunction(call, name);
            else
                status |= UnsetVariable(call, name, Has('n'), orFunction: !Has('v'));
        }

        _ = process;
        return status;
    }

    private static int UnsetFunction(BuiltinCall call, string name)
    {
        if (call.Process.ReadOnlyFunctions.Contains(name))
        {
            call.Complain($"{name}: cannot unset: readonly function");
            return 1;
        }

        call.Process.WritableFunctions().Remove(name);
        if (call.Process.ExportedFunctions.Contains(name))
            call.Process.ExportFunction(name, false);
        return 0;
    }

    private static int UnsetVariable(BuiltinCall call, string name, bool reference, bool orFunction)
    {
        ShellProcess process = call.Process;
        int bracket = name.IndexOf('[');
        if (bracket > 0 && name.EndsWith(']'))
            return UnsetElement(call, name[..bracket], name[(bracket + 1)..^1]);
        if (!ShellProcess.IsName(name))
        {
            if (orFunction && process.Functions.ContainsKey(name))
                return UnsetFunction(call, name);
            if (orFunction)
                return 0;
            call.Complain($"`{name}': not a valid identifier");
            return 1;
        }

        if (!reference && process.Variables.ResolveElement(name) is { } element)
            return UnsetElement(call, element.Name, element.Subscript);
        string target = reference ? name : process.Variables.Resolve(name) ?? name;
        if (process.Variables.FindRaw(target) is null)
            return orFunction && process.Functions.ContainsKey(name) ? UnsetFunction(call, name) : 0;
        if (process.Variables.Unset(target))
            return 0;
        call.Complain($"{name}: cannot unset: readonly variable");
        return 1;
    }

    private static int UnsetElement(BuiltinCall call, string name, string subscript)
    {
        VariableTable variables = call.Process.Variables;
        if (variables.Find(name) is not { } variable)
            return 0;
        if (subscript is "@" or "*" && !variable.Has(VariableAttributes.Associative))
        {
            _ = variables.Unset(variables.Resolve(name) ?? name);
            return 0;
        }

        if (!variable.IsArray && subscript != "0")
        {
            call.Complain($"{name}: not an array variable");
            return 1;
        }

        string key = variable.Has(VariableAttributes.Associative) ? call.Process.Expander.ExpandText(subscript) : subscript;
        return variables.UnsetElement(name, key) ? 0 : 1;
    }
}
