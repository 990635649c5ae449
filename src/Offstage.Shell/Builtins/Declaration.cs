using Offstage.Shell.Execution;
using Offstage.Shell.Syntax;
using Offstage.Shell.Variables;

namespace Offstage.Shell.Builtins;

/// <summary>One name of a declaration.</summary>
internal static class Declaration
{
    private const VariableAttributes CaseAttributes = VariableAttributes.Lower | VariableAttributes.Upper | VariableAttributes.Capitalize;

    /// <returns>False when it cannot be; that was told.</returns>
    public static bool Apply(BuiltinCall call, int index, DeclarationOptions options)
    {
        string argument = call.Arguments[index];
        Assignment? list = ListOf(call, index, argument);
        int equals = FindEquals(argument);
        bool appends = equals > 0 && argument[equals - 1] == '+';
        string target = equals < 0 ? argument : argument[..(appends ? equals - 1 : equals)];
        string? value = equals < 0 ? null : argument[(equals + 1)..];
        string? subscript = null;
        int bracket = target.IndexOf('[');
        string name = target;
        if (bracket > 0 && target.EndsWith(']'))
        {
            subscript = target[(bracket + 1)..^1];
            name = target[..bracket];
        }

        if (!ShellProcess.IsName(name))
        {
            call.Complain($"`{argument}': not a valid identifier");
            return false;
        }

        ShellProcess process = call.Process;
        if (options.On.HasFlag(VariableAttributes.Reference) && !CanRefer(call, name, value))
            return false;
        Variable? variable = Target(call, name, options);
        if (variable is null)
            return false;
        if (!CanChange(call, name, variable, options, hasValue: value is not null))
            return false;
        variable.OutlivesCommand = options.KeepsScope;
        if (options.KeepsScope && value is not null && list is null && process.Options.Trace)
            process.TraceLine($"{target}{(appends ? "+=" : "=")}{Expansion.ShellQuoting.Traced(value, process.IsUtf8)}");
        VariableAttributes on = options.On;
        if (list is not null && (on & VariableAttributes.Associative) == 0 && !variable.Has(VariableAttributes.Associative))
            on |= VariableAttributes.Indexed;
        else if (subscript is not null && !variable.IsArray && (on & VariableAttributes.Associative) == 0)
            on |= VariableAttributes.Indexed;
        SetAttributes(variable, on & ~VariableAttributes.ReadOnly, options.Off);
        try
        {
            // A list given as text is parsed only now.
            if (list is not null)
                process.AssignList(name, variable, list.Elements!, list.Appends);
            else if (value is not null && subscript is not null)
                process.Variables.PutElement(variable, name, subscript, value, appends);
            else if (value is not null)
                PutValue(call, name, variable, value, appends, options);
        }
        catch (Expansion.ExpressionException e)
        {
            throw ShellErrorException.Line($"{call.Arguments[0]}: {e.Message}");
        }
        catch (SyntaxErrorException e)
        {
            throw ShellErrorException.Line(e.Message);
        }
        finally
        {
            variable.Attributes |= on & VariableAttributes.ReadOnly;
            process.Variables.Changed(name, variable);
            process.Variables.EnvironmentChanged();
        }

        return true;
    }

    private static void PutValue(BuiltinCall call, string name, Variable variable, string value, bool appends, DeclarationOptions options)
    {
        // `declare -a 'x=(1 2)'`: a list in the value counts when an array is asked for.
        if (value.StartsWith('(') && value.EndsWith(')') && (options.On & (VariableAttributes.Indexed | VariableAttributes.Associative)) != 0
            && new Parser($"{name}={value}", call.Process.ParserOptions).ParseNext() is { Items: [{ AndOr.First.Commands: [Command.Simple { Assignments: [{ Assignment.Elements: { } elements }] }] }] })
        {
            call.Process.AssignList(name, variable, elements, appends);
            return;
        }

        if (variable.Has(VariableAttributes.Reference))
            variable.SetScalar(value);
        else
            call.Process.Variables.Put(variable, value, appends);
    }

    /// <summary>The list that stands behind the name in the script; null when there is none.</summary>
    private static Assignment? ListOf(BuiltinCall call, int index, string argument)
    {
        if (call.Words is null || !argument.EndsWith('('))
            return null;
        // Words before it may have become several arguments or none, so it is found by its name and place among the lists.
        int nth = call.Arguments.Take(index).Count(a => a == argument);
        return call.Words.Select(w => w.Assignment).Where(a => a is { Elements: not null } && $"{a.Name}{(a.Appends ? "+=" : "=")}(" == argument).ElementAtOrDefault(nth);
    }

    /// <summary>The equals sign of an assignment; one within a subscript is none.</summary>
    private static int FindEquals(string argument)
    {
        int depth = 0;
        for (int i = 0; i < argument.Length; i++)
        {
            depth += argument[i] == '[' ? 1 : argument[i] == ']' ? -1 : 0;
            if (argument[i] == '=' && depth == 0)
                return i;
        }

        return -1;
    }

    private static bool CanRefer(BuiltinCall call, string name, string? value)
    {
        if (value is null)
            return true;
        int bracket = value.IndexOf('[');
        string target = bracket > 0 ? value[..bracket] : value;
        if (target == name && call.Process.FunctionDepth == 0)
        {
            call.Complain($"{name}: nameref variable self references not allowed");
            return false;
        }

        if (target == name)
            call.Process.Complain($"warning: {name}: circular name reference");
        if (value.Length > 0 && !ShellProcess.IsName(target))
        {
            call.Complain($"`{value}': invalid variable name for name reference");
            return false;
        }

        return true;
    }

    private static Variable? Target(BuiltinCall call, string name, DeclarationOptions options)
    {
        ShellProcess process = call.Process;
        VariableTable variables = process.Variables;
        if (options.Global)
            return variables.WritableGlobal(name);
        if (options.IsLocal && !options.KeepsScope)
        {
            if (variables.FindRaw(name) is { } outer && outer.Has(VariableAttributes.ReadOnly) && outer.Depth != process.FunctionDepth && outer.Depth == 0)
            {
                call.Complain($"{name}: readonly variable");
                return null;
            }

            return variables.MakeLocal(name, process.FunctionDepth, options.Inherits || process.Options.Shopt("localvar_inherit"));
        }

        bool raw = options.On.HasFlag(VariableAttributes.Reference) || options.Off.HasFlag(VariableAttributes.Reference);
        if (!raw)
            name = variables.Resolve(name) ?? name;
        return variables.WritableUnchecked(name);
    }

    private static bool CanChange(BuiltinCall call, string name, Variable variable, DeclarationOptions options, bool hasValue)
    {
        if (variable.Has(VariableAttributes.ReadOnly) && (hasValue || (options.Off & VariableAttributes.ReadOnly) != 0 || ((options.On | options.Off) & ~(VariableAttributes.ReadOnly | VariableAttributes.Exported)) != 0))
        {
            call.Complain($"{name}: readonly variable");
            return false;
        }

        if (options.On.HasFlag(VariableAttributes.Associative) && variable.Has(VariableAttributes.Indexed))
        {
            call.Complain($"{name}: cannot convert indexed to associative array");
            return false;
        }

        if (options.On.HasFlag(VariableAttributes.Indexed) && variable.Has(VariableAttributes.Associative))
        {
            call.Complain($"{name}: cannot convert associative to indexed array");
            return false;
        }

        if ((options.Off & (VariableAttributes.Indexed | VariableAttributes.Associative) & variable.Attributes) != 0)
        {
            call.Complain($"{name}: cannot destroy array variables in this way");
            return false;
        }

        return true;
    }

    private static void SetAttributes(Variable variable, VariableAttributes on, VariableAttributes off)
    {
        if ((on & CaseAttributes) != 0)
            variable.Attributes &= ~CaseAttributes;
        if ((on & VariableAttributes.Associative) != 0 && !variable.Has(VariableAttributes.Associative))
        {
            string? scalar = variable.Scalar;
            variable.Attributes |= VariableAttributes.Associative;
            if (scalar is not null)
                variable.WritableAssociative().Set("0", scalar);
        }
        else if ((on & VariableAttributes.Indexed) != 0 && !variable.Has(VariableAttributes.Indexed))
        {
            if (variable.IsSet)
                _ = variable.WritableIndexed();
        }

        variable.Attributes = (variable.Attributes | on) & ~off;
    }
}
