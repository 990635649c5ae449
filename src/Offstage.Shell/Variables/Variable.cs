using System.Globalization;
using System.Text;
using Offstage.Shell.Execution;

namespace Offstage.Shell.Variables;

[Flags]
internal enum VariableAttributes
{
    None = 0,
    Exported = 1,
    ReadOnly = 2,
    Integer = 4,
    Lower = 8,
    Upper = 16,
    Reference = 32,
    Indexed = 64,
    Associative = 128,
    Capitalize = 256,
    Traced = 512,
}

/// <summary>A variable's value and attributes. Belongs to one process.</summary>
internal sealed class Variable
{
    /// <summary>A text shorter than this is copied when something is appended.</summary>
    private const int ShortMax = 256;

    private string? text;

    /// <summary>A long text that grows: what is appended is gathered here, and made one text only when it is read. Null for others.</summary>
    private StringBuilder? growing;
    private long number;
    private bool hasNumber;
    private IndexedArray? indexed;
    private AssociativeArray? associative;

    public VariableAttributes Attributes { get; set; }

    /// <summary>Gives the value each time it is asked for, as RANDOM does; null for an ordinary variable.</summary>
    public SpecialVariable? Special { get; init; }

    /// <summary>The depth of calls at which it is local; 0 for a global one.</summary>
    public int Depth { get; set; }

    /// <summary>Whether it stands only for one command: an assignment before the command's name.</summary>
    public bool IsTemporary { get; set; }

    /// <summary>Whether a temporary one was declared by its command, as by <c>x=1 export x</c>, and so stays.</summary>
    public bool OutlivesCommand { get; set; }

    public bool Has(VariableAttributes attribute) => (Attributes & attribute) != 0;

    public bool IsArray => (Attributes & (VariableAttributes.Indexed | VariableAttributes.Associative)) != 0;

    /// <summary>Whether there is a value: of an array, any element.</summary>
    public bool IsSet => text is not null || growing is not null || hasNumber || indexed is not null || associative is not null || Special is not null;

    /// <summary>The scalar value; of an array the element 0. Null when unset.</summary>
    public string? Scalar
    {
        get
        {
            if (indexed is not null)
                return indexed.Find(0);
            if (associative is not null)
                return associative.Find("0");
            if (text is null && growing is not null)
                text = growing.ToString();
            else if (text is null && hasNumber)
                text = number.ToString(CultureInfo.InvariantCulture);
            return text;
        }
    }

    /// <summary>For reading only; null when it is no indexed array or has none yet.</summary>
    public IndexedArray? Indexed => indexed;

    public AssociativeArray? Associative => associative;

    public void SetScalar(string value)
    {
        if (Has(VariableAttributes.Indexed))
        {
            WritableIndexed().Set(0, value);
        }
        else if (Has(VariableAttributes.Associative))
        {
            WritableAssociative().Set("0", value);
        }
        else
        {
            text = value;
            growing = null;
            hasNumber = false;
        }
    }

    /// <summary>Adds to the end of the scalar value, in time that depends on the addition only.</summary>
    public void Append(string value)
    {
        string? before = IsArray || growing is null ? Scalar : null;
        if (IsArray || (growing is null && (before is null || before.Length < ShortMax)))
        {
            SetScalar(before + value);
            return;
        }

        growing ??= new StringBuilder(before, before!.Length * 2);
        growing.Append(value);
        text = null;
        hasNumber = false;
    }

    public void SetNumber(long value)
    {
        if (IsArray)
        {
            SetScalar(value.ToString(CultureInfo.InvariantCulture));
            return;
        }

        number = value;
        hasNumber = true;
        text = null;
        growing = null;
    }

    /// <summary>The value as a number when it is plainly one.</summary>
    public bool TryGetNumber(out long value)
    {
        if (!hasNumber && !IsArray && text is not null && Expansion.ArithmeticEvaluator.TryNumber(text, out long parsed))
        {
            number = parsed;
            hasNumber = true;
        }

        value = number;
        return hasNumber && !IsArray;
    }

    public void SetIndexed(IndexedArray array)
    {
        Attributes |= VariableAttributes.Indexed;
        indexed = array;
        ClearScalar();
    }

    public void SetAssociative(AssociativeArray array)
    {
        Attributes |= VariableAttributes.Associative;
        associative = array;
        ClearScalar();
    }

    /// <summary>The array to write to. A scalar becomes its element 0.</summary>
    public IndexedArray WritableIndexed()
    {
        string? scalar = indexed is null ? Scalar : null;
        Attributes |= VariableAttributes.Indexed;
        if (indexed is null)
            indexed = new IndexedArray();
        else if (indexed.IsShared)
            indexed = indexed.Copy();
        if (scalar is not null)
            indexed.Set(0, scalar);
        ClearScalar();
        return indexed;
    }

    public AssociativeArray WritableAssociative()
    {
        Attributes |= VariableAttributes.Associative;
        if (associative is null)
            associative = new AssociativeArray();
        else if (associative.IsShared)
            associative = associative.Copy();
        ClearScalar();
        return associative;
    }

    public void Clear()
    {
        ClearScalar();
        indexed = null;
        associative = null;
    }

    /// <summary>For another process. Arrays are shared until one of both writes.</summary>
    public Variable Fork()
    {
        if (indexed is not null)
            indexed.IsShared = true;
        if (associative is not null)
            associative.IsShared = true;
        text = growing is null ? text : Scalar;
        var fork = (Variable)MemberwiseClone();
        fork.growing = null;
        return fork;
    }

    private void ClearScalar()
    {
        text = null;
        growing = null;
        hasNumber = false;
    }
}

/// <summary>How a variable with a life of its own is read and written.</summary>
/// <param name="Read">Its value; an array's as several.</param>
/// <param name="Write">Null when assignments are ignored.</param>
internal sealed record SpecialVariable(Func<ShellProcess, string>? Read, Action<ShellProcess, string>? Write, Func<ShellProcess, IEnumerable<string>>? ReadMany = null);
