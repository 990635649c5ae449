using System.Globalization;
using Offstage.Shell.Execution;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Variables;

/// <summary>The variables of a process. A local one hides what stood there until its function returns, so that a look-up is one step.</summary>
internal sealed partial class VariableTable
{
    private readonly ShellProcess process;
    private readonly Dictionary<string, Variable> visible;
    private readonly List<(int Depth, string Name, Variable? Hidden)> hidden = [];
    private readonly Stack<int> starts = new();
    private IReadOnlyDictionary<string, string>? environment;

    public VariableTable(ShellProcess process)
    {
        this.process = process;
        visible = new(StringComparer.Ordinal);
    }

    private VariableTable(ShellProcess process, VariableTable other)
    {
        this.process = process;
        visible = new(other.visible.Count, StringComparer.Ordinal);
        foreach ((string name, Variable variable) in other.visible)
            visible.Add(name, variable.Fork());
        foreach ((int depth, string name, Variable? variable) in other.hidden)
            hidden.Add((depth, name, variable?.Fork()));
        starts = new Stack<int>(other.starts.Reverse());
        Depth = other.Depth;
    }

    /// <summary>How many function calls and temporary scopes stand around what runs.</summary>
    public int Depth { get; private set; }

    public IEnumerable<string> Names => visible.Keys;

    public VariableTable Fork(ShellProcess child) => new(child, this);

    /// <summary>The variable as it is, a reference not followed; null when there is none.</summary>
    public Variable? FindRaw(string name)
    {
        if (!visible.TryGetValue(name, out Variable? variable))
            return null;
        if (variable.Special is { } special)
            Refresh(variable, special);
        return variable;
    }

    /// <summary>The variable that a name means, through references; null when there is none.</summary>
    public Variable? Find(string name)
    {
        Variable? variable = FindRaw(name);
        return variable is not null && variable.Has(VariableAttributes.Reference) ? FindReferred(name) : variable;
    }

    /// <summary>The scalar value; null when unset.</summary>
    public string? Value(string name) => ResolveElement(name) is { } element ? FindElement(element.Name, element.Subscript, quoted: true) : Find(name)?.Scalar;

    /// <summary>Where a chain of references ends.</summary>
    /// <returns>The name itself when it is no reference; null when the chain is a circle.</returns>
    public string? Resolve(string name)
    {
        for (int turns = 0; turns < 32; turns++)
        {
            if (!visible.TryGetValue(name, out Variable? variable) || !variable.Has(VariableAttributes.Reference) || variable.Scalar is not { Length: > 0 } target)
                return name;
            int bracket = target.IndexOf('[');
            if (bracket > 0)
                return target[..bracket];
            if (target == name)
                return FindHidden(name) is not null ? name : null;
            name = target;
        }

        return null;
    }

    /// <summary>The element that a reference names, when it names one.</summary>
    public (string Name, string Subscript)? ResolveElement(string name)
    {
        for (int turns = 0; turns < 32; turns++)
        {
            if (!visible.TryGetValue(name, out Variable? variable) || !variable.Has(VariableAttributes.Reference) || variable.Scalar is not { Length: > 0 } target)
                return null;
            int bracket = target.IndexOf('[');
            if (bracket > 0 && target.EndsWith(']'))
                return (target[..bracket], target[(bracket + 1)..^1]);
            name = target;
        }

        return null;
    }

    /// <summary>Assigns as <c>name=value</c> does, with all that the attributes demand.</summary>
    /// <exception cref="ShellErrorException">It is read-only.</exception>
    public void Assign(string name, string value, bool appends = false)
    {
        if (ResolveElement(name) is { } element)
        {
            AssignElement(element.Name, element.Subscript, value, appends);
            return;
        }

        Variable variable = Writable(name);
        Put(variable, value, appends);
        Changed(name, variable);
    }

    public void AssignNumber(string name, long value)
    {
        if (visible.TryGetValue(name, out Variable? known) && (known.Attributes & ~VariableAttributes.Integer) == 0 && known.Special is null)
        {
            known.SetNumber(value);
            return;
        }

        Assign(name, value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The variable to write to, made when it is not there; read-only ones are refused.</summary>
    public Variable Writable(string name)
    {
        if (!visible.TryGetValue(name, out Variable? variable))
            return visible[name] = new Variable();
        if (variable.Has(VariableAttributes.Reference))
        {
            if (variable.Scalar is { Length: > 0 })
            {
                string target = Resolve(name) ?? throw ShellErrorException.Line($"{name}: circular name reference");
                if (target != name)
                    return Writable(target);
                variable = FindHidden(name) ?? variable;
            }
        }

        if (variable.Has(VariableAttributes.ReadOnly))
            throw ShellErrorException.Line($"{name}: readonly variable");
        return variable;
    }

    /// <summary>Makes a variable local to the innermost function, hiding what stood there.</summary>
    public Variable MakeLocal(string name, int depth, bool inherits)
    {
        visible.TryGetValue(name, out Variable? outer);
        if (outer is not null && outer.Depth == depth && !outer.IsTemporary)
            return outer;
        if (outer is not null && outer.IsTemporary && outer.Depth >= depth)
        {
            // `x=1 f` gives f an x that `local x` takes over with its value.
            outer.IsTemporary = false;
            outer.Depth = depth;
            return outer;
        }

        Variable local = inherits && outer is not null ? outer.Fork() : new Variable();
        local.Depth = depth;
        local.IsTemporary = false;
        hidden.Add((depth, name, outer));
        visible[name] = local;
        if (outer?.Has(VariableAttributes.Exported) == true)
            Touch(local);
        return local;
    }

    /// <summary>The global variable, whatever locals hide it.</summary>
    public Variable? FindGlobal(string name)
    {
        foreach ((_, string known, Variable? variable) in hidden)
        {
            if (known == name)
                return variable;
        }

        return FindRaw(name);
    }

    /// <summary>The global variable to write to, made when it is not there.</summary>
    public Variable WritableGlobal(string name)
    {
        for (int i = 0; i < hidden.Count; i++)
        {
            if (hidden[i].Name != name)
                continue;
            if (hidden[i].Hidden is { } found)
                return found;
            var made = new Variable();
            hidden[i] = hidden[i] with { Hidden = made };
            return made;
        }

        return Writable(name);
    }

    /// <summary>A variable that the shell itself writes, whatever its attributes are.</summary>
    public Variable WritableUnchecked(string name)
    {
        if (!visible.TryGetValue(name, out Variable? variable))
            visible[name] = variable = new Variable();
        return variable;
    }

    public int Enter()
    {
        starts.Push(hidden.Count);
        return ++Depth;
    }

    /// <summary>Gives back what the locals of the innermost scope hid.</summary>
    public void Leave()
    {
        int start = Math.Min(starts.Pop(), hidden.Count);
        for (int i = hidden.Count - 1; i >= start; i--)
        {
            (int depth, string name, Variable? outer) = hidden[i];
            // A function's local that was made within a temporary scope stays until the function returns.
            if (depth != Depth)
                continue;
            hidden.RemoveAt(i);
            if (visible.TryGetValue(name, out Variable? local) && local.Has(VariableAttributes.Exported))
                environment = null;
            if (outer is null)
                visible.Remove(name);
            else
                visible[name] = outer;
            if (outer?.Has(VariableAttributes.Exported) == true)
                environment = null;
            NameChanged(name);
        }

        Depth--;
    }

    /// <summary>Removes a variable; a local one stays local without a value.</summary>
    /// <returns>False when it is read-only.</returns>
    public bool Unset(string name)
    {
        if (!visible.TryGetValue(name, out Variable? variable))
            return true;
        if (variable.Has(VariableAttributes.ReadOnly))
            return false;
        if (variable.Has(VariableAttributes.Exported))
            environment = null;
        int place = hidden.FindLastIndex(h => h.Name == name);
        if (place < 0)
        {
            visible.Remove(name);
        }
        else if (variable.Depth == process.FunctionDepth && variable.Depth == hidden[place].Depth)
        {
            visible[name] = new Variable { Depth = variable.Depth };
        }
        else
        {
            Variable? outer = hidden[place].Hidden;
            hidden.RemoveAt(place);
            if (outer is null)
                visible.Remove(name);
            else
                visible[name] = outer;
        }

        NameChanged(name);
        return true;
    }

    /// <summary>Makes a temporary variable of a scope that was left one of the scope around it.</summary>
    public void Keep(string name, Variable variable)
    {
        variable.Depth = FindRaw(name)?.Depth ?? 0;
        variable.IsTemporary = variable.OutlivesCommand = false;
        visible[name] = variable;
        Changed(name, variable);
    }

    public void Define(string name, Variable variable) => visible[name] = variable;

    /// <summary>Takes a variable away whatever its attributes are.</summary>
    public void Remove(string name) => visible.Remove(name);

    /// <summary>Tells that a variable's value or attributes were changed past this table.</summary>
    public void Changed(string name, Variable variable)
    {
        if (process.Options.AllExport && !variable.Has(VariableAttributes.Exported))
            variable.Attributes |= VariableAttributes.Exported;
        if (variable.Has(VariableAttributes.Exported))
            environment = null;
        NameChanged(name);
    }

    public void Touch(Variable variable)
    {
        variable.Attributes |= VariableAttributes.Exported;
        environment = null;
    }

    public void EnvironmentChanged() => environment = null;

    /// <summary>What commands are given.</summary>
    public IReadOnlyDictionary<string, string> Environment()
    {
        if (environment is not null)
            return environment;
        var exported = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, Variable variable) in visible)
        {
            if (variable.Has(VariableAttributes.Exported) && !variable.IsArray && variable.Scalar is { } value)
                exported[name] = value;
        }

        return environment = exported;
    }

    private void NameChanged(string name)
    {
        if (name is "IFS" or "LANG" or "OPTIND" or "PATH" or "POSIXLY_CORRECT" || name.StartsWith("LC_", StringComparison.Ordinal))
            process.SettingChanged(name);
    }

    private Variable? FindReferred(string name)
    {
        string? target = Resolve(name);
        if (target is null)
            return null;
        if (target != name)
            return FindRaw(target);
        Variable? variable = FindRaw(name);
        return variable?.Scalar is { Length: > 0 } ? FindHidden(name) : null;
    }

    /// <summary>What the innermost local variable of a name hides.</summary>
    private Variable? FindHidden(string name) => hidden.FindLast(h => h.Name == name).Hidden;

    private void Refresh(Variable variable, SpecialVariable special)
    {
        if (special.ReadMany is { } many)
            variable.SetIndexed(new IndexedArray(many(process)));
        else if (special.Read is { } read)
            variable.SetScalar(read(process));
    }
}
