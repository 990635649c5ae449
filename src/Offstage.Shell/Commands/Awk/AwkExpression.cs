namespace Offstage.Shell.Commands.Awk;

/// <summary>A compiled expression. The typed forms spare making a value where only a number or a text is wanted.</summary>
internal abstract class AwkExpression
{
    public abstract AwkValue Evaluate(AwkRuntime runtime);

    public virtual double Number(AwkRuntime runtime) => Evaluate(runtime).Number;

    public virtual string Text(AwkRuntime runtime) => Evaluate(runtime).Text(runtime.ConversionFormat);

    public virtual bool Truth(AwkRuntime runtime) => Evaluate(runtime).Truth;
}

internal abstract class AwkNumberExpression : AwkExpression
{
    public sealed override AwkValue Evaluate(AwkRuntime runtime) => AwkValue.Of(Number(runtime));

    public abstract override double Number(AwkRuntime runtime);

    public override bool Truth(AwkRuntime runtime) => Number(runtime) != 0;
}

internal abstract class AwkBooleanExpression : AwkExpression
{
    public sealed override AwkValue Evaluate(AwkRuntime runtime) => AwkValue.Of(Truth(runtime));

    public sealed override double Number(AwkRuntime runtime) => Truth(runtime) ? 1 : 0;

    public abstract override bool Truth(AwkRuntime runtime);
}

internal abstract class AwkTextExpression : AwkExpression
{
    public sealed override AwkValue Evaluate(AwkRuntime runtime) => AwkValue.Of(Text(runtime));

    public abstract override string Text(AwkRuntime runtime);
}

/// <summary>What can stand on the left of an assignment.</summary>
internal abstract class AwkPlace : AwkExpression
{
    public abstract void Assign(AwkRuntime runtime, AwkValue value);

    /// <summary>Whether both are the same plain variable.</summary>
    public virtual bool IsSameVariable(AwkExpression other) => false;

    /// <summary>Evaluates what names the place once, so that reading and writing it name the same.</summary>
    public virtual AwkPlace Resolve(AwkRuntime runtime) => this;
}

internal sealed class AwkConstant(AwkValue value) : AwkExpression
{
    public bool IsZero => value.Kind == AwkKind.Number && value.Number == 0;

    public AwkValue Value => value;

    public override AwkValue Evaluate(AwkRuntime runtime) => value;
}

/// <summary>A name that turns out to be a scalar or an array when it is used.</summary>
internal interface IAwkArraySource
{
    AwkArray Array(AwkRuntime runtime);

    string ArrayName { get; }
}

internal sealed class AwkGlobal(int slot, string name) : AwkPlace, IAwkArraySource
{
    public string ArrayName => name;

    private int Slot => slot;

    public AwkCell Cell(AwkRuntime runtime) => runtime.Globals[slot];

    public override bool IsSameVariable(AwkExpression other) => other is AwkGlobal same && same.Slot == slot;

    public AwkArray Array(AwkRuntime runtime) => runtime.Globals[slot].RequireArray(name);

    public override AwkValue Evaluate(AwkRuntime runtime)
    {
        var cell = runtime.Globals[slot];
        return cell.Array is null ? cell.Value : throw new AwkException($"attempt to use array `{name}' in a scalar context");
    }

    public override void Assign(AwkRuntime runtime, AwkValue value)
    {
        var cell = runtime.Globals[slot];
        if (cell.Array is not null) throw new AwkException($"attempt to use array `{name}' in a scalar context");
        cell.Value = value;
    }
}

internal sealed class AwkLocal(int slot, string name) : AwkPlace, IAwkArraySource
{
    public string ArrayName => name;

    private int Slot => slot;

    public AwkCell Cell(AwkRuntime runtime) => runtime.Frame[slot];

    public override bool IsSameVariable(AwkExpression other) => other is AwkLocal same && same.Slot == slot;

    public AwkArray Array(AwkRuntime runtime) => runtime.Frame[slot].RequireArray(name);

    public override AwkValue Evaluate(AwkRuntime runtime)
    {
        var cell = runtime.Frame[slot];
        return cell.Array is null ? cell.Value : throw new AwkException($"attempt to use array `{name}' in a scalar context");
    }

    public override void Assign(AwkRuntime runtime, AwkValue value)
    {
        var cell = runtime.Frame[slot];
        if (cell.Array is not null) throw new AwkException($"attempt to use array `{name}' in a scalar context");
        cell.Value = value;
    }
}

/// <summary>A variable that the language itself reads or sets.</summary>
internal sealed class AwkSpecial(AwkSpecialName name) : AwkPlace
{
    public override AwkValue Evaluate(AwkRuntime runtime) => runtime.GetSpecial(name);

    public override double Number(AwkRuntime runtime) => name switch
    {
        AwkSpecialName.NF => runtime.Record.FieldCount,
        AwkSpecialName.NR => runtime.RecordNumber,
        AwkSpecialName.FNR => runtime.FileRecordNumber,
        _ => runtime.GetSpecial(name).Number,
    };

    public override void Assign(AwkRuntime runtime, AwkValue value) => runtime.SetSpecial(name, value);
}

internal sealed class AwkField(AwkExpression index) : AwkPlace
{
    private readonly int constant = index is AwkConstant { Value: { Kind: AwkKind.Number, Number: >= 0 and < 1_000_000 } value } ? (int)value.Number : -1;

    public override AwkValue Evaluate(AwkRuntime runtime) => runtime.Record.Field(Index(runtime));

    public override double Number(AwkRuntime runtime) => runtime.Record.FieldNumber(Index(runtime));

    public override string Text(AwkRuntime runtime) => runtime.Record.FieldText(Index(runtime));

    public override void Assign(AwkRuntime runtime, AwkValue value) => runtime.Record.SetField(Index(runtime), value.Text(runtime.ConversionFormat), value);

    public override AwkPlace Resolve(AwkRuntime runtime) => constant >= 0 ? this : new AwkField(new AwkConstant(AwkValue.Of((double)Index(runtime))));

    public int Index(AwkRuntime runtime)
    {
        if (constant >= 0) return constant;
        double number = index.Number(runtime);
        if (number < 0) throw new AwkException($"attempt to access field {(long)number}");
        return number > AwkRecord.FieldsMax ? throw new AwkException($"field {number:F0} is too far out") : (int)number;
    }
}

internal sealed class AwkElement(IAwkArraySource array, AwkExpression[] subscripts) : AwkPlace, IAwkArraySource
{
    public string ArrayName => array.ArrayName;

    public AwkArray Array(AwkRuntime runtime)
    {
        var items = array.Array(runtime).Items;
        string key = Key(runtime);
        if (items.TryGetValue(key, out var value))
        {
            if (value.Array is { } inner) return inner;
            if (value.Kind != AwkKind.Unset) throw new AwkException($"attempt to use scalar `{ArrayName}[\"{key}\"]' as an array");
        }

        var made = new AwkArray();
        items[key] = AwkValue.Of(made);
        return made;
    }

    public override AwkValue Evaluate(AwkRuntime runtime)
    {
        var items = array.Array(runtime).Items;
        string key = Key(runtime);
        ref var value = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(items, key, out bool existed);
        if (!existed) runtime.CountElement(key);
        return value.Kind == AwkKind.Array ? throw new AwkException($"attempt to use array `{ArrayName}[\"{key}\"]' in a scalar context") : value;
    }

    public override void Assign(AwkRuntime runtime, AwkValue value)
    {
        var items = array.Array(runtime).Items;
        string key = Key(runtime);
        ref var place = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(items, key, out bool existed);
        if (!existed) runtime.CountElement(key);
        place = value;
    }

    public override AwkPlace Resolve(AwkRuntime runtime)
        => new AwkElement(new FixedArray(array.Array(runtime), ArrayName), [new AwkConstant(AwkValue.Of(Key(runtime)))]);

    /// <summary>The array that stands here, or null when none does yet.</summary>
    public AwkArray? FindArray(AwkRuntime runtime) => array.Array(runtime).Items.GetValueOrDefault(Key(runtime)).Array;

    public bool Contains(AwkRuntime runtime) => array.Array(runtime).Items.ContainsKey(Key(runtime));

    public void Delete(AwkRuntime runtime) => array.Array(runtime).Items.Remove(Key(runtime));

    private string Key(AwkRuntime runtime)
        => subscripts.Length == 1 ? Subscript(subscripts[0], runtime) : string.Join(runtime.SubscriptSeparator, subscripts.Select(s => Subscript(s, runtime)));

    private static string Subscript(AwkExpression expression, AwkRuntime runtime) => expression.Text(runtime);

    private sealed class FixedArray(AwkArray array, string name) : IAwkArraySource
    {
        public string ArrayName => name;

        public AwkArray Array(AwkRuntime runtime) => array;
    }
}
