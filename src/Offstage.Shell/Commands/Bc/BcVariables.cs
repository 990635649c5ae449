namespace Offstage.Shell.Commands.Bc;

/// <summary>The variables and arrays of a program by name, counted against the run's memory.</summary>
internal sealed class BcVariables(Budget budget) : IDisposable
{
    private const int IndexMax = 16_777_215;

    private readonly Dictionary<string, BcNumber> numbers = [];
    private readonly Dictionary<string, Dictionary<int, BcNumber>> arrays = [];
    private long held;

    public BcNumber this[string name]
    {
        get => numbers.GetValueOrDefault(name, BcNumber.Zero);
        set
        {
            Count(value);
            if (numbers.Remove(name, out BcNumber old)) Discount(old);
            numbers[name] = value;
        }
    }

    /// <summary>The array itself; made when there is none.</summary>
    public Dictionary<int, BcNumber> Array(string name)
    {
        if (!arrays.TryGetValue(name, out var array)) arrays[name] = array = [];
        return array;
    }

    public void SetArray(string name, Dictionary<int, BcNumber> array) => arrays[name] = array;

    public Dictionary<int, BcNumber> Copy(Dictionary<int, BcNumber> array)
    {
        foreach (BcNumber number in array.Values) Count(number);
        return new(array);
    }

    /// <summary>Gives back what a copy counted for.</summary>
    public void Drop(Dictionary<int, BcNumber> array)
    {
        foreach (BcNumber number in array.Values) Discount(number);
    }

    public BcNumber Element(string name, BcNumber index) => Array(name).GetValueOrDefault(Index(name, index), BcNumber.Zero);

    public void SetElement(string name, BcNumber index, BcNumber value)
    {
        var array = Array(name);
        int position = Index(name, index);
        Count(value);
        if (array.TryGetValue(position, out BcNumber old)) Discount(old);
        array[position] = value;
    }

    public void Dispose() => budget.Release(held);

    private static int Index(string name, BcNumber index)
        => index.ToInt64() is >= 0 and < IndexMax and var position ? (int)position : throw new BcRuntimeException($"Array {name} subscript out of bounds.");

    private static long Cost(BcNumber number) => 64 + number.Value.GetByteCount();

    private void Count(BcNumber number)
    {
        long cost = Cost(number);
        budget.Hold(cost);
        held += cost;
    }

    private void Discount(BcNumber number)
    {
        budget.Release(Cost(number));
        held -= Cost(number);
    }
}
