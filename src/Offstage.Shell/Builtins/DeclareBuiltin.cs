using Offstage.Shell.Execution;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

/// <summary><c>declare</c>, <c>typeset</c> and <c>local</c>.</summary>
internal sealed class DeclareBuiltin(string name) : IBuiltin
{
    public string Name => name;

    public string Usage => name == "local" ? "local [option] name[=value] ..." : $"{name} [-aAfFgiIlnrtux] [name[=value] ...] or {name} -p [-aAfFilnrtux] [name ...]";

    public int Run(BuiltinCall call)
    {
        if (DeclarationOptions.Parse(call, out DeclarationOptions options) is { } failed)
            return failed;
        ShellProcess process = call.Process;
        if (name == "local" && process.FunctionDepth == 0)
        {
            call.Complain("can only be used in a function");
            return 1;
        }

        options.IsLocal = name == "local" || (process.FunctionDepth > 0 && !options.Global);
        if (options.Functions || options.FunctionNames)
            return Functions(call, options);
        if (options.Next == call.Arguments.Count)
            return DeclarationList.Show(call, options, name == "local");
        if (options.Prints)
            return DeclarationList.Named(call, options);
        int status = 0;
        for (int i = options.Next; i < call.Arguments.Count; i++)
        {
            if (name == "local" && call.Arguments[i] == "-")
                process.KeepOptions();
            else if (!Declaration.Apply(call, i, options))
                status = 1;
        }

        return status;
    }

    private static int Functions(BuiltinCall call, DeclarationOptions options)
    {
        ShellProcess process = call.Process;
        int status = 0;
        IEnumerable<string> names = options.Next < call.Arguments.Count ? call.Arguments.Skip(options.Next) : process.Functions.Keys.Order(StringComparer.Ordinal);
        bool all = options.Next == call.Arguments.Count;
        foreach (string function in names.ToArray())
        {
            if (!process.Functions.TryGetValue(function, out Command.Function? definition))
            {
                status = 1;
                continue;
            }

            if (options.On.HasFlag(VariableAttributes.ReadOnly) && !all)
                process.ReadOnlyFunctions.Add(function);
            else if (options.On.HasFlag(VariableAttributes.Exported) && !all)
                process.ExportFunction(function, true);
            else if (options.Off.HasFlag(VariableAttributes.Exported) && !all)
                process.ExportFunction(function, false);
            else if (options.FunctionNames)
                call.WriteLine(all || options.Prints ? $"declare -f{(process.ReadOnlyFunctions.Contains(function) ? "r" : "")}{(process.ExportedFunctions.Contains(function) ? "x" : "")} {function}" : process.Options.Shopt("extdebug") ? $"{function} {definition.Line} {definition.Source}" : function);
            else
                call.WriteLine(ScriptPrinter.Print(definition));
        }

        return status;
    }
}

internal sealed class ExportBuiltin : IBuiltin
{
    public string Name => "export";

    public string Usage => "export [-fn] [name[=value] ...] or export -p";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        if (call.Options("fnp", out int next, out int status) is not { } given)
            return status;
        bool removes = given.Exists(g => g.Letter == 'n');
        var options = new DeclarationOptions
        {
            Next = next,
            On = removes ? 0 : VariableAttributes.Exported,
            Off = removes ? VariableAttributes.Exported : 0,
            KeepsScope = true,
        };
        if (next == call.Arguments.Count)
            return DeclarationList.Show(call, options with { On = VariableAttributes.Exported }, onlyLocals: false);
        for (int i = next; i < call.Arguments.Count; i++)
        {
            if (!given.Exists(g => g.Letter == 'f'))
            {
                status |= Declaration.Apply(call, i, options) ? 0 : 1;
            }
            else if (call.Process.Functions.ContainsKey(call.Arguments[i]))
            {
                call.Process.ExportFunction(call.Arguments[i], !removes);
            }
            else
            {
                call.Complain($"{call.Arguments[i]}: not a function");
                status = 1;
            }
        }

        return status;
    }
}

internal sealed class ReadonlyBuiltin : IBuiltin
{
    public string Name => "readonly";

    public string Usage => "readonly [-aAf] [name[=value] ...] or readonly -p";

    public bool IsSpecial => true;

    public int Run(BuiltinCall call)
    {
        if (call.Options("aAfp", out int next, out int status) is not { } given)
            return status;
        VariableAttributes kind = given.Exists(g => g.Letter == 'a') ? VariableAttributes.Indexed : given.Exists(g => g.Letter == 'A') ? VariableAttributes.Associative : 0;
        var options = new DeclarationOptions { Next = next, On = VariableAttributes.ReadOnly | kind, KeepsScope = true };
        if (next == call.Arguments.Count)
            return DeclarationList.Show(call, options, onlyLocals: false);
        for (int i = next; i < call.Arguments.Count; i++)
        {
            if (given.Exists(g => g.Letter == 'f'))
                call.Process.ReadOnlyFunctions.Add(call.Arguments[i]);
            else
                status |= Declaration.Apply(call, i, options) ? 0 : 1;
        }

        return status;
    }
}
