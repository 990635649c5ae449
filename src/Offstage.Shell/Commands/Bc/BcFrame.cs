namespace Offstage.Shell.Commands.Bc;

/// <summary>What a call hides while it runs: the variables and arrays that have the names of its parameters and locals.</summary>
internal sealed class BcFrame(BcVariables variables)
{
    private readonly Stack<(string Name, BcNumber Value)> numbers = new();
    private readonly Stack<(string Name, Dictionary<int, BcNumber> Array, bool WasCopied)> arrays = new();

    public void Enter(IReadOnlyList<(BcParameter Parameter, BcNumber Value, string? Array)> arguments, IReadOnlyList<BcParameter> locals)
    {
        // All are found before one is hidden: f(b[], a[]) may have parameters a[] and b[].
        var given = arguments.Select(a => a.Array is null ? null : a.Parameter.IsReference ? variables.Array(a.Array) : variables.Copy(variables.Array(a.Array))).ToList();
        for (int i = 0; i < arguments.Count; i++)
        {
            BcParameter parameter = arguments[i].Parameter;
            if (given[i] is { } array) Hide(parameter.Name, array, !parameter.IsReference);
            else Hide(parameter.Name, arguments[i].Value);
        }

        foreach (BcParameter local in locals)
        {
            if (local.IsArray) Hide(local.Name, [], isCopy: true);
            else Hide(local.Name, BcNumber.Zero);
        }
    }

    public void Leave()
    {
        while (numbers.TryPop(out var number)) variables[number.Name] = number.Value;
        while (arrays.TryPop(out var hidden))
        {
            if (hidden.WasCopied) variables.Drop(variables.Array(hidden.Name));
            variables.SetArray(hidden.Name, hidden.Array);
        }
    }

    private void Hide(string name, BcNumber value)
    {
        numbers.Push((name, variables[name]));
        variables[name] = value;
    }

    private void Hide(string name, Dictionary<int, BcNumber> array, bool isCopy)
    {
        arrays.Push((name, variables.Array(name), isCopy));
        variables.SetArray(name, array);
    }
}
