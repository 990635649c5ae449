using System.Globalization;
using Offstage.Shell.Execution;
using Offstage.Shell.Expansion;

namespace Offstage.Shell.Variables;

/// <summary>Values as the attributes make them, and the elements of arrays.</summary>
internal sealed partial class VariableTable
{
    private const VariableAttributes CaseAttributes = VariableAttributes.Upper | VariableAttributes.Lower | VariableAttributes.Capitalize;

    /// <summary>Gives a variable a value, by its attributes.</summary>
    public void Put(Variable variable, string value, bool appends)
    {
        if (variable.Special is { } special)
        {
            special.Write?.Invoke(process, value);
            return;
        }

        if (variable.Has(VariableAttributes.Integer))
        {
            long number = process.Arithmetic.Evaluate(value);
            if (appends)
                number = unchecked(number + process.Arithmetic.Evaluate(variable.Scalar ?? "0"));
            variable.SetNumber(number);
            return;
        }

        if (appends && (variable.Attributes & CaseAttributes) == 0)
            variable.Append(value);
        else
            variable.SetScalar(WithCase(variable, appends ? variable.Scalar + value : value));
    }

    /// <summary>Finds an element by a subscript's text; null when it is not set.</summary>
    /// <param name="quoted">Whether the text has been expanded already.</param>
    public string? FindElement(string name, string subscript, bool quoted)
    {
        Variable? variable = Find(name);
        if (variable is null)
            return null;
        if (variable.Has(VariableAttributes.Associative))
            return variable.Associative?.Find(quoted ? subscript : process.Expander.ExpandText(subscript));
        if (!variable.Has(VariableAttributes.Indexed))
            return process.Arithmetic.Evaluate(subscript) is 0 or -1 ? variable.Scalar : null;
        return variable.Indexed is { } array ? array.Find(Index(array, name, subscript)) : null;
    }

    /// <summary>Assigns to an element; what is no array becomes an indexed one.</summary>
    public void AssignElement(string name, string subscript, string value, bool appends)
    {
        Variable variable = Writable(name);
        string target = Resolve(name) ?? name;
        PutElement(variable, target, subscript, value, appends);
        Changed(target, variable);
    }

    public void PutElement(Variable variable, string name, string subscript, string value, bool appends)
    {
        if (variable.Has(VariableAttributes.Associative))
        {
            AssociativeArray map = variable.WritableAssociative();
            map.Set(subscript, Element(variable, map.Find(subscript), value, appends));
            return;
        }

        long index = IndexToWrite(variable, name, subscript);
        IndexedArray array = variable.WritableIndexed();
        array.Set(index, Element(variable, array.Find(index), value, appends));
    }

    /// <summary>An element's value by the variable's attributes.</summary>
    public string Element(Variable variable, string? before, string value, bool appends)
    {
        if (variable.Has(VariableAttributes.Integer))
        {
            long number = process.Arithmetic.Evaluate(value);
            if (appends)
                number = unchecked(number + process.Arithmetic.Evaluate(before ?? "0"));
            return number.ToString(CultureInfo.InvariantCulture);
        }

        return WithCase(variable, appends ? before + value : value);
    }

    /// <summary>The index that a subscript means; negative ones count from the end.</summary>
    public long Index(IndexedArray array, string name, string subscript)
    {
        long index = process.Arithmetic.Evaluate(subscript);
        if (index >= 0)
            return index;
        index += array.Last + 1;
        if (index < 0)
            process.Complain($"{name}: bad array subscript");
        return index;
    }

    private long IndexToWrite(Variable variable, string name, string subscript)
    {
        long index = process.Arithmetic.Evaluate(subscript);
        if (index >= 0)
            return index;
        long last = variable.Indexed?.Last ?? (variable.Scalar is null ? -1 : 0);
        if (index + last + 1 < 0)
            throw ShellErrorException.Line($"{name}[{subscript}]: bad array subscript");
        return index + last + 1;
    }

    /// <summary>Removes an element.</summary>
    /// <returns>False when there is no such array.</returns>
    public bool UnsetElement(string name, string subscript)
    {
        if (Find(name) is not { } variable)
            return true;
        if (variable.Has(VariableAttributes.ReadOnly))
            throw ShellErrorException.Line($"{name}: cannot unset: readonly variable");
        if (variable.Has(VariableAttributes.Associative))
        {
            variable.WritableAssociative().Remove(subscript);
            return true;
        }

        if (!variable.Has(VariableAttributes.Indexed))
        {
            if (process.Arithmetic.Evaluate(subscript) != 0)
                return false;
            return Unset(Resolve(name) ?? name);
        }

        if (variable.Indexed is null)
            return true;
        long index = process.Arithmetic.Evaluate(subscript);
        if (index < 0)
            index += variable.Indexed.Last + 1;
        if (index < 0)
        {
            process.Complain($"unset: [{subscript}]: bad array subscript");
            return false;
        }

        variable.WritableIndexed().Remove(index);
        return true;
    }

    private string WithCase(Variable variable, string value)
    {
        if (variable.Has(VariableAttributes.Upper))
            return CaseText.ToUpper(value, process.IsUtf8);
        if (variable.Has(VariableAttributes.Lower))
            return CaseText.ToLower(value, process.IsUtf8);
        if (variable.Has(VariableAttributes.Capitalize) && value.Length > 0)
            return CaseText.ToUpper(value[..1], false) + CaseText.ToLower(value[1..], process.IsUtf8);
        return value;
    }
}
